"""How long commands take that read a recording, and their peak memory, by the number of its messages:

python -m benchmarks.recordings --messages 3000 30000

An hour of a client is recorded behind the proxy and copied with other ids, titles and times until there are so many.
"""

import argparse
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import partial
from hashlib import md5
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx

from contract_tests.proxy.recorder import Recorder
from contract_tests.proxy.server import Proxy
from contract_tests.recording.message import begun, line
from mock_server.contract.examples import documented_request
from mock_server.testing.mock_server import MockServer
from mock_server.testing.receiver import Receiver

EXTEND: Final = "/api/v1/generate/extend"
RECORD_INFO: Final = "/api/v1/generate/record-info"
AUTHORIZATION: Final = {"Authorization": "Bearer test-key"}
SONGS: Final = 20
WRONG: Final = ({"model": "V9"}, {"continueAt": -1}, {"title": "x" * 200}, {"callBackUrl": ...}, {"styleWeight": 3})
ID: Final = re.compile("[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}")
COPY: Final = "of copy 0"
HOUR: Final = 3600.0
MEGABYTE: Final = 1024


class Cost(NamedTuple):
    """Seconds of the processor, and the most memory in MB."""

    seconds: float
    memory: float


def recorded() -> list[dict[str, Any]]:
    """The messages of a client that makes songs, polls each three times, and gets some things wrong."""
    file = io.StringIO()
    messages: list[str] = []
    with (
        MockServer(pace="manual") as mock,
        Receiver() as receiver,
        Recorder(file, lambda _: (), lambda message, _: messages.append(line(message))) as recorder,
        Proxy(mock.url, recorder.heard, recorder.learned) as proxy,
        httpx.Client(base_url=proxy.url, headers=AUTHORIZATION, trust_env=False) as client,
    ):
        for number in range(SONGS):
            body = {**documented_request("apikley"), "title": f"Song {number} {COPY}", "callBackUrl": receiver.url}
            task = client.post(EXTEND, json=body).json()["data"]["taskId"]
            for _ in range(3):
                client.get(RECORD_INFO, params={"taskId": task})
                mock.clock.advance(120)
            for changes in WRONG:
                wrong = {name: value for name, value in {**body, **changes}.items() if value is not ...}
                client.post(EXTEND, json=wrong)
    return [json.loads(each) for each in messages]


def copied(messages: Sequence[dict[str, Any]], number: int) -> Iterator[str]:
    """The lines of a recording of so many messages."""
    yield begun({"target": "http://127.0.0.1:4010", "date": "2026-11-28T00:00:00+00:00", "by": "suno-contract 0"})
    for each in range(number):
        copy, index = divmod(each, len(messages))
        first = copy * len(messages)
        entry = messages[index]
        moved = {
            "number": entry["number"] + first,
            "course": entry["course"] and entry["course"] + first,
            "at": round(entry["at"] + copy * HOUR, 4),
        }
        text = json.dumps({**entry, **moved}).replace(COPY, f"of copy {copy}")
        yield ID.sub(partial(_other, copy), text) + "\n"


def _other(copy: int, id: re.Match[str]) -> str:
    """An id of the same form."""
    digits = iter(md5(f"{id[0]}{copy}".encode(), usedforsecurity=False).hexdigest())
    return "".join(sign if sign == "-" else next(digits) for sign in id[0])


def cost(command: Sequence[str], *, ready: bool = False) -> Cost:
    """What a command costs to its end, or until it has printed a line."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors)
        assert process.stdout
        if ready:
            process.stdout.readline()
            process.terminate()
        process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = status
        errors.seek(0)
        if not ready and os.waitstatus_to_exitcode(status) not in (0, 1):
            raise SystemExit(errors.read().decode())
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / MEGABYTE)


def commands(file: Path, folder: Path) -> dict[str, list[str]]:
    contract = [sys.executable, "-m", "contract_tests"]
    track = ["--audio-id", documented_request("apikley")["audioId"], "--audio-model", "V5", "--audio-duration", "180"]
    return {
        "judge": [*contract, "judge", str(file), *track],
        "convert": [*contract, "convert", str(file), str(folder / "live.har"), "--force"],
        "convert back": [*contract, "convert", str(folder / "live.har"), str(folder / "back.jsonl"), "--force"],
        "calibrate": [
            *contract,
            "calibrate",
            "--from",
            str(file),
            "--output",
            str(folder / "l.yaml"),
            "--force",
            *track,
        ],
        "replay": [sys.executable, "-m", "mock_server", "serve", "--replay", str(file), "--port", "0", "--quiet"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, nargs="+", default=[3000, 30000])
    parser.add_argument("--only", nargs="+", default=["judge", "convert", "convert back", "calibrate", "replay"])
    parser.add_argument("--keep", type=Path, help="a folder for the recordings, which is not removed")
    given = parser.parse_args()
    messages = recorded()
    with tempfile.TemporaryDirectory() as name:
        folder = given.keep or Path(name)
        for number in given.messages:
            file = folder / f"{number}.jsonl"
            with file.open("w", encoding="utf-8") as written:
                written.writelines(copied(messages, number))
            for what in given.only:
                begun_at = time.monotonic()
                found = cost(commands(file, folder)[what], ready=what == "replay")
                took = time.monotonic() - begun_at
                each = found.seconds / number * 10_000
                print(
                    f"{number} messages, {file.stat().st_size / 1e6:.0f} MB: {what:12} {found.seconds:6.2f} s of the "
                    f"processor ({took:.2f} s), {each:.2f} s per 10,000, {found.memory:.0f} MB",
                    flush=True,
                )


if __name__ == "__main__":
    main()
