"""`suno-contract judge`: verdicts and reports of a recording."""

import json
import os
from pathlib import Path
from threading import Thread

import pytest

from contract_tests.recording.message import begun, leaving, line
from contract_tests.target.mock import mock_tracks
from tests.contract_tests.recording.messages import message
from tests.courses import ACCEPTED, BAD, GOOD, PUBLISHED, REFUSED
from tests.suno_contract import status

Output = pytest.CaptureFixture[str]
HEADERS = (("Authorization", "Bearer ***"), ("Content-Type", "application/json"))


def asked(number: int, sent: bytes, body: object) -> str:
    answer = json.dumps(body).encode()
    return line(message(number=number, course=number, headers=HEADERS, sent=sent, body=answer))


def written(folder: Path, *lines: str) -> str:
    file = folder / "live.jsonl"
    file.write_text(begun({"target": "https://api.example.com", "date": "2026-11-27T00:00:00+00:00"}) + "".join(lines))
    return str(file)


SENT = ACCEPTED.body.replace(b"$URL", b"http://127.0.0.1:1/cb/1-***")
WRONG = REFUSED.body.replace(b"$URL", b"http://127.0.0.1:1/cb/2-***")


def test_what_conforms_ends_with_0_and_has_reports(tmp_path: Path, capsys: Output) -> None:
    file = written(tmp_path, asked(1, SENT, GOOD), asked(2, WRONG, BAD))
    Path(file).chmod(0o600)
    assert status("judge", file, "--report-dir", str(tmp_path / "report")) == 0
    out = capsys.readouterr().out
    assert "ok  extend.title.length                1 tried" in out
    assert "0 rules violated" in out
    assert {path.name for path in (tmp_path / "report").iterdir()} == {"report.html", "report.json", "junit.xml"}
    assert {path.stat().st_mode for path in (tmp_path / "report").iterdir()} == {Path(file).stat().st_mode}
    told = json.loads((tmp_path / "report" / "report.json").read_text("utf-8"))
    assert told["about"]["target"] == "https://api.example.com"


def test_what_violates_ends_with_1(tmp_path: Path, capsys: Output) -> None:
    assert status("judge", written(tmp_path, asked(1, WRONG, GOOD))) == 1
    assert "NO  extend.title.length" in capsys.readouterr().out


def test_a_refusal_of_a_track_that_nobody_knows_is_no_verdict_and_of_a_given_one_is(
    tmp_path: Path, capsys: Output
) -> None:
    file = written(tmp_path, asked(1, SENT, BAD))
    assert status("judge", file) == 0
    assert "the recording does not tell whether the server has its track" in capsys.readouterr().out
    track = next(each for each in mock_tracks(PUBLISHED) if each.id.encode() in SENT)
    given = ("--audio-id", track.id, "--audio-model", track.model, "--audio-duration", str(track.duration))
    assert status("judge", file, *given) == 1
    assert "NO  extend.valid" in capsys.readouterr().out


def test_a_recording_that_was_cut_off_is_judged_as_far_as_it_goes_and_ends_with_2(
    tmp_path: Path, capsys: Output
) -> None:
    file = written(tmp_path, asked(1, SENT, GOOD), asked(2, WRONG, GOOD)[:50])
    assert status("judge", file, "--report-dir", str(tmp_path / "report")) == 2
    out, err = capsys.readouterr()
    assert "0 rules violated" in out
    assert f"read up to its fault: {file}:3: the line is cut off; what stands before it is judged" in err
    assert (tmp_path / "report" / "report.json").exists()


def test_a_violation_before_the_fault_ends_with_1(tmp_path: Path, capsys: Output) -> None:
    assert status("judge", written(tmp_path, asked(1, WRONG, GOOD), "no JSON\n")) == 1
    assert "live.jsonl:3: the line is no JSON" in capsys.readouterr().out


def test_a_recording_with_a_fault_becomes_an_archive_up_to_it_and_ends_with_2(tmp_path: Path, capsys: Output) -> None:
    file, archive = written(tmp_path, asked(1, SENT, GOOD), "no JSON\n"), tmp_path / "live.har"
    assert status("convert", file, str(archive)) == 2
    assert f"{archive}: 1 message\n" in (read := capsys.readouterr()).out
    assert f"read up to its fault: {file}:3: the line is no JSON; {archive} has what stands before it" in read.err
    assert len(json.loads(archive.read_text("utf-8"))["log"]["entries"]) == 1


def test_what_holds_nothing_to_judge_or_is_no_recording_ends_with_2(tmp_path: Path, capsys: Output) -> None:
    assert status("judge", written(tmp_path, line(message(method="GET", path="/")))) == 2
    assert "holds no request that extends a track" in capsys.readouterr().err
    kept_back = line(message(error="not handed on: the budget is spent", status=0))
    assert status("judge", written(tmp_path, kept_back, kept_back)) == 2
    told = "holds 2 requests to extend a track, none of which can be judged; the first: not handed on: the budget is"
    assert told in capsys.readouterr().err
    assert status("judge", written(tmp_path, line(message(sent=b"", left_out={"sent": "it is too long"})))) == 2
    assert "none of which can be judged; the first: its body is not there: it is too long" in capsys.readouterr().err
    assert status("judge", str(tmp_path / "none")) == 2
    assert "Give a file that `suno-contract proxy --record` wrote." in capsys.readouterr().err
    assert status("judge", str(Path(__file__))) == 2
    assert "this is no recording" in capsys.readouterr().err


def test_what_was_about_to_be_sent_may_have_cost_a_task(tmp_path: Path, capsys: Output) -> None:
    assert status("judge", written(tmp_path, leaving(1))) == 2
    read = capsys.readouterr()
    assert "holds 1 request that may have been sent, and no answer, so nothing can be judged." in read.err
    assert "1 task started at most" in read.out
    assert status("judge", written(tmp_path, leaving(1), asked(1, SENT, GOOD), leaving(2))) == 0
    out = capsys.readouterr().out
    assert "2 tasks started at most" in out
    assert (
        "missing: verdicts on 1 request that the proxy was about to send when it was ended: it may have cost a task"
        in out
    )


def test_a_body_that_is_not_recorded_is_no_violation(tmp_path: Path, capsys: Output) -> None:
    unread = {"number": 2, "course": 2, "headers": HEADERS, "sent": SENT, "body": b""}
    answer = line(message(**unread, left_out={"body": "its coding 'br' is not read"}))
    assert status("judge", written(tmp_path, asked(1, SENT, GOOD), answer)) == 0
    assert "ok  extend.valid                       1 tried, 1 not tried" in capsys.readouterr().out
    called = message(
        kind="callback", number=3, course=1, sent=b"", left_out={"sent": "it is longer than 1048576 bytes"}
    )
    assert status("judge", written(tmp_path, asked(1, SENT, GOOD), line(called))) == 0
    assert "a callback is not recorded as a whole: it is longer than 1048576 bytes" in capsys.readouterr().out


def test_of_a_server_that_was_down_it_says_what_to_record(tmp_path: Path, capsys: Output) -> None:
    down = message(number=1, course=1, headers=HEADERS, sent=SENT, status=0, body=b"", error="ConnectError: nobody")
    file = written(tmp_path, line(down))
    told = (
        f"{file} tells nothing of https://api.example.com: this is not the API: 1 request, and no answer was JSON with "
        "a code. The first was ConnectError: nobody. Record what passes by the API: give `suno-contract proxy` as --to "
        "what stands before /api/v1/generate/extend.\n"
    )
    assert status("judge", file) == 2
    assert told in capsys.readouterr().err
    assert status("calibrate", "--from", file, "--output", str(tmp_path / "live.yaml")) == 2
    assert told in capsys.readouterr().err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name")
def test_a_recording_may_come_from_a_pipe(tmp_path: Path, capsys: Output) -> None:
    """It can be read once."""
    file, pipe = written(tmp_path, asked(1, WRONG, GOOD)), tmp_path / "pipe"
    os.mkfifo(pipe)
    writing = Thread(target=lambda: pipe.write_bytes(Path(file).read_bytes()))
    writing.start()
    assert status("judge", str(pipe)) == 1
    writing.join()
    assert "NO  extend.title.length" in capsys.readouterr().out
