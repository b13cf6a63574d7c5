"""Recordings that are whole, cut, huge, of another version, of another profile or hostile, for a mock to play."""

import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from contract_tests.recording.message import begun, line, violation
from contract_tests.recording.read import Recording
from mock_server.app import create_app
from mock_server.contract import recording as reading
from mock_server.contract.recording import read
from mock_server.core.errors import BadSetting
from mock_server.core.settings import Settings
from tests.recordings import archived, asked, course, told, written

LINE = line(asked())
GIVE = "Give a file that `suno-contract proxy --record` wrote, or `suno-contract convert` from an archive (HAR)."


def refused(file: Path | str) -> str:
    with pytest.raises(BadSetting) as error:
        create_app(Settings(replay=str(file)))
    return str(error.value)


def test_a_recording_is_read_in_the_order_of_its_numbers_with_the_lines(tmp_path: Path) -> None:
    found = read(Path(written(tmp_path, [asked(2), asked(1)], violation("answer.msg", 1, "a", "b"), '{"later": 1}\n')))
    assert ([(each.number, each.line) for each in found.messages], found.fault) == ([(1, 3), (2, 2)], "")


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    file = Path(written(tmp_path, [asked(1)]))
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert [each.line for each in read(file).messages] == [2]


@pytest.mark.parametrize(
    ("last", "why"),
    [
        (LINE[:40], "the line is cut off"),
        (LINE[:40] + "\n", "the line is no JSON"),
        ("[" * 100_000 + "\n", "the line is no JSON"),
        ("[]\n", "the line is no JSON object"),
        ('{"message": "request"}\n', "number is missing"),
        (LINE.replace('"took": 0.5', '"took": NaN'), "at or took is not between 0 and 100000000 seconds"),
        (LINE.replace('"at": 10.0', '"at": true'), "at is true; allowed: a number"),
        (LINE.replace('"status": 200', '"status": "200"'), 'status is "200"; allowed: an integer'),
        (LINE.replace('"request"', '"poll"'), 'message is "poll"; allowed: request, callback'),
        (LINE.replace('"sent": "', '"sent": "\\ud800'), "sent holds half a surrogate pair, which is no text"),
        (
            LINE.replace('"headers": [[', '"headers": [[1, '),
            'headers holds [1, "Authorization", "Bearer ***"]; allowed: a',
        ),
    ],
)
def test_a_file_is_played_up_to_its_first_fault_which_is_told_with_the_line(
    tmp_path: Path, last: str, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    file = written(tmp_path, [asked()], last, *([line(asked(2))] if last.endswith("\n") else []))
    with caplog.at_level(logging.WARNING, "uvicorn.error"):
        create_app(Settings(replay=file))
    assert len(read(Path(file)).messages) == 1
    (said,) = [each.message for each in caplog.records]
    assert said.startswith(f"{file}:3: {why}")
    assert said.endswith("what stands before is played")


def test_what_is_too_long_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = Path(written(tmp_path, [asked(), asked(2)]))
    monkeypatch.setattr(reading, "LARGEST", file.stat().st_size - 10)
    assert (
        read(file).fault
        == f"{file}:3: the file is longer than {reading.LARGEST} characters; what stands before is played"
    )


@pytest.mark.parametrize(
    ("limit", "why"), [({"most_messages": 1}, "more than 1 messages"), ({"longest_line": 2000}, "the line is lo")]
)
def test_more_than_can_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: dict[str, int], why: str
) -> None:
    tree = {**reading.form(), **limit}
    monkeypatch.setattr(reading, "form", lambda: tree)
    file = Path(written(tmp_path, [asked(), asked(2, sent={"prompt": "x" * 3000})]))
    assert read(file).fault.startswith(f"{file}:3: {why}")


def test_what_is_no_recording_is_refused_with_the_way_out(tmp_path: Path) -> None:
    file = tmp_path / "live.jsonl"
    assert refused(file) == f"replay: {file} cannot be read: No such file or directory. {GIVE}"
    file.write_text("")
    assert refused(file) == f"replay: {file} is empty. {GIVE}"
    for text in ("hello\n", "[1]\n", archived(Recording(messages=(asked(),)))):
        file.write_text(text)
        assert refused(file) == (
            f'replay: {file}:1: this is no recording, which begins with {{"recording": 1, ...}}. {GIVE}'
        )
    assert refused(tmp_path).startswith(f"replay: {tmp_path} cannot be read: Is a directory.")
    file.write_bytes(b"\xff\xfe\x00binary")
    assert "this is no recording" in refused(file)


@pytest.mark.parametrize("version", [2, "1", True])
def test_another_version_is_refused(tmp_path: Path, version: object) -> None:
    file = tmp_path / "live.jsonl"
    file.write_text(begun({}).replace("1", json.dumps(version), 1))
    assert refused(file) == (
        f"replay: {file}:1: the recording is of version {json.dumps(version)}, and this mock plays version 1. "
        "Play it with the release that wrote it, or record anew."
    )


def test_a_recording_of_which_nothing_can_be_played_is_refused(tmp_path: Path) -> None:
    elsewhere = replace(asked(), path="/v2/songs")
    way_out = "Choose the profile of the server that was recorded (--profile), or record anew."
    file = written(tmp_path, [elsewhere])
    assert refused(file) == (
        f"replay: {file}: no request can be played. It has requests such as 'POST /v2/songs'. {way_out}"
    )
    file = written(tmp_path, [replace(asked(), status=0, error="it took too long")])
    assert refused(file) == f"replay: {file}: no request can be played. It has no request with an answer. {way_out}"


def test_what_is_not_played_is_counted_with_the_reason(tmp_path: Path) -> None:
    messages = [
        *course(),
        asked(7, sent={"title": "A"}),
        asked(8, status=0),
        asked(9, path="/v2/songs"),
        asked(10, left_out={"body": "it is no text in UTF-8"}),
        asked(11, told(data={"taskId": "a" * 32})),
    ]
    replay = create_app(Settings(replay=written(tmp_path, messages))).state.runtime.replay
    assert list(replay.summary()) == [
        "live.jsonl: tasks 1, other answers 1",
        "not played, without an answer: 1",
        "not played, of no operation of the profile: 1",
        "not played, whose bodies are not in the file: 1",
        "not played, that started a task of which nothing more came: 1",
    ]


def test_a_recording_and_a_state_that_is_kept_are_refused_together(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="give --replay or --state, not both"):
        Settings(replay=written(tmp_path, [asked()]), state=str(tmp_path / "state"))
