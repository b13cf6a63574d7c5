"""`suno-mock state`."""

import json
import sqlite3
from pathlib import Path

from mock_server.testing.mock_server import MockServer
from tests.processes import Run


def test_a_state_is_looked_at_saved_and_loaded(tmp_path: Path, run: Run) -> None:
    state, copy = f"{tmp_path}/state", f"{tmp_path}/copy"
    with MockServer(state=state) as mock:
        mock.queue("late", times=2)
    assert run("state", "save", copy, "--state", state) == (0, f"{copy} holds what {state} does: 0 tasks\n", "")
    with MockServer(state=state) as mock:
        mock.reset()
    assert run("state", "load", copy, "--state", state) == (0, f"{state} holds what {copy} does: 0 tasks\n", "")
    with MockServer(state=state) as mock:
        assert [each.queued for each in mock.accounts() if each.queued] == [("late", "late")]
    status, output, _ = run("state", "show", "--state", state)
    assert (status, "profile: apikley" in output, "account: 1 records" in output) == (0, True, True)
    assert json.loads(run("state", "show", "--state", state, "--json")[1])["records"]["account"] == 1
    assert run("state", "check", "--state", state) == (0, f"{state} is whole: a mock can go on with it.\n", "")


def test_an_engine_is_no_copy_and_is_not_asked(tmp_path: Path, run: Run) -> None:
    told = "suno-mock: redis://a.invalid is no file, and a copy is one: give the engine as --state.\n"
    assert run("state", "load", "redis://a.invalid", "--state", f"{tmp_path}/state") == (2, "", told)


def test_a_copy_that_no_mock_could_go_on_with_is_not_loaded(tmp_path: Path, run: Run) -> None:
    with MockServer(state=f"{tmp_path}/state"):
        pass
    with MockServer(state=f"{tmp_path}/copy"):
        pass
    with sqlite3.connect(tmp_path / "copy") as database:
        database.execute("UPDATE mock SET value = '[]'")
    database.close()
    before = (tmp_path / "state").read_bytes()
    status, _, errors = run("state", "load", f"{tmp_path}/copy", "--state", f"{tmp_path}/state")
    assert (status, errors.count("\n"), "cannot be read" in errors) == (1, 1, True)
    assert run("state", "check", "--state", f"{tmp_path}/copy")[0] == 1
    assert (tmp_path / "state").read_bytes() == before
