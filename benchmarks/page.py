"""How long the inbox takes with a full journal: until it is written, until Chromium shows it, and how much of a core
Chromium takes to keep it up to date while requests come."""

import argparse
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
from playwright.sync_api import CDPSession, Page

from mock_server.contract.examples import documented_request
from mock_server.contract.operations import EXTEND, path
from mock_server.state.journal import ENTRIES_KEPT
from mock_server.testing.mock_server import MockServer
from tests.browser import chromium

A_SECOND = 10
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15, help="how often the page is loaded (default 15)")
    parser.add_argument("--seconds", type=float, default=30, help="how long requests come (default 30, at most 300)")
    asked = parser.parse_args()
    runs, seconds = asked.runs, min(asked.seconds, 300)
    with MockServer(pace="manual") as mock, chromium() as browser:
        fill(mock)
        print(f"{len(mock.entries)} entries, {len(mock.tasks(limit=10_000))} tasks")
        with httpx.Client() as client:
            report("written", [written(client, mock) for _ in range(runs)])
        page = browser.new_page()
        report("shown", [shown(page, mock) for _ in range(runs)])
        devtools = browser.new_browser_cdp_session()
        print(f"nothing comes: {share(devtools, page, seconds):.1%} of a core")
        came = threading.Event()
        sending = threading.Thread(target=send, args=(mock, came))
        sending.start()
        print(f"{A_SECOND} requests a second come: {share(devtools, page, seconds):.1%} of a core")
        came.set()
        sending.join()


def fill(mock: MockServer) -> None:
    """Requests, a third of them refused, until the journal is full, and one callback of each task attempted."""
    whole = {**documented_request("apikley"), "callBackUrl": "http://127.0.0.1:9/callback"}
    with httpx.Client(headers=mock.headers) as client, ThreadPoolExecutor(8) as pool:
        bodies = [whole if number % 3 else {**whole, "prompt": 5} for number in range(ENTRIES_KEPT)]
        list(pool.map(lambda body: client.post(mock.url + path(EXTEND), json=body), bodies))


def send(mock: MockServer, enough: threading.Event) -> None:
    """So many requests a second, until it is enough."""
    whole = {**documented_request("apikley"), "callBackUrl": "http://127.0.0.1:9/callback"}
    with httpx.Client(headers=mock.headers) as client:
        due = time.perf_counter()
        while not enough.wait(max(0.0, due - time.perf_counter())):
            client.post(mock.url + path(EXTEND), json=whole).raise_for_status()
            due += 1 / A_SECOND


def share(devtools: CDPSession, page: Page, seconds: float) -> float:
    """How much of a core all processes of the browser take while the page is open, in the processor's time."""
    page.wait_for_timeout(2000)  # what the page was opened with is done
    before, began = spent(devtools), time.perf_counter()
    page.wait_for_timeout(seconds * 1000)
    return (spent(devtools) - before) / (time.perf_counter() - began)


def spent(devtools: CDPSession) -> float:
    """Seconds of the processor that all processes of the browser took so far."""
    processes = devtools.send("SystemInfo.getProcessInfo")["processInfo"]
    return sum(float(each["cpuTime"]) for each in processes)


def written(client: httpx.Client, mock: MockServer) -> float:
    started = time.perf_counter()
    client.get(f"{mock.url}/__admin/").raise_for_status()
    return time.perf_counter() - started


def shown(page: Page, mock: MockServer) -> float:
    page.goto(f"{mock.url}/__admin/", wait_until="load")
    milliseconds: float = page.evaluate(LOADED)
    return milliseconds / 1000


def report(what: str, seconds: list[float]) -> None:
    median = statistics.median(seconds)
    print(f"{what}: median {median * 1000:.0f} ms, from {min(seconds) * 1000:.0f} to {max(seconds) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
