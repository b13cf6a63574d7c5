"""What somebody reads in a terminal, as the files of `tests/snapshots` have it, and its colours."""

import subprocess

import pytest

from mock_server.testing.mock_server import MockServer
from tests.processes import COMMAND
from tests.terminal_snapshots import FOLDER, SESSIONS, WIDTHS
from tests.terminals import terminal

pytestmark = pytest.mark.no_cover


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("session", SESSIONS)
def test_a_terminal_shows_what_it_is_to_show(session: str, columns: int) -> None:
    """`python -m tests.terminal_snapshots` writes the files anew; look at what became different."""
    assert SESSIONS[session](columns) == (FOLDER / f"{columns}" / f"{session}.txt").read_text("utf-8")


HELP = ("help", "help-extend", "help-serve", "help-tail", "contract-help")


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("name", HELP)
def test_every_line_of_a_help_fits(name: str, columns: int) -> None:
    lines = (FOLDER / f"{columns}" / f"{name}.txt").read_text("utf-8").splitlines()
    assert [line for line in lines if len(line) > columns] == []


COLOURED: dict[str, tuple[tuple[str, ...], dict[str, str], bool]] = {
    "a terminal": ((), {}, True),
    "a terminal and NO_COLOR": ((), {"NO_COLOR": "1"}, False),
    "an empty NO_COLOR, which says nothing": ((), {"NO_COLOR": ""}, True),
    "never": (("--color", "never"), {}, False),
    "always, which NO_COLOR does not take back": (("--color", "always"), {"NO_COLOR": "1"}, True),
}


@pytest.mark.parametrize("case", COLOURED)
def test_a_terminal_has_colours_unless_somebody_does_not_want_them(running: MockServer, case: str) -> None:
    options, environment, expected = COLOURED[case]
    running.trigger("200", "http://127.0.0.1:1/cb")
    running.clock.advance(60)
    asked = ("tail", "--no-follow", "--url", running.url, *options)
    with terminal("mock_server", *asked, environment=environment) as screen:
        assert screen.read_to_the_end() == 0
    assert ("\x1b[31m" in screen.written) is expected


@pytest.mark.parametrize(("colour", "expected"), [("auto", False), ("always", True)])
def test_a_pipe_has_whole_ids_and_colours_only_where_somebody_asks(
    running: MockServer, colour: str, expected: bool
) -> None:
    task_id = running.trigger("200", "http://127.0.0.1:1/cb")
    running.clock.advance(60)
    command = [*COMMAND, "tail", "--no-follow", "--url", running.url, "--color", colour]
    piped = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert ("\x1b[" in piped, task_id in piped) == (expected, True)
