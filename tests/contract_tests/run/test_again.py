"""The reports of a run, written anew from its journal."""

import json
from pathlib import Path

import pytest

from contract_tests.reports import kept
from contract_tests.run.again import keep, report_of
from contract_tests.run.inputs import CannotRun
from contract_tests.target import journal
from contract_tests.verdicts.results import Result, Verdict

RUN = journal.begun({"base_url": "http://x", "profile": "apikley", "version": "0.1"})
PASSED = kept.line(Result(rule="extend.example", verdict=Verdict.PASSED))


@pytest.mark.parametrize("strict", [False, True])
def test_the_reports_are_written_from_the_journal(strict: bool, tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_text(RUN + PASSED)
    made = report_of(tmp_path, strict=strict)
    assert ([row.rule for row in made.rows], made.about.strict) == (["extend.example"], strict)
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["about"]["strict"] is strict
    assert {each.name for each in tmp_path.iterdir()} == {"journal.jsonl", "junit.xml", "report.html", "report.json"}


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("", "journal.jsonl holds no run: give the --report-dir of a run of suno-contract."),
        ('{"run": {"profile": "acme"}}', "profile 'acme' is unknown. Known: apikley, classic, kie, observed, sunoapi."),
    ],
)
def test_a_folder_without_a_run_is_told(written: str, text: str, tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_text(written)
    with pytest.raises(CannotRun) as told:
        report_of(tmp_path)
    assert text in told.value.format_message()


def test_what_is_no_folder_is_told(tmp_path: Path) -> None:
    (file := tmp_path / "live.jsonl").write_text(RUN)
    for folder, text in ((file, f"{file} is a file: give "), (tmp_path / "nosuch", "there is no folder ")):
        with pytest.raises(CannotRun) as told:
            report_of(folder)
        assert told.value.format_message().startswith(text)


def test_reports_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_text(RUN)
    (tmp_path / "report.html").mkdir()
    with pytest.raises(CannotRun, match=r"^the reports could not be written: "):
        report_of(tmp_path)


@pytest.mark.parametrize(
    ("written", "reads", "text"),
    [
        (RUN + PASSED + journal.ended(1.0), False, " which this one would replace. Give another folder, or --force."),
        (RUN + PASSED + journal.ended(1.0), True, " as the FOLDER, which reads that run and sends nothing."),
        ('{"run": {"profile": "acme"}}', False, "holds a run that cannot be read: "),
    ],
)
def test_a_run_that_was_made_is_kept(written: str, reads: bool, text: str, tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_text(written)
    with pytest.raises(CannotRun) as told:
        keep(tmp_path, reads=reads)
    assert text in told.value.format_message()


def test_what_cannot_be_read_is_told_in_sentences(tmp_path: Path) -> None:
    (tmp_path / "run").write_text(RUN)
    (tmp_path / "journal.jsonl").symlink_to("run")
    with pytest.raises(CannotRun) as told:
        keep(tmp_path)
    assert "is no file: remove it, or give another folder. Give another folder, or --force." in told.value.message
    (tmp_path / "journal.jsonl").unlink()
    (tmp_path / "journal.jsonl").write_text('{"run": {"profile": "acme"}}')
    with pytest.raises(CannotRun, match=r"[a-z]\. Give another folder, or --force\.$"):
        keep(tmp_path)


@pytest.mark.parametrize("written", [RUN, RUN + PASSED, RUN + journal.ended(1.0), ""])
def test_a_run_without_an_end_or_a_verdict_is_not_kept(written: str, tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_text(written)
    keep(tmp_path)


def test_a_folder_without_a_journal_is_free(tmp_path: Path) -> None:
    keep(tmp_path / "new")
