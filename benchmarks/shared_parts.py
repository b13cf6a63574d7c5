"""What a worker pays for a request of its own, and for one that another worker has accepted.

Two mocks of one state run in this process. In turn one accepts 320 requests alone, 32 side by side, and then 320 which
the other one follows to the last. What that takes more of the processor's time, at the median, is what it pays. From
both follows what N workers give that have a core each and an engine that costs them nothing:
N / (own + (N - 1) * other).
"""

import argparse
import asyncio
import json
import shutil
import statistics
import tempfile
import time
from contextlib import ExitStack

from starlette.types import Message, Scope

from benchmarks.servers import HEADERS, REQUEST
from benchmarks.workers import redis
from mock_server.app import Mock, create_app
from mock_server.commands.demo import EXTEND
from mock_server.core.settings import Settings

AT_ONCE, REQUESTS = 32, 320
WORKERS = (2, 4, 16, 64)
NAMES = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
FIELDS = json.loads(REQUEST)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20, help="of 320 requests of each kind (default 20)")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder, ExitStack() as ends:
        states = {"file": f"{folder}/state"}
        if shutil.which("redis-server"):
            states["redis"] = ends.enter_context(redis(folder))
        for name, state in states.items():
            own, other = asyncio.run(measured(state, rounds))
            told = ", ".join(f"{number}: {number * 1e6 / (own + (number - 1) * other):.0f}" for number in WORKERS)
            print(
                f"{name:6}  own {own:.0f} µs ({1e6 / own:.0f} a second), another's {other:.0f} µs; a second with {told}"
            )


async def measured(state: str, rounds: int) -> tuple[float, float]:
    """Microseconds of a request of one's own, and of another's."""
    settings = Settings(state=state, workers=2, pace="manual")
    app = create_app(settings)
    alone, followed = [], []
    for number in range(rounds):
        alone.append(await spent(app, None, f"alone {number}"))
        other = create_app(settings)
        await other.state.runtime.store.keys()
        followed.append(await spent(app, other, f"followed {number}"))
        await other.state.runtime.store.close()
    await app.state.runtime.store.close()
    own = statistics.median(alone)
    return own, max(statistics.median(followed) - own, 0.1)


async def spent(app: Mock, follows: Mock | None, title: str) -> float:
    """Microseconds of the processor for each of many requests, which another mock follows to the last, if one does."""
    bodies = [json.dumps({**FIELDS, "title": f"{title} {number}"}).encode() for number in range(REQUESTS)]
    began = time.process_time()
    for first in range(0, len(bodies), AT_ONCE):
        await asyncio.gather(*(accepted(app, body) for body in bodies[first : first + AT_ONCE]))
        if follows is not None:
            await follows.state.runtime.store.keys()
    return (time.process_time() - began) / len(bodies) * 1e6


async def accepted(app: Mock, body: bytes) -> None:
    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": EXTEND,
        "raw_path": EXTEND.encode(),
        "query_string": b"",
        "headers": [(b"host", b"127.0.0.1"), *NAMES],
        "http_version": "1.1",
        "scheme": "http",
        "root_path": "",
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    if b'"code":200' not in sent[-1]["body"]:
        raise SystemExit(f"the answer was {sent[-1]['body']!r}")


if __name__ == "__main__":
    main()
