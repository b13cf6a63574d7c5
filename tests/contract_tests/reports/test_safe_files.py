"""Files in a folder that others may write to."""

import os
import stat
from pathlib import Path

import pytest

from contract_tests.reports import safe_files
from contract_tests.reports.safe_files import NotAFile


def test_a_file_is_written_anew(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    for text in ("longer", "é"):
        safe_files.replace(file, text)
        assert file.read_text("utf-8") == text
    assert [each.name for each in tmp_path.iterdir()] == ["report.json"]


def test_a_report_has_the_mode_of_any_other_file(tmp_path: Path) -> None:
    safe_files.replace(tmp_path / "report.json", "")
    (tmp_path / "other").write_text("")
    assert (tmp_path / "report.json").stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_a_file_that_is_replaced_keeps_its_mode(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "live.yaml"
    file.write_text("before")
    file.chmod(mode)
    safe_files.replace(file, "now")
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("now", mode)


def test_what_a_link_leads_to_is_left_as_it_is(tmp_path: Path) -> None:
    victim, link = tmp_path / "victim", tmp_path / "report.json"
    victim.write_text("precious")
    link.symlink_to(victim)
    safe_files.replace(link, "a report")
    assert (victim.read_text(), link.read_text(), link.is_symlink()) == ("precious", "a report", False)


def test_a_report_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "report.json").mkdir()
    with pytest.raises(OSError, match="report"):
        safe_files.replace(tmp_path / "report.json", "")
    assert [each.name for each in tmp_path.iterdir()] == ["report.json"]


def test_a_file_is_gone_on_with(tmp_path: Path) -> None:
    for line in ("one\n", "two\n"):
        with safe_files.append(tmp_path / "journal") as file:
            file.write(line)
    assert safe_files.text(tmp_path / "journal") == "one\ntwo\n"


def test_where_there_is_no_file_there_is_no_text(tmp_path: Path) -> None:
    assert safe_files.text(tmp_path / "journal") == ""


@pytest.mark.parametrize("what", ["a link", "a pipe", "a folder"])
def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path, what: str) -> None:
    path = tmp_path / "journal"
    (tmp_path / "victim").write_text("precious")
    if what == "a link":
        path.symlink_to(tmp_path / "victim")
    elif what == "a pipe":
        os.mkfifo(path)
    else:
        path.mkdir()
    for use in (safe_files.append, safe_files.text):
        with pytest.raises(NotAFile, match="journal is no file: remove it, or give another folder"):
            use(path)
    assert (tmp_path / "victim").read_text() == "precious"


def test_a_file_that_may_not_be_read_is_an_error_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError):
        safe_files.text(Path(__file__) / "journal")


def test_a_file_may_have_the_mode_of_what_it_is_made_of(tmp_path: Path) -> None:
    recording = tmp_path / "live.jsonl"
    recording.touch(0o600)
    for path in (recording, tmp_path / "a pipe that is gone"):
        safe_files.replace(tmp_path / "report.json", "{}", safe_files.mode_of(path))
        assert stat.S_IMODE((tmp_path / "report.json").stat().st_mode) == 0o600
