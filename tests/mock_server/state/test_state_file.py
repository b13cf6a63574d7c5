"""One file: whose it is, who may use it, and that it stays as it is where it cannot be used."""

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from mock_server.core.errors import BadSetting
from mock_server.state.ledger import Change, Table
from mock_server.state.state_file import MARK, MIGRATIONS, StateFile, Step

MADE = {"seed": "0", "profile": "apikley"}
ONE = {Table.KEY: Step(False, [], {Change.MOVED: [("a", {"credits": 1})]})}


def opened(path: Path, **changes: str) -> StateFile:
    return StateFile(str(path), MADE | changes, waits=0)


def written(path: Path) -> Path:
    """A file with one record."""
    file = opened(path)
    file.write(ONE)
    file.commit()
    file.close()
    return path


def refused(path: Path, **changes: str) -> str:
    """What is said of a file that cannot be used, which stays as it is."""
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(BadSetting) as error:
        opened(path, **changes)
    assert (path.read_bytes() if path.is_file() else b"") == before
    return str(error.value).removeprefix(f"the state file {path} ")


def test_what_was_committed_is_there(tmp_path: Path) -> None:
    file = opened(written(tmp_path / "state"))
    assert list(file.read(Table.KEY)) == [("a", {"credits": 1})]
    assert (file.about(), file.check()) == (MADE, "")
    file.close()


def test_what_was_not_committed_never_was(tmp_path: Path) -> None:
    file = opened(tmp_path / "state")
    file.write(ONE)
    file.roll_back()
    file.roll_back()
    assert list(file.read(Table.KEY)) == []
    file.close()


def test_records_keep_their_order_or_become_the_last(tmp_path: Path) -> None:
    file = opened(tmp_path / "state")
    steps = [
        Step(False, [], {Change.MOVED: [("a", 1), ("b", 1), ("c", 1)]}),
        Step(False, ["b"], {Change.CHANGED: [("c", 2), ("d", 2)], Change.MOVED: [("a", 2)]}),
    ]
    for step in steps:
        file.write({Table.TASK: step})
        file.commit()
    assert list(file.read(Table.TASK)) == [("c", 2), ("d", 2), ("a", 2)]
    file.write({Table.TASK: Step(True, [], {Change.CHANGED: [("e", 3)]})})
    file.commit()
    assert list(file.read(Table.TASK)) == [("e", 3)]
    file.close()


def test_nobody_else_reads_it(tmp_path: Path) -> None:
    file = opened(tmp_path / "state")
    assert {part.stat().st_mode & 0o777 for part in tmp_path.iterdir()} == {0o600}
    file.close()


def test_one_process_at_a_time_has_it(tmp_path: Path) -> None:
    file = opened(tmp_path / "state")
    assert refused(tmp_path / "state").startswith("cannot be used: another process uses it. One mock at a time")
    file.close()
    opened(tmp_path / "state").close()


EXCLUDES = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
database.execute("PRAGMA locking_mode = EXCLUSIVE")
try:
    database.execute("BEGIN IMMEDIATE")
except sqlite3.OperationalError as error:
    print(error)
"""


def test_who_shares_it_in_the_same_process_leaves_the_locks_of_the_first(tmp_path: Path) -> None:
    path = f"{tmp_path}/state"
    first = StateFile(path, MADE, shared=True)
    first.write({})
    first.commit()
    other = StateFile(path, MADE, shared=True)
    tried = subprocess.run([sys.executable, "-c", EXCLUDES, path], capture_output=True, text=True, check=True)
    assert tried.stdout == "database is locked\n"
    other.close()
    first.close()


def test_it_is_of_one_seed_and_one_profile(tmp_path: Path) -> None:
    said = refused(written(tmp_path / "state"), seed="7")
    assert said == "was made with seed '0', and now it is '7'. Start with the same, or choose another --state."


def test_a_newer_one_is_refused(tmp_path: Path) -> None:
    with sqlite3.connect(written(tmp_path / "state")) as database:
        database.execute("PRAGMA user_version = 9")
    database.close()
    said = refused(tmp_path / "state")
    assert said.startswith("has version 9, and this suno-mock knows those up to 2. Use the suno-mock that made it")


@pytest.mark.parametrize("how", ["CREATE TABLE songs (name)", "PRAGMA application_id = 7", "PRAGMA user_version = 1"])
def test_the_database_of_something_else_is_refused(tmp_path: Path, how: str) -> None:
    with sqlite3.connect(tmp_path / "state") as database:
        database.execute(how)
    database.close()
    assert refused(tmp_path / "state").startswith("is a database of something else, which stays as it is.")


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("songs, songs, songs" * 100)
    assert refused(tmp_path / "state").startswith("cannot be used: it is no file of suno-mock, and stays as it is.")


def test_a_damaged_one_is_refused(tmp_path: Path) -> None:
    whole = written(tmp_path / "state").read_bytes()
    (tmp_path / "state").write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))
    assert refused(tmp_path / "state").startswith("cannot be used: it is damaged, and stays as it is.")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param(".", "Is a directory", id="a folder"),
        pytest.param("none/state", "No such file or directory", id="no folder"),
        pytest.param("a\0b", "embedded null byte", id="no name"),
    ],
)
def test_what_no_file_can_be_is_refused(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(BadSetting, match=f"cannot be used: {said}. Choose another --state."):
        StateFile(f"{tmp_path}/{name}", MADE)


def test_what_cannot_be_opened_is_refused_and_left(tmp_path: Path) -> None:
    """A socket is what no user can open, root neither."""
    os.mknod(tmp_path / "state", stat.S_IFSOCK | 0o600)
    assert refused(tmp_path / "state").startswith(
        "cannot be used: it cannot be opened. Make it and its folder readable"
    )
    assert [each.name for each in tmp_path.iterdir()] == ["state"]


def test_an_error_without_words_of_ours_is_told(tmp_path: Path) -> None:
    def fail(connection: sqlite3.Connection) -> None:
        raise sqlite3.OperationalError("the moon is full")

    written(tmp_path / "state")
    with pytest.raises(BadSetting, match=r"cannot be used: the moon is full\. Choose another --state, or make"):
        StateFile(str(tmp_path / "state"), MADE, migrations=[*MIGRATIONS, fail])
    opened(tmp_path / "state").close()


def test_a_file_of_before_becomes_one_of_now(tmp_path: Path) -> None:
    def second(connection: sqlite3.Connection) -> None:
        connection.execute("ALTER TABLE task ADD COLUMN note TEXT")

    def third(connection: sqlite3.Connection) -> None:
        connection.execute("UPDATE task SET note = 'new'")

    written(tmp_path / "state")
    for migrations, version in (([second], 3), ([second, third], 4), ([second, third], 4)):
        file = StateFile(str(tmp_path / "state"), MADE, migrations=[*MIGRATIONS, *migrations])
        assert list(file.read(Table.KEY)) == [("a", {"credits": 1})]
        file.close()
        with sqlite3.connect(tmp_path / "state") as database:
            assert database.execute("PRAGMA user_version").fetchone() == (version,)
        database.close()
    assert refused(tmp_path / "state").startswith("has version 4, and this suno-mock knows those up to 2.")


def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    def half(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM key_settings")
        raise BadSetting("no further")

    written(tmp_path / "state")
    with pytest.raises(BadSetting, match="no further"):
        StateFile(str(tmp_path / "state"), MADE, migrations=[*MIGRATIONS, half])
    file = opened(tmp_path / "state")
    assert list(file.read(Table.KEY)) == [("a", {"credits": 1})]
    file.close()


@pytest.mark.parametrize("durability", ["normal", "full"])
def test_how_long_a_commit_lasts_is_chosen(tmp_path: Path, durability: str) -> None:
    file = StateFile(str(tmp_path / "state"), MADE, durability)
    file.write(ONE)
    file.commit()
    file.close()
    assert MARK.to_bytes(4) == b"SUNO"
