"""How long the inbox takes with a full journal: until the server has written it, and until Chromium shows it."""

import argparse
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from mock_server.contract.examples import documented_request
from mock_server.contract.operations import EXTEND, path
from mock_server.state.journal import ENTRIES_KEPT
from mock_server.testing.mock_server import MockServer
from tests.browser import chromium

LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15, help="how often the page is loaded (default 15)")
    runs = parser.parse_args().runs
    with MockServer(pace="manual") as mock, chromium() as browser:
        fill(mock)
        print(f"{len(mock.entries)} entries, {len(mock.tasks(limit=10_000))} tasks")
        with httpx.Client() as client:
            report("written", [written(client, mock) for _ in range(runs)])
        page = browser.new_page()
        report("shown", [shown(page, mock) for _ in range(runs)])


def fill(mock: MockServer) -> None:
    """Requests, a third of them refused, until the journal is full, and one callback of each task attempted."""
    whole = {**documented_request("apikley"), "callBackUrl": "http://127.0.0.1:9/callback"}
    with httpx.Client(headers=mock.headers) as client, ThreadPoolExecutor(8) as pool:
        bodies = [whole if number % 3 else {**whole, "prompt": 5} for number in range(ENTRIES_KEPT)]
        list(pool.map(lambda body: client.post(mock.url + path(EXTEND), json=body), bodies))


def written(client: httpx.Client, mock: MockServer) -> float:
    started = time.perf_counter()
    client.get(f"{mock.url}/__admin/").raise_for_status()
    return time.perf_counter() - started


def shown(page: Any, mock: MockServer) -> float:
    page.goto(f"{mock.url}/__admin/", wait_until="load")
    milliseconds: float = page.evaluate(LOADED)
    return milliseconds / 1000


def report(what: str, seconds: list[float]) -> None:
    median = statistics.median(seconds)
    print(f"{what}: median {median * 1000:.0f} ms, from {min(seconds) * 1000:.0f} to {max(seconds) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
