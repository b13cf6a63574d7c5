"""Recordings that are whole, cut, huge, of another version, or hostile."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.proxy.ledger import ledger
from contract_tests.recording import read as reading
from contract_tests.recording.message import CALLBACK, NOT_HANDED_ON, Message, begun, leaving, line, violation
from contract_tests.recording.read import NoRecording, RecordingFile, read
from tests.contract_tests.recording.messages import message

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PAIRS = st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple)
MESSAGES = st.builds(
    message, kind=st.just(CALLBACK), path=TEXT, headers=PAIRS, sent=TEXT.map(str.encode), body=TEXT.map(str.encode)
)


def written(path: Path, *lines: str) -> Path:
    file = path / "live.jsonl"
    file.write_text("".join(lines), "utf-8")
    return file


@given(st.lists(MESSAGES, max_size=3))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, messages: list[Message]) -> None:
    file = written(tmp_path_factory.mktemp("r"), begun({"target": "http://x"}), *map(line, messages))
    found = read(file)
    assert (found.target, list(found.messages), found.fault) == ("http://x", messages, "")


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    file = written(tmp_path, "\ufeff", begun({"target": "http://x"}), line(message()))
    assert (len(read(file).messages), read(file).target) == (1, "http://x")


def test_a_verdict_of_the_proxy_and_what_a_later_version_adds_are_passed_over(tmp_path: Path) -> None:
    file = written(tmp_path, begun({}), violation("answer.msg", 1, "a", "b"), '{"later": 1}\n', line(message()))
    assert len(read(file).messages) == 1


@pytest.mark.parametrize(
    ("last", "why"),
    [
        (line(message())[:40] + "\n", "live.jsonl:3: the line is no JSON"),
        ("nonsense\n", "live.jsonl:3: the line is no JSON"),
        ("[" * 100_000 + "\n", "live.jsonl:3: the line is no JSON"),
        ("[]\n", "live.jsonl:3: the line is no JSON object"),
        ('{"message": "request"}\n', "live.jsonl:3: number is missing"),
        (line(message()).replace('"at": 0.5', '"at": 1e999'), "live.jsonl:3: at or took is not between 0 and"),
        (line(message()).replace('"status": 200', '"status": "200"'), 'live.jsonl:3: status is "200"; allowed: an int'),
        (line(message()).replace('"request"', '"poll"'), "live.jsonl:3: message is 'poll'; allowed: request, callback"),
        (
            line(message()).replace('"sent": "{}"', '"sent": "\\ud800"'),
            "live.jsonl:3: sent holds half a surrogate pair",
        ),
        ('{"sending": "5"}\n', 'live.jsonl:3: sending is "5"; allowed: an integer from 0'),
        ('{"sending": true}\n', "live.jsonl:3: sending is true; allowed: an integer from 0"),
        ('{"budget": -1}\n', "live.jsonl:3: budget is -1; allowed: an integer from 0"),
        (line(message()).replace('"headers": [[', '"headers": [[1, '), "live.jsonl:3: headers holds [1, "),
    ],
)
def test_a_file_is_read_up_to_its_first_fault_which_is_told_with_the_line(tmp_path: Path, last: str, why: str) -> None:
    found = read(written(tmp_path, begun({}), line(message()), last, line(message())))
    assert len(found.messages) == 1
    assert why in found.fault


def test_a_recording_that_was_cut_off_is_read_up_to_there(tmp_path: Path) -> None:
    found = read(written(tmp_path, begun({}), line(message()), line(message())[:40]))
    assert len(found.messages) == 1
    assert found.fault.endswith("live.jsonl:3: the line is cut off")


def test_a_file_that_is_too_large_is_read_as_far_as_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_MESSAGES", 2)
    file = written(tmp_path, begun({}), *[line(message())] * 3)
    assert len(read(file).messages) == 2
    assert "live.jsonl:4: more than 2 messages" in read(file).fault
    monkeypatch.setattr(reading, "LONGEST_LINE", 30)
    assert "live.jsonl:2: the line is longer than 30 characters" in read(written(tmp_path, begun({}), "x" * 31)).fault


@pytest.mark.parametrize(
    ("first", "why"),
    [
        ("", "is empty. Give a file that"),
        (json.dumps({"log": {}}), "this is no recording, which begins with"),
        ("\0\1\2\n", "this is no recording, which begins with"),
        (json.dumps({"recording": 2}), "is of version 2, and this program reads version 1. Read it with"),
        (json.dumps({"recording": True}), "is of version true"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, first: str, why: str) -> None:
    with pytest.raises(NoRecording, match=why):
        read(written(tmp_path, first))


LINES = st.lists(
    st.tuples(st.sampled_from(["sending", "request", "callback", "refused"]), st.integers(0, 4)), max_size=9
)


@given(LINES)
def test_what_was_about_to_be_sent_is_counted_in_one_way(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, int]]
) -> None:
    """A request that was about to be sent is lost unless a request of its number follows, in whatever file."""
    written_as: dict[str, Callable[[int], str]] = {
        "sending": leaving,
        "request": lambda number: line(message(number=number, method="GET")),
        "callback": lambda number: line(message(number=number, kind=CALLBACK)),
        "refused": lambda number: line(message(number=number, error=f"{NOT_HANDED_ON}no more")),
    }
    file = written(tmp_path_factory.mktemp("r"), begun({}), *(written_as[what](number) for what, number in lines))
    lost = set[int]()
    for what, number in lines:
        lost = lost | {number} if what == "sending" else lost - ({number} if what != "callback" else set())
    again = RecordingFile(file)
    assert len([*again.each()]) == len([what for what, _ in lines if what != "sending"])
    assert read(file).lost == again.lost == ledger(file, datetime(2026, 11, 28, tzinfo=UTC)).spent == len(lost)
