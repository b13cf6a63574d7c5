"""State files: looked at, checked and copied, whole or not at all, also while mocks use them."""

import asyncio
import re
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest

from mock_server.core.errors import BadSetting
from mock_server.core.settings import Settings
from mock_server.state.file_store import FileStore
from mock_server.state.in_use import Use
from mock_server.state.ledger import Table
from mock_server.state.open_store import open_store
from mock_server.state.state_copy import loaded, problem, saved, shown
from mock_server.state.state_file import StateFile
from tests.builders import CREATED, task
from tests.proposals import started


def made(path: Path, *ids: str) -> Path:
    """A file with these tasks."""

    async def make() -> None:
        held = FileStore.open(Settings(state=str(path), pace="manual"))
        for id in ids:
            await started(held, task(id=id))
        await held.close()

    asyncio.run(make())
    return path


def tasks(path: Path) -> int:
    found: int = shown(str(path))["records"]["task"]
    return found


def changed(path: Path, how: str) -> Path:
    with sqlite3.connect(path) as database:
        database.execute(how)
    database.close()
    return path


def test_what_is_in_a_file_is_shown(tmp_path: Path) -> None:
    found = shown(str(made(tmp_path / "state", "a", "b")))
    assert (found["version"], found["seed"], found["profile"]) == (2, "0", "apikley")
    assert (found["clock"], found["frozen"]) == (CREATED, True)
    assert (found["records"]["task"], found["records"]["owed"]) == (2, 2)


def test_a_file_that_nobody_has_written_to_is_shown(tmp_path: Path) -> None:
    FileStore.open(Settings(state=f"{tmp_path}/state")).let_go()
    found = shown(f"{tmp_path}/state")
    assert (found["clock"], sum(found["records"].values())) == (None, 0)


def test_a_whole_file_has_no_problem(tmp_path: Path) -> None:
    assert problem(str(made(tmp_path / "state", "a"))) == ""


def test_a_file_of_an_own_profile_is_checked_wherever_the_profile_is_now(tmp_path: Path) -> None:
    profile = tmp_path / "mine.yaml"
    profile.write_text("format: 1\nextends: kie\n", "utf-8")
    FileStore.open(Settings(state=f"{tmp_path}/state", profile=str(profile))).let_go()
    profile.unlink()
    assert problem(f"{tmp_path}/state") == ""
    assert shown(f"{tmp_path}/state")["profile"].startswith("mine, files ")


def test_what_no_mock_could_go_on_with_is_told(tmp_path: Path) -> None:
    path = changed(made(tmp_path / "state", "a"), "DELETE FROM account")
    assert "cannot be read: KeyError('key')" in problem(str(path))


def test_what_is_damaged_is_told(tmp_path: Path) -> None:
    path = made(tmp_path / "state", "a")
    same = "(SELECT rootpage FROM sqlite_master WHERE name = 'task')"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA writable_schema = ON")
        database.execute(f"UPDATE sqlite_master SET rootpage = {same} WHERE name = 'owed'")
    database.close()
    assert problem(str(path)).startswith(f"the state file {path} is damaged: ")


def test_a_damaged_page_is_told(tmp_path: Path) -> None:
    path = made(tmp_path / "state", "a")
    with sqlite3.connect(path) as database:
        ((page,),) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'task'")
        ((size,),) = database.execute("PRAGMA page_size")
    database.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    told = f"the state file {path} cannot be used: it is damaged, and stays as it is. Take a copy that was made before"
    with pytest.raises(BadSetting, match=re.escape(told)):
        shown(f"{path}")
    with pytest.raises(BadSetting, match=re.escape(told)):
        FileStore.open(Settings(state=f"{path}", pace="manual"))


@pytest.mark.parametrize("ask", [shown, problem, lambda path: saved(f"{path}.copy", path)])
def test_where_there_is_none_none_is_made(tmp_path: Path, ask: object) -> None:
    assert callable(ask)
    with pytest.raises(BadSetting, match=r"there is no state file .*/state\. Give one that suno-mock serve --state"):
        ask(f"{tmp_path}/state")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("copy_to", [saved, loaded])
def test_a_copy_is_no_engine_and_a_password_is_not_told(tmp_path: Path, copy_to: Callable[[str, str], None]) -> None:
    told = r"^redis://\.\.\.@a\.test/0 is no file, and a copy is one: give the engine as --state\.$"
    with pytest.raises(BadSetting, match=told):
        copy_to("redis://:hunter2@a.test/0", str(made(tmp_path / "state")))


def test_what_nobody_wrote_so_is_told(tmp_path: Path) -> None:
    path = changed(made(tmp_path / "state", "a"), "UPDATE task SET value = CAST('no JSON' AS BLOB)")
    wrong = f"the state file {path} cannot be read: record 1 of its table task is no JSON, and nobody wrote it so. "
    wrong += "Take a copy that was made before"
    assert problem(str(path)) == f"{wrong}. It stays as it is: choose another --state."
    with pytest.raises(BadSetting) as told:
        shown(str(path))
    assert str(told.value) == f"{wrong}."


def test_a_copy_is_the_same_and_its_owners_alone(tmp_path: Path) -> None:
    saved(f"{tmp_path}/copy", str(made(tmp_path / "state", "a", "b")))
    assert (tasks(tmp_path / "copy"), problem(f"{tmp_path}/copy")) == (2, "")
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o600
    assert {each.name for each in tmp_path.iterdir()} == {"state", "copy"}


def test_a_copy_takes_the_place_of_another(tmp_path: Path) -> None:
    made(tmp_path / "copy", "c")
    saved(f"{tmp_path}/copy", str(made(tmp_path / "state", "a", "b")))
    assert tasks(tmp_path / "copy") == 2


@pytest.mark.parametrize(("before", "after"), [(1, 7), (7, 1), (40, 7)])
def test_nothing_of_what_was_there_comes_back(tmp_path: Path, before: int, after: int) -> None:
    """The log that SQLite keeps beside a file would be played over the one that takes its place."""
    target = tmp_path / "copy"
    made(target, *(f"before{number}" for number in range(before)))
    state = str(made(tmp_path / "state", *(f"after{number}" for number in range(after))))
    for copy in (saved, loaded, saved):
        copy(*((str(target), state) if copy is saved else (state, str(target))))
        assert {each.name for each in tmp_path.iterdir()} == {"state", "copy"}
        with closing(StateFile(str(target), {})) as file:
            assert (file.check(), [id for id, _ in file.read(Table.TASK)][:1]) == ("", ['"after0"'])
        assert (tasks(target), problem(str(target))) == (after, "")


def killed(path: Path, folder: Path, *ids: str) -> Path:
    """The files that a mock leaves which is killed, at this name in another folder."""

    async def kill() -> None:
        held = FileStore.open(Settings(state=str(path), pace="manual"))
        for id in ids:
            await started(held, task(id=id))
        for each in path.parent.glob(f"{path.name}*"):
            copyfile(each, folder / each.name)
        await held.close()

    asyncio.run(kill())
    assert (folder / f"{path.name}-wal").stat().st_size
    return folder / path.name


def test_a_copy_takes_the_place_of_what_a_killed_mock_left(tmp_path: Path) -> None:
    (tmp_path / "killed").mkdir()
    target = killed(tmp_path / "other", tmp_path / "killed", "a", "b", "c")
    saved(str(target), str(made(tmp_path / "state", "d")))
    assert (tasks(target), problem(str(target))) == (1, "")
    assert [each.name for each in target.parent.iterdir()] == [target.name]


def test_a_log_whose_file_is_gone_is_that_of_no_copy(tmp_path: Path) -> None:
    (tmp_path / "killed").mkdir()
    target = killed(tmp_path / "other", tmp_path / "killed", "a", "b", "c")
    target.unlink()
    saved(str(target), str(made(tmp_path / "state", "d")))
    assert (tasks(target), problem(str(target))) == (1, "")


def test_what_another_reads_is_not_replaced(tmp_path: Path) -> None:
    target, state = str(made(tmp_path / "copy", "a")), str(made(tmp_path / "state", "b", "c"))
    with closing(sqlite3.connect(target, isolation_level=None)) as reading:
        reading.execute("PRAGMA journal_mode = WAL")
        reading.execute("BEGIN")
        reading.execute("SELECT * FROM task").fetchone()
        with pytest.raises(BadSetting) as refused:
            saved(target, state)
        assert str(refused.value) == (
            f"the state file {target} cannot be replaced: another process uses it. "
            "End that one, or choose another file."
        )
    assert tasks(Path(target)) == 1
    saved(target, state)
    assert tasks(Path(target)) == 2


def test_a_state_is_no_copy_of_itself(tmp_path: Path) -> None:
    made(tmp_path / "state", "a")
    (tmp_path / "same").symlink_to(tmp_path / "state")
    for copy in ("state", "same"):
        with pytest.raises(BadSetting, match=r"/(state|same) is the state itself\. Give another file for the copy\.$"):
            saved(f"{tmp_path}/{copy}", f"{tmp_path}/state")


def test_an_empty_file_that_becomes_a_state_is_its_owners_alone(tmp_path: Path) -> None:
    (tmp_path / "state").touch(0o644)
    made(tmp_path / "state", "a")
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o600


def test_what_is_in_use_or_something_else_stays(tmp_path: Path) -> None:
    made(tmp_path / "state", "a")
    made(tmp_path / "used", "b")
    (tmp_path / "song").write_text("la" * 1000)
    with pytest.raises(BadSetting, match="it is no file of suno-mock, and stays as it is"):
        saved(f"{tmp_path}/song", f"{tmp_path}/state")
    used = StateFile(f"{tmp_path}/used", {})
    with pytest.raises(BadSetting, match="another process uses it"):
        saved(f"{tmp_path}/used", f"{tmp_path}/state")
    with pytest.raises(BadSetting, match="another process uses it"):
        loaded(f"{tmp_path}/state", f"{tmp_path}/used")
    used.close()
    assert {each.name for each in tmp_path.iterdir()} == {"state", "used", "song"}


@pytest.mark.parametrize("workers", [1, 2])
def test_a_file_that_a_mock_uses_is_looked_at_and_copied_as_it_is_now(tmp_path: Path, workers: int) -> None:
    path, copy = f"{tmp_path}/state", tmp_path / "copy"

    async def use() -> None:
        with open_store(Settings(state=path, pace="manual", workers=workers)) as store:
            for number in range(3):
                await started(store, task(id=f"{number}"))
                saved(str(copy), path)
                assert (tasks(copy), tasks(Path(path)), problem(path)) == (number + 1, number + 1, "")
            await store.close()

    asyncio.run(use())
    assert {each.name for each in tmp_path.iterdir()} == {"state", "copy"}


def test_what_is_wrong_with_a_file_that_is_used_is_told(tmp_path: Path) -> None:
    path = str(changed(made(tmp_path / "state", "a"), "UPDATE task SET value = CAST('{}' AS BLOB)"))
    used = StateFile(path, {})
    assert problem(path) == f"the state file {path} cannot be read: KeyError('source')."
    used.run("PRAGMA user_version = 9")
    with pytest.raises(BadSetting, match=r"/state has version 9, and this suno-mock knows those up to 2\."):
        shown(path)
    used.close()


def test_a_file_that_another_program_keeps_to_itself_is_told(tmp_path: Path) -> None:
    made(tmp_path / "state", "a")
    with closing(sqlite3.connect(tmp_path / "state", isolation_level=None)) as alone:
        alone.execute("PRAGMA locking_mode = EXCLUSIVE")
        alone.execute("BEGIN EXCLUSIVE")
        for look in (shown, problem):
            with pytest.raises(BadSetting, match="another process uses it"):
                look(f"{tmp_path}/state")
        use = Use(f"{tmp_path}/state", 0, shared=False)
        with pytest.raises(BadSetting, match="another process uses it"):
            shown(f"{tmp_path}/state")
        use.end()


@pytest.mark.parametrize("error", [OSError("No space left on device"), sqlite3.OperationalError("disk is full")])
def test_a_copy_that_cannot_be_written_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(file: StateFile, path: str) -> None:
        Path(path).write_bytes(b"half")
        raise error

    made(tmp_path / "copy", "c")
    made(tmp_path / "state", "a", "b")
    monkeypatch.setattr(StateFile, "copy", fail)
    with pytest.raises(BadSetting, match=r"cannot be written: .*\. What was there stays as it is\."):
        saved(f"{tmp_path}/copy", f"{tmp_path}/state")
    assert tasks(tmp_path / "copy") == 1
    assert {each.name for each in tmp_path.iterdir()} == {"state", "copy"}


def test_a_newer_file_that_is_used_is_told_by_its_own_name(tmp_path: Path) -> None:
    file = StateFile(f"{tmp_path}/state", {})
    file.run("PRAGMA user_version = 99")
    with closing(file), pytest.raises(BadSetting, match=rf"^the state file {tmp_path}/state has version 99"):
        shown(f"{tmp_path}/state")


def test_no_room_for_a_copy_to_look_at_is_told_with_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = str(made(tmp_path / "state", *"abcdefgh"))

    class Full(sqlite3.OperationalError):
        sqlite_errorname = "SQLITE_FULL"

    def fail(*where: Any, **how: Any) -> sqlite3.Connection:
        raise Full("database or disk is full")

    with closing(StateFile(path, {})):
        monkeypatch.setattr(sqlite3, "connect", fail)
        with pytest.raises(BadSetting) as told:
            shown(path)
    assert str(told.value) == (
        f"the state file {path} is in use, and there is no room for a copy to look at in {tempfile.gettempdir()}. "
        "Make room there, or name another folder in TMPDIR."
    )


def test_a_copy_below_a_file_cannot_be_written(tmp_path: Path) -> None:
    state = str(made(tmp_path / "state", "a"))
    with pytest.raises(BadSetting, match=r"state/copy cannot be written: .*\. What was there stays as it is\."):
        saved(f"{state}/copy", state)


def test_an_empty_file_is_no_state_and_stays_empty(tmp_path: Path) -> None:
    empty = tmp_path / "state"
    empty.touch()
    for look in (shown, problem):
        with pytest.raises(BadSetting, match=r"state is empty, and no state\. Give one that suno-mock serve --state"):
            look(str(empty))
    assert empty.read_bytes() == b""
