"""Requests per second of the mocks that a user would pick instead, as fractions of a bare Starlette application.

Each peer serves the same document (or, where it reads none, a stub with the documented answer) on core 0 and is loaded
in turn with bare Starlette from core 1, as in `benchmarks.throughput`. They come from the npm registry:

    npm install --prefix FOLDER @stoplight/prism-cli@5.16.0 @mockoon/cli@9.9.0 openapi-backend@5.21.2 \
        specmatic@2.55.1 wiremock@3.13.2
    python -m benchmarks.peers --folder FOLDER

They need `node`, and the last two `java`. A peer that is not installed is left out and said to be. With --warm they are
loaded for so many seconds before they are measured: a Java machine gets faster for about a minute.
"""

import argparse
import json
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.servers import BARE, HEADERS, QUIET, REQUEST, pinned, running
from benchmarks.throughput import LOADS, load, reset
from mock_server.commands.demo import EXTEND
from mock_server.contract.documents import OPENAPI

DOCUMENT: Final = str(OPENAPI / "apikley.openapi.yaml")
ANSWER: Final = {"code": 200, "msg": "success", "data": {"taskId": "7b82ce98e05c032508d52cd340008bb1"}}
BACKEND: Final = Path(__file__).with_name("openapi_backend.js")


@dataclass(frozen=True, slots=True)
class Peer:
    """A server to compare with. `needs` is what must be in the folder; `command` makes its command line of the folder,
    an empty folder of its own, and a port."""

    needs: str
    command: Callable[[Path, Path, int], Sequence[str]]


def _prism(folder: Path, own: Path, port: int) -> Sequence[str]:
    return ["node", f"{folder}/{PRISM}", "mock", "-h", "127.0.0.1", "-p", f"{port}", "-v", "silent", DOCUMENT]


def _mockoon(folder: Path, own: Path, port: int) -> Sequence[str]:
    return ["node", f"{folder}/{MOCKOON}", "start", "--data", DOCUMENT, "--port", f"{port}", "--disable-log-to-file"]


def _backend(folder: Path, own: Path, port: int) -> Sequence[str]:
    return ["node", f"{BACKEND}", f"{folder}", DOCUMENT, f"{port}", json.dumps(ANSWER)]


def _specmatic(folder: Path, own: Path, port: int) -> Sequence[str]:
    return ["java", "-jar", f"{folder}/{SPECMATIC}", "stub", DOCUMENT, "--host", "127.0.0.1", "--port", f"{port}"]


def _wiremock(*options: str) -> Callable[[Path, Path, int], Sequence[str]]:
    def command(folder: Path, own: Path, port: int) -> Sequence[str]:
        (own / "mappings").mkdir()
        matching = {"method": "POST", "urlPath": EXTEND, "bodyPatterns": [{"matchesJsonPath": "$.callBackUrl"}]}
        stub = {"request": matching, "response": {"status": 200, "jsonBody": ANSWER}}
        (own / "mappings" / "extend.json").write_text(json.dumps(stub))
        jar = next((folder / WIREMOCK).glob("wiremock-standalone-*.jar"))
        address = ["--bind-address", "127.0.0.1", "--port", f"{port}", "--root-dir", f"{own}"]
        return ["java", "-jar", f"{jar}", *address, "--disable-banner", *options]

    return command


PRISM: Final = "node_modules/@stoplight/prism-cli/dist/index.js"
MOCKOON: Final = "node_modules/@mockoon/cli/bin/run.js"
SPECMATIC: Final = "node_modules/specmatic/specmatic.jar"
WIREMOCK: Final = "node_modules/wiremock/build"
PEERS: Final = {
    "Prism": Peer(PRISM, _prism),
    "Mockoon": Peer(MOCKOON, _mockoon),
    "openapi-backend": Peer("node_modules/openapi-backend", _backend),
    "Specmatic": Peer(SPECMATIC, _specmatic),
    "WireMock, with its journal": Peer(WIREMOCK, _wiremock()),
    "WireMock, without": Peer(WIREMOCK, _wiremock("--no-request-journal")),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="where the peers are installed")
    parser.add_argument("--pairs", type=int, default=10, help="how often each side is measured (default 10)")
    parser.add_argument("--seconds", type=int, default=2, help="length of one slice (default 2)")
    parser.add_argument("--warm", type=int, default=2, help="seconds of load before the first slice (default 2)")
    parser.add_argument("--only", default="", help="peers whose name holds this")
    options = parser.parse_args()
    for name, peer in PEERS.items():
        if options.only.lower() not in name.lower():
            continue
        if not (options.folder / peer.needs).exists():
            print(f"{name:28} not installed in {options.folder}")
            continue
        with started(peer, options.folder) as server:
            tell(name, server, options)
    with running(QUIET, 0) as server:
        tell("suno-mock, everything on", server, options)


def tell(name: str, server: tuple[str, int], options: argparse.Namespace) -> None:
    """Measure one side and print its line."""
    ratios = compare(server, options.pairs, options.seconds, options.warm)
    low, high = min(ratios), max(ratios)
    print(f"{name:28} median {statistics.median(ratios):.2f}, from {low:.2f} to {high:.2f}", flush=True)


def compare(server: tuple[str, int], pairs: int, seconds: int, warm: int) -> list[float]:
    """The rate of a server over that of bare Starlette, pair by pair."""
    with running(BARE, 0) as bare, tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "extend.lua"
        script.write_text(LOADS["extend"].lua())
        load(server, EXTEND, warm, script, patient=True)
        ratios = []
        for _ in range(pairs):
            limit = load(bare, EXTEND, seconds, script)
            reset(server[0])
            ratios.append(load(server, EXTEND, seconds, script, patient=True).rate / limit.rate)
    return ratios


@contextmanager
def started(peer: Peer, folder: Path) -> Iterator[tuple[str, int]]:
    """A peer's base URL and process id, once it answers the documented request with HTTP 200."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as own:
        command = pinned(peer.command(folder.resolve(), Path(own), port), 0)
        # Some write reports where they run.
        process = subprocess.Popen(command, cwd=own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            await_answer(f"http://127.0.0.1:{port}", process)
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.terminate()
            process.wait()


def await_answer(url: str, process: subprocess.Popen[bytes]) -> None:
    """Return when the documented request is answered with HTTP 200. Raises RuntimeError when it never is."""
    deadline = time.monotonic() + 60
    request = urllib.request.Request(url + EXTEND, REQUEST.encode(), HEADERS)
    while True:
        try:
            with urllib.request.urlopen(request, timeout=10):
                break
        except (urllib.error.URLError, OSError) as error:
            if time.monotonic() > deadline or process.poll() is not None:
                raise RuntimeError(f"{process.args!r} does not answer the documented request: {error}") from None
            time.sleep(0.2)


if __name__ == "__main__":
    main()
