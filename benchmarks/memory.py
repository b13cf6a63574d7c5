"""Resident memory of `suno-mock serve` under a load that goes on. What counts is that it stays flat once everything
that the mock keeps is full.

small    the documented request; callbacks go at once to a receiver in another process, which takes them
owed     the documented request. The clock stands still, so that the callbacks of 100,000 tasks are owed at once, which
         is the most that the mock keeps; further ones are refused with code 429
large    requests of 900 kB (an unknown property, which the documents allow), each task polled once
hanging  the documented request; callbacks go at once to a receiver that accepts connections and never answers

wrk sends from core 1. Each line is one slice of fifteen seconds.
"""

import argparse
import json
import re
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.callbacks import RECEIVER, get
from benchmarks.servers import HEADERS, QUIET, REQUEST, pinned, resident, running
from mock_server.commands.demo import EXTEND, RECORD_INFO

PADDING = 900_000
"""Bytes of the property that makes a request large."""
POLL = f"""
local tasks, posted = {{}}, nil
function request()
  local task = table.remove(tasks)
  if task then return wrk.format("GET", "{RECORD_INFO}?taskId=" .. task, nil, "") end
  posted = posted or wrk.format()
  return posted
end
function response(status, headers, body)
  local task = #body < 200 and body:match('"taskId":"(%w+)"')
  if task then table.insert(tasks, task) end
end
"""
"""wrk's script for polling each task once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A load. `options` of the mock, `padding` in bytes, `requests` in all by default; `receives`: whether the receiver
    answers."""

    receives: bool = False
    options: tuple[str, ...] = ()
    padding: int = 0
    polls: bool = False
    requests: int


IMMEDIATE = ("--pace", "immediate")
CASES = {
    "small": Case(receives=True, options=IMMEDIATE, requests=1_000_000),
    "owed": Case(requests=1_000_000),
    "large": Case(padding=PADDING, polls=True, requests=10_000),
    "hanging": Case(options=IMMEDIATE, requests=300_000),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("case", choices=CASES, nargs="?", default="small")
    parser.add_argument("--requests", type=int, help="how many in all")
    options = parser.parse_args()
    case = CASES[options.case]
    with (
        running([*QUIET, *case.options], 0) as (url, process),
        answering() if case.receives else hanging() as receiver,
        tempfile.TemporaryDirectory() as folder,
    ):
        script = Path(folder) / "extend.lua"
        script.write_text(lua(case, receiver))
        sent = 0
        tell(sent, case, receiver, process)
        while sent < (options.requests or case.requests):
            sent += load(url, script)
            tell(sent, case, receiver, process)


def tell(sent: int, case: Case, receiver: str, process: int) -> None:
    """Print a line."""
    came = f"{get(receiver)['came']:9} callbacks" if case.receives else ""
    print(f"{sent:9} requests  {came}  {resident(process):6.0f} MiB", flush=True)


@contextmanager
def answering() -> Iterator[str]:
    """The URL of a receiver that takes callbacks."""
    with running(RECEIVER, 1) as (url, _):
        yield url


@contextmanager
def hanging() -> Iterator[str]:
    """The URL of a receiver whose connections nobody takes: they are made, and nothing is answered."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/callback"


def lua(case: Case, receiver: str) -> str:
    """wrk's script for the requests of a case."""
    request = json.dumps(json.loads(REQUEST) | {"callBackUrl": receiver})
    headers = "".join(f'wrk.headers["{name}"] = "{value}"\n' for name, value in HEADERS.items())
    padding = f' .. [[, "padding": "]] .. string.rep("x", {case.padding}) .. [["}}]]' if case.padding else ' .. "}"'
    return f'wrk.method = "POST"\nwrk.body = [[{request[:-1]}]]{padding}\n{headers}{POLL if case.polls else ""}'


def load(url: str, script: Path) -> int:
    """Requests that were answered in fifteen seconds."""
    command = ["wrk", "-t1", "-c32", "-d15s", "--timeout", "10s", "-s", str(script), url + EXTEND]
    output = subprocess.run(pinned(command, 1), capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+) requests in", output)
    assert found, output
    return int(found[1])


if __name__ == "__main__":
    main()
