"""Reports of what was recorded so far."""

import json
from pathlib import Path
from typing import Any

import pytest

from contract_tests.proxy.reports import Reports
from contract_tests.recording.message import CALLBACK, begun, line
from contract_tests.verdicts.course import Finding
from tests.contract_tests.recording.messages import message
from tests.courses import PUBLISHED

FOUND = Finding(rule="callback.task_id", expected="one", got="another")


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    file = tmp_path / "live.jsonl"
    file.write_text(begun({"target": "http://x"}) + line(message()), "utf-8")
    return file


def written(folder: Path) -> bool:
    return (folder / "report.json").is_file()


def test_reports_are_written_after_a_find_alone(recording: Path, tmp_path: Path) -> None:
    reports = Reports(recording, PUBLISHED, tmp_path)
    reports.told(message(), ())
    reports.write()
    assert not written(tmp_path)
    reports.told(message(), (FOUND,))
    reports.write()
    assert len(json.loads((tmp_path / "report.json").read_text("utf-8"))["requests"]) == 1
    (tmp_path / "report.json").unlink()
    reports.write()
    assert not written(tmp_path)
    reports.end()
    assert written(tmp_path)


@pytest.mark.parametrize(("took", "pause"), [(0.1, 5.0), (60.0, 1200.0)])
def test_reports_that_take_long_are_written_less_often(
    recording: Path, tmp_path: Path, took: float, pause: float
) -> None:
    times = iter([100.0, 100.0 + took])
    reports = Reports(recording, PUBLISHED, tmp_path, clock=times.__next__)
    assert reports.pause == 5.0
    reports.told(message(), (FOUND,))
    reports.write()
    assert written(tmp_path)
    assert reports.pause == pause


def test_a_line_that_is_being_written_is_waited_for(recording: Path, tmp_path: Path) -> None:
    whole = recording.read_text("utf-8")
    recording.write_text(whole[:-1] + "\n" + line(message(number=2))[:50], "utf-8")
    reports = Reports(recording, PUBLISHED, tmp_path)
    reports.told(message(), (FOUND,))
    reports.write()
    assert not written(tmp_path)
    recording.write_text(whole, "utf-8")
    reports.write()
    assert written(tmp_path)


def test_nothing_is_read_where_no_report_is_wanted_or_no_file_is(tmp_path: Path, recording: Path) -> None:
    for reports in (Reports(recording, PUBLISHED, None), Reports(tmp_path / "no", PUBLISHED, tmp_path)):
        reports.told(message(), (FOUND,))
        reports.write()
    assert not written(tmp_path)
    assert Reports(recording, PUBLISHED, None).end().rows
    assert not written(tmp_path)


def test_at_the_end_is_told_what_the_whole_alone_shows(
    tmp_path: Path, recording: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    headers = (("Authorization", "Bearer ***"), ("Content-Type", "application/json"))
    wrong = message(headers=headers, sent=b"{}", body=b'{"code": 200, "msg": "success", "data": {"taskId": "5c79"}}')
    recording.write_text(begun({"target": "http://x"}) + line(wrong), "utf-8")
    reports = Reports(recording, PUBLISHED, tmp_path)
    (row, *_) = reports.end().rows
    assert f"NO  {row.rule}" in capsys.readouterr().out
    reports.told(wrong, (Finding(rule=row.rule, expected="one", got="another"),))
    capsys.readouterr()
    reports.end()
    assert f"NO  {row.rule}" not in capsys.readouterr().out


def test_a_deviation_is_told_as_such(tmp_path: Path, recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deviates = Finding(rule="answer.soon", expected="soon", got="late")
    Reports(recording, PUBLISHED, tmp_path).told(message(), (FOUND, deviates))
    told = [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()[1:]]
    assert told == ["NO  callback.task_id", "~   answer.soon"]


@pytest.mark.parametrize(
    ("passed", "told"),
    [
        ({}, "--> 1 POST /api/v1/generate/extend  HTTP 200 code 200"),
        ({"kind": CALLBACK, "course": 3, "path": "/cb/3-***", "sent": b"{"}, "<-- 1 of 3 POST /cb/3-***  HTTP 200"),
        (
            {"kind": CALLBACK, "sent": b'{"code": 200, "data": {"callbackType": "first"}}'},
            "<-- 1 POST /api/v1/generate/extend  HTTP 200  stage first",
        ),
        (
            {"kind": CALLBACK, "sent": b'{"code": 501, "data": {"callbackType": "error"}}', "error": "no answer"},
            "<-- 1 POST /api/v1/generate/extend  no answer  stage error  code 501",
        ),
    ],
)
def test_a_line_tells_a_stage_and_a_code(
    recording: Path, capsys: pytest.CaptureFixture[str], passed: dict[str, Any], told: str
) -> None:
    Reports(recording, PUBLISHED, None).told(message(**passed), ())
    assert capsys.readouterr().out == f"{told}\n"


def test_a_redirect_is_told_with_the_way_out_once(recording: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reports = Reports(recording, PUBLISHED, None)
    reports.told(message(status=301, answer_headers=(("Location", "/x/"),)), ())  # which a client asks of the proxy
    told = capsys.readouterr()
    assert (" to /x/" in told.out, told.err) == (True, "")
    moved = message(status=308, answer_headers=(("location", "https://api.example.com/x"),), body=b"")
    for _ in range(2):
        reports.told(moved, ())
    told = capsys.readouterr()
    assert told.out.splitlines()[0].endswith("HTTP 308 to https://api.example.com/x")
    assert told.err.count("Give as --to where it leads.") == 1
