"""Callbacks per second that reach a receiver in another process, and tasks per second from the request to the last of
their callbacks.

burst   tasks are accepted while the clock stands still; then it runs, and all their callbacks are due at once
steady  tasks come at a fixed rate and are due at once; what counts is how long the last callback comes behind the last
        request

The mock runs on core 0, the receiver and the client on core 1.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
import urllib.request
from typing import Any

from benchmarks.servers import HEADERS, REQUEST, cpu, running
from benchmarks.throughput import ask, reset
from mock_server.commands.demo import EXTEND

MOCK = [sys.executable, "-m", "mock_server", "serve", "--port", "0", "--quiet", "--credits", str(10**13)]
IMMEDIATE = [*MOCK, "--pace", "immediate"]
RECEIVER = [sys.executable, "-m", "benchmarks.receiving"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", type=int, default=3000, help="tasks of one burst (default 3000)")
    parser.add_argument("--runs", type=int, default=5, help="how many bursts (default 5)")
    parser.add_argument("--rates", type=int, nargs="*", default=[250, 500, 750, 1000], help="tasks per second, steady")
    parser.add_argument("--seconds", type=int, default=5, help="length of a steady load (default 5)")
    options = parser.parse_args()
    with running(IMMEDIATE, 0) as (mock, process), running(RECEIVER, 1) as (receiver, _):
        bursts = [burst(mock, process, receiver, options.tasks) for _ in range(options.runs)]
        low, high = min(bursts), max(bursts)
        print(f"burst: median {statistics.median(bursts):.0f} callbacks/s, from {low:.0f} to {high:.0f}", flush=True)
        for rate in options.rates:
            steady(mock, receiver, rate, options.seconds)


def burst(mock: str, process: int, receiver: str, tasks: int) -> float:
    """Callbacks per second between the first and the last that came."""
    reset(mock)
    ask(f"{mock}/__admin/clock/freeze", "")
    get(f"{receiver}/reset")
    asyncio.run(send(mock, receiver, tasks, 0))
    spent = cpu(process)
    ask(f"{mock}/__admin/clock/run", "")
    counted = wait(receiver, 3 * tasks)
    rate: float = counted["came"] / (counted["last"] - counted["first"])
    each = (cpu(process) - spent) / counted["came"] * 1e6
    print(
        f"burst  {rate:6.0f} callbacks/s   {each:4.0f} µs CPU each   {counted['connections']} connections", flush=True
    )
    return rate


def steady(mock: str, receiver: str, rate: int, seconds: int) -> None:
    reset(mock)
    get(f"{receiver}/reset")
    ended = asyncio.run(send(mock, receiver, rate * seconds, rate))
    counted = wait(receiver, 3 * rate * seconds)
    behind = (counted["last"] - ended) * 1000
    print(f"steady {rate:6.0f} tasks/s   the last callback {behind:.0f} ms behind the last answer", flush=True)


async def send(mock: str, receiver: str, tasks: int, rate: int) -> float:
    """Send requests one after the other, `rate` a second if it is not 0. When the last was answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(mock.rpartition(":")[2]))
    request = written(receiver)
    began = time.monotonic()
    for number in range(tasks):
        if rate:
            await asyncio.sleep(max(0.0, began + number / rate - time.monotonic()))
        writer.write(request)
        answer = await reader.readuntil(b"}}")
        assert b'"code":200' in answer, answer
    writer.close()
    return time.monotonic()


def written(receiver: str) -> bytes:
    """The documented request on the wire, to be called back at the receiver."""
    body = json.dumps(json.loads(REQUEST) | {"callBackUrl": f"{receiver}/callback"})
    headers = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
    return f"POST {EXTEND} HTTP/1.1\r\nHost: mock\r\n{headers}Content-Length: {len(body)}\r\n\r\n{body}".encode()


def wait(receiver: str, wanted: int) -> dict[str, Any]:
    """What the receiver counted, once everything came."""
    while (counted := get(receiver))["came"] < wanted:
        time.sleep(0.1)
    return counted


def get(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url) as response:
        counted: dict[str, Any] = json.load(response)
    return counted


if __name__ == "__main__":
    main()
