"""The clients, the kinds of requests that each sends, and whether the mock took them as a real server would."""

import gzip
import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mock_server import MockServer
from mock_server.contract.examples import documented_request

PROGRAMS: Final = Path(__file__).parent / "programs"
PATIENCE: Final = 300.0
"""Seconds that a program may take, its compiler included."""
BODY: Final = documented_request("apikley") | {"callBackUrl": "http://127.0.0.1:9/callback"}
WHOLE: Final = json.dumps(BODY).encode()
FILES: Final[Mapping[str, bytes]] = {
    "whole": WHOLE,
    "gzip": gzip.compress(WHOLE),
    "mark": b"\xef\xbb\xbf" + WHOLE,
}
"""What the programs send, by the name of the file that they find it in."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of request: what its answer says, how many tasks it starts, with the body whole, and the protocol that is
    spoken in place of HTTP."""

    says: str = ""
    tasks: int = 0
    spoken: str = ""


TAKEN: Final = '"code":200'
KINDS: Final[Mapping[str, Kind]] = {
    "whole": Kind(TAKEN, tasks=1),
    "again": Kind(TAKEN, tasks=2),
    "chunked": Kind(TAKEN, tasks=1),
    "expect": Kind(TAKEN, tasks=1),
    "upgrade": Kind(TAKEN, tasks=1),
    "websocket": Kind(TAKEN, tasks=1),
    "gzip": Kind('it is compressed with gzip, with the Content-Encoding \\"gzip\\"; allowed: one JSON object in UTF-8'),
    "mark": Kind("it begins with a byte order mark of UTF-8; allowed: one JSON object in UTF-8"),
    "empty": Kind("body is missing; allowed: "),
    "prior": Kind(spoken="HTTP/2"),
    "tls": Kind(spoken="TLS"),
}
COMMON: Final = ("whole", "again", "chunked", "gzip", "mark", "empty", "tls")


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client: how its program is run, what tells that it is here, and by which package of Debian it comes."""

    what: str
    run: Sequence[str]
    probe: Sequence[str]
    has: str
    package: str
    kinds: Sequence[str]

    def absent(self) -> str:
        """Why it is not tried; empty where it is here."""
        with suppress(OSError):
            probed = subprocess.run(self.probe, capture_output=True, text=True, timeout=PATIENCE, check=False)
            if self.has in probed.stdout:
                return ""
        return f"no {self.what} here; on Debian: apt-get install {self.package}"


CLIENTS: Final[Mapping[str, Client]] = {
    "curl": Client(
        what="curl with HTTP/2",
        run=("sh", str(PROGRAMS / "client.sh")),
        probe=("curl", "--version"),
        has="HTTP2",
        package="curl",
        kinds=(*COMMON, "expect", "websocket", "prior"),
    ),
    "java": Client(
        what="JDK",
        run=("java", str(PROGRAMS / "Client.java")),
        probe=("java", "--list-modules"),
        has="jdk.compiler",
        package="default-jdk-headless",
        kinds=(*COMMON, "expect"),
    ),
    "node": Client(
        what="Node with fetch",
        run=("node", str(PROGRAMS / "client.mjs")),
        probe=("node", "--print", "typeof fetch"),
        has="function",
        package="nodejs",
        kinds=COMMON,
    ),
    "php": Client(
        what="PHP with curl",
        run=("php", str(PROGRAMS / "client.php")),
        probe=("php", "--modules"),
        has="curl",
        package="php-cli php-curl",
        kinds=(*COMMON, "expect"),
    ),
    "go": Client(
        what="Go",
        run=("go", "run", str(PROGRAMS / "client.go")),
        probe=("go", "version"),
        has="go version",
        package="golang",
        kinds=(*COMMON, "expect", "upgrade"),
    ),
}


def problems(name: str, mock: MockServer, folder: Path) -> Iterator[tuple[str, str]]:
    """Every kind that a client sent to a new mock, with what is wrong; empty where nothing is."""
    for file, content in FILES.items():
        (folder / file).write_bytes(content)
    client = CLIENTS[name]
    command = [*client.run, mock.url, name, str(folder)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    said = [line.partition("\t") for line in ended.stdout.splitlines()]
    for kind in client.kinds:
        answers = [answer for of, _, answer in said if of == kind]
        yield kind, _problem(KINDS[kind], mock, f"{name}-{kind}", answers) if answers else ended.stderr or "not sent"


def _problem(kind: Kind, mock: MockServer, key: str, answers: Sequence[str]) -> str:
    if kind.spoken:
        spoken = [entry.call.method for entry in mock.requests if not entry.call.path]
        return "" if spoken.count(kind.spoken) == 1 else f"the journal has {spoken} in place of one {kind.spoken}"
    if not any(kind.says in answer for answer in answers):
        return f"the answer is {answers}"
    bodies = [entry.call.body for entry in mock.account(key).requests if entry.task_id]
    return "" if bodies == [WHOLE] * kind.tasks else f"the journal has the bodies {bodies}"
