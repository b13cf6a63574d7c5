"""The folder of the reports, which is for one command at a time."""

from pathlib import Path
from typing import TextIO

import pytest

from contract_tests.run.choose import JOURNAL
from contract_tests.run.folder import LOCK, alone_in, claimed, locked, of_a_run, of_no_run
from contract_tests.run.inputs import CannotRun

IN_USE = "is in use by another command. Wait for its end, or give another folder."


def test_a_folder_is_for_one_command_until_that_has_ended(tmp_path: Path) -> None:
    with alone_in(tmp_path), pytest.raises(CannotRun, match=IN_USE), alone_in(tmp_path):
        pass
    with alone_in(tmp_path):
        pass
    assert [*tmp_path.iterdir()] == []


def test_what_a_killed_command_leaves_holds_nobody_up(tmp_path: Path) -> None:
    (tmp_path / LOCK).touch()
    with claimed(tmp_path, replaces=False):
        (tmp_path / "report.json").touch()
    assert [each.name for each in tmp_path.iterdir()] == ["report.json"]


@pytest.mark.parametrize("writes", [False, True])
def test_a_folder_in_which_nothing_was_written_is_not_left(writes: bool, tmp_path: Path) -> None:
    folder = tmp_path / "a" / "report"
    with alone_in(folder):
        if writes:
            (folder / "report.json").touch()
    assert folder.exists() is writes


def test_who_comes_while_another_ends_has_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other takes its file away when this one has opened it."""
    folder, ended = tmp_path / "report", list[str]()

    def slowly(file: TextIO) -> bool:
        if not ended:
            ended.append(LOCK)
            (folder / LOCK).unlink()
            folder.rmdir()
        return locked(file)

    monkeypatch.setattr("contract_tests.run.folder.locked", slowly)
    with alone_in(folder):
        assert (folder / LOCK).exists()
    assert ended


def test_without_a_folder_there_is_nothing_to_hold() -> None:
    with alone_in(None), claimed(None, replaces=False):
        pass


def test_a_lock_that_is_no_file_is_told(tmp_path: Path) -> None:
    (tmp_path / LOCK).mkdir()
    with pytest.raises(CannotRun, match=r"--report-dir: .*\.lock is no file: remove it"), alone_in(tmp_path):
        pass


def test_reports_of_something_else_take_no_place_of_a_run(tmp_path: Path) -> None:
    with of_no_run(tmp_path):
        (tmp_path / "report.json").touch()
    with of_no_run(tmp_path):  # its own are made anew
        pass
    (tmp_path / JOURNAL).touch()
    with pytest.raises(CannotRun) as refused, of_no_run(tmp_path):
        pass
    assert refused.value.message == (
        f"--report-dir {tmp_path} holds a run, whose reports these would replace. Give another folder."
    )
    assert {each.name for each in tmp_path.iterdir()} == {"report.json", JOURNAL}


def test_reports_are_written_anew_while_no_run_is_under_way_and_no_folder_is_made_for_them(tmp_path: Path) -> None:
    with claimed(tmp_path, replaces=False), pytest.raises(CannotRun, match=IN_USE), of_a_run(tmp_path):
        pass
    with of_a_run(tmp_path / "other"):
        assert [*tmp_path.iterdir()] == []
