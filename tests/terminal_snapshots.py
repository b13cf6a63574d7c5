"""What somebody reads in a terminal of 80 columns, and of 120: `python -m tests.terminal_snapshots` writes it anew."""

import re
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import httpx

from mock_server.contract.examples import documented_request
from mock_server.testing.mock_server import MockServer
from mock_server.testing.receiver import Receiver
from tests.terminals import Terminal, terminal

FOLDER: Final = Path(__file__).parent / "snapshots"
WIDTHS: Final = (80, 120)
EPOCH: Final = "2025-01-01T00:00:00Z"
LONGER: Final = "/of-a-snapshot-test"
"""What makes a callback's URL so long that its lines end before the milliseconds, of which there may be any number."""
VARIES: Final = {
    r"127\.0\.0\.1:\d+": "127.0.0.1:4010",
    r"\bin(\s+)\d+(\s+)ms": r"in\g<1>4\g<2>ms",
    r"(?<=\.yaml:)\d+": "1",
    r"(?<=\.py:)\d+": "1",
}
"""What is another each time, and what stands for it."""


def read(screen: Terminal) -> str:
    """What is on a screen, without what is another each time."""
    return same("\n".join(screen.screen).rstrip("\n") + "\n")


def same(text: str) -> str:
    for varies, stands_for in VARIES.items():
        text = re.sub(varies, stands_for, text, flags=re.MULTILINE)
    return text


def told(*arguments: str, module: str = "mock_server") -> Callable[[int], str]:
    """A command that needs no mock."""

    def session(columns: int) -> str:
        with terminal(module, *arguments, columns=columns) as screen:
            screen.read_to_the_end()
        return read(screen)

    return session


def asked(columns: int, mock: MockServer, *arguments: str) -> str:
    """A command of the desk."""
    with terminal("mock_server", *arguments, columns=columns, environment={"SUNO_MOCK_URL": mock.url}) as screen:
        screen.read_to_the_end()
    return f"$ suno-mock {same(shlex.join(arguments))}\n{read(screen)}"


def desk(columns: int) -> str:
    """A task from its request to its last callback."""
    with MockServer(pace="manual", epoch=EPOCH) as mock, Receiver() as receiver:
        url = f"{receiver.url}{LONGER}"
        commands = (
            ("tasks",),
            ("queue", "429"),
            ("extend", "--callback-url", url),
            ("extend", "--callback-url", url, "--no-wait"),
            ("extend", "--callback-url", url, "--set", "continueAt=-1", "--set", "style=soon"),
            ("extend", "--callback-url", url, "--set", "continueAt=soon"),
            ("trigger", "callback-501", "--to", url, "--no-wait"),
            ("clock", "advance", "10m"),
            ("tasks",),
            ("tasks", "626b3ec5"),
            ("tail", "--no-follow"),
        )
        return "\n".join(asked(columns, mock, *command) for command in commands)


def serve(columns: int) -> str:
    """The console of a mock: a task is accepted, polled, and called back; another is refused."""
    with (
        Receiver() as receiver,
        terminal(
            "mock_server", "serve", "--port", "0", "--pace", "manual", "--epoch", EPOCH, columns=columns
        ) as screen,
    ):
        screen.read_until("persona_123")
        url = re.findall(r"http://127\.0\.0\.1:\d+", screen.written)[0]
        with httpx.Client(base_url=url, headers={"Authorization": "Bearer k"}) as http:
            body = documented_request("apikley") | {"callBackUrl": f"{receiver.url}{LONGER}"}
            task = http.post("/api/v1/generate/extend", json=body).json()["data"]["taskId"]
            for _ in range(12):
                http.get("/api/v1/generate/record-info", params={"taskId": task})
            http.post("/api/v1/generate/extend", json=body | {"continueAt": -1})
            http.post("/__admin/clock/advance", json={"seconds": 600})
            screen.read_until("<-- complete")
            screen.read_until("HTTP 200")
        screen.process.terminate()
        screen.read_to_the_end()
    return read(screen)


SESSIONS: Final[Mapping[str, Callable[[int], str]]] = {
    "help": told("--help"),
    "help-extend": told("extend", "--help"),
    "help-serve": told("serve", "--help"),
    "help-tail": told("tail", "--help"),
    "explain": told("explain", "silent"),
    "questions": told("questions", "first_items"),
    "contract-help": told("--help", module="contract_tests"),
    "contract-run": told("run", "--only", "extend.title.*", module="contract_tests"),
    "desk": desk,
    "serve": serve,
}


def write() -> None:
    for columns in WIDTHS:
        (FOLDER / f"{columns}").mkdir(parents=True, exist_ok=True)
        for name, session in SESSIONS.items():
            (FOLDER / f"{columns}" / f"{name}.txt").write_text(session(columns), "utf-8")


if __name__ == "__main__":
    write()
