"""How long an answer of the control plane holds up other requests, with a full journal: the longest turn of the mock's
event loop meanwhile, in real time and in time of the processor, since others may use the machine.

A turn is all that happens until a request that has come in is looked at. A process of its own asks. Garbage is
collected as `suno-mock serve` has it.
"""

import argparse
import asyncio
import gc
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx

from mock_server.commands.serve import collect_seldom
from mock_server.contract.examples import documented_request
from mock_server.contract.operations import EXTEND, path
from mock_server.state.journal import BYTES_KEPT, ENTRIES_KEPT
from mock_server.testing.mock_server import MockServer

LARGE = 900_000
"""Bytes of a large request."""
ASK = "import sys, urllib.request\nfor url in sys.argv[1:]: urllib.request.urlopen(url).read()"
LISTS = ("journal", "journal?last=10000", "journal?code=999", "tasks?limit=1000", "tasks?status=SUCCESS", "accounts")
PAGES = ("", "?status=every+request&rows=500", "?status=FAILED", "?key=0123456789abcdef", "pages/codes")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="how often each is asked for (default 5)")
    runs = parser.parse_args().runs
    collect_seldom()
    for name, fill in (("10,000 entries, each of a key of its own", small), ("bodies of 900 kB", large)):
        with MockServer(pace="manual") as mock:
            fill(mock)
            print(f"{name}: {len(mock.entries)} entries, {len(mock.tasks(limit=10**6))} tasks", flush=True)
            report("health", mock, ["health"] * runs)
            newest, *_ = mock.tasks(limit=1)
            one = [f"journal/entries/{mock.entries[-1].id}", f"tasks/{newest.task_id}", f"?task={newest.task_id}"]
            for target in (*LISTS, *one, f"?entry={mock.entries[-1].id}", *PAGES):
                report(target or "the inbox", mock, [target] * runs)
            report("reset of one key", mock, [], reset=True)
            began = time.thread_time()
            gc.collect()
            used = (time.thread_time() - began) * 1000
            print(f"  one full collection of garbage, for comparison: {used:.0f} ms used", flush=True)


def small(mock: MockServer) -> None:
    """Requests, a third of them refused, until the journal is full, and one callback of each task attempted."""
    whole = {**documented_request("apikley"), "callBackUrl": "http://127.0.0.1:9/callback"}
    with httpx.Client() as client, ThreadPoolExecutor(8) as pool:

        def send(number: int) -> httpx.Response:
            headers = {"Authorization": f"Bearer key-{number % 3000}"}
            return client.post(mock.url + path(EXTEND), json=whole if number % 3 else {"prompt": 5}, headers=headers)

        list(pool.map(send, range(ENTRIES_KEPT)))


def large(mock: MockServer) -> None:
    """Requests that are judged, so that their bodies are kept whole, until the journal has no room; every second is
    accepted, the others are no UTF-8."""
    whole = {**documented_request("apikley"), "callBackUrl": "http://127.0.0.1:9/callback", "more": "é" * (LARGE // 2)}
    headers = {**mock.headers, "Content-Type": "application/json"}
    with httpx.Client(headers=headers) as client:
        for _ in range(BYTES_KEPT // LARGE // 2 + 1):
            client.post(mock.url + path(EXTEND), json=whole)
            client.post(mock.url + path(EXTEND), content=b"\xff" * LARGE)


def report(what: str, mock: MockServer, targets: list[str], *, reset: bool = False) -> None:
    """The longest turn while these are asked for, one after the other."""
    urls = [f"{mock.url}/__admin/{target}" for target in targets]
    subprocess.run([sys.executable, "-c", ASK, *urls[:1]], check=True)  # what is imported or compiled once
    ended = Event()
    with ThreadPoolExecutor(1) as pool:
        longest = pool.submit(mock.run, longest_turn(ended))
        began = time.perf_counter()
        if reset:
            mock.account(mock.key).reset()
        else:
            subprocess.run([sys.executable, "-c", ASK, *urls], check=True)
        took = time.perf_counter() - began
        ended.set()
        real, used = longest.result()
    print(
        f"  {what}: longest turn {real * 1000:.1f} ms, {used * 1000:.1f} ms of it used; all in {took:.2f} s", flush=True
    )


async def longest_turn(ended: Event) -> tuple[float, float]:
    """Seconds of real time and of the processor."""
    real = used = 0.0
    while not ended.is_set():
        began, had = time.perf_counter(), time.thread_time()
        await asyncio.sleep(0)
        real, used = max(real, time.perf_counter() - began), max(used, time.thread_time() - had)
    return real, used


if __name__ == "__main__":
    main()
