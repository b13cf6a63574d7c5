"""What a test pays: one journey (extend, three callbacks, poll) with its reset, and a reset of a key that did much.

Milliseconds of one run; they say what to expect, and depend on the machine. The mock runs in a thread beside the
client and the receiver, as the pytest fixtures have it.
"""

import statistics
import time
from collections.abc import Callable

import httpx

from mock_server import MockServer
from mock_server.commands.demo import EXTEND, RECORD_INFO
from mock_server.contract.examples import documented_request
from mock_server.testing.key import KeyView
from mock_server.testing.receiver import Receiver

JOURNEYS = 200
TASKS = 2000


def main() -> None:
    with MockServer(pace="manual") as mock, Receiver() as receiver, httpx.Client(base_url=mock.url) as http:
        key = mock.account("benchmark")

        def journey() -> None:
            mock.reset()
            receiver.renew()
            task_id = extend(http, key, receiver)
            mock.clock.advance(180)
            assert len(receiver.received) == 3
            polled = http.get(RECORD_INFO, params={"taskId": task_id}, headers=key.headers).json()
            assert polled["data"]["status"] == "SUCCESS"

        tell("journey with reset", [timed(journey) for _ in range(JOURNEYS)])
        resets = []
        for _ in range(5):
            for _ in range(TASKS):
                extend(http, key, receiver)
            resets.append(timed(key.reset))
        tell(f"reset of a key with {TASKS} tasks", resets)
        tell("reset of everything", [timed(mock.reset) for _ in range(JOURNEYS)])


def extend(http: httpx.Client, key: KeyView, receiver: Receiver) -> str:
    body = documented_request("apikley") | {"callBackUrl": receiver.url}
    task_id: str = http.post(EXTEND, json=body, headers=key.headers).json()["data"]["taskId"]
    return task_id


def timed(course: Callable[[], object]) -> float:
    """Milliseconds."""
    started = time.perf_counter()
    course()
    return (time.perf_counter() - started) * 1000


def tell(what: str, times: list[float]) -> None:
    low, high = min(times), max(times)
    print(f"{what}: median {statistics.median(times):.1f} ms, from {low:.1f} to {high:.1f} over {len(times)}")


if __name__ == "__main__":
    main()
