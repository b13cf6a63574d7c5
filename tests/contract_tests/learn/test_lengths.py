"""Texts that were refused for their length, and what that tells."""

import json

import pytest

from contract_tests.learn.evidence import Found, Left, Line
from contract_tests.learn.lengths import COUNTED, TITLE, by_accepted_lengths
from contract_tests.reports.report import Asked
from tests.courses import BAD, GOOD, PUBLISHED, exchange


def pick(question: str, reading: str) -> Line:
    return Line(("picks", question), reading, "once: request 1")


BYTES = pick("string_length", "bytes")
EIGHTY = pick("v4_5all_title", "80")


def asked(probe: str, body: object, **texts: str) -> Asked:
    sent = json.dumps({"model": "V4", "defaultParamFlag": True, **texts}).encode()
    return Asked(probe=probe, exchange=exchange(body, sent=sent))


REFUSED = asked("question.string_length: a prompt of 3000", BAD, prompt="\u6f22" * 3000)


def read(line: Line, *others: Asked) -> Found:
    (found,) = by_accepted_lengths([line], [REFUSED, *others], PUBLISHED)
    return found


def test_a_refused_text_alone_may_be_longer_than_a_limit_of_the_servers_own() -> None:
    told = read(BYTES, asked("extend.valid", GOOD, prompt="x" * 2999))
    assert isinstance(told, Left)
    assert told.what == COUNTED
    assert told.why.startswith("what was refused may be longer than a limit of the server's own, since no text of 3000")


@pytest.mark.parametrize("text", ["x" * 3000, "x" * 5000])
def test_where_as_long_a_text_was_accepted_it_is_what_is_counted(text: str) -> None:
    assert read(BYTES, asked("extend.length.limit", GOOD, prompt=text)) == BYTES


def test_a_long_text_that_counts_more_in_another_way_shows_nothing() -> None:
    assert isinstance(read(BYTES, asked("extend.length.limit", GOOD, prompt="\u6f22" * 3000)), Left)


def test_what_was_accepted_needs_no_other_text() -> None:
    points = pick("string_length", "code_points")
    assert read(points) == points
    hundred = pick("v4_5all_title", "100")
    assert read(hundred) == hundred


def test_a_title_is_too_long_only_where_a_shorter_one_is_not() -> None:
    left = read(EIGHTY)
    assert isinstance(left, Left)
    assert left.what == TITLE
    assert read(EIGHTY, asked("extend.length.limit", GOOD, title="x" * 80, model="V4_5ALL")) == EIGHTY


def test_utf16_units_need_a_text_that_has_as_many_of_them_as_characters() -> None:
    units = pick("string_length", "utf16")
    assert isinstance(read(units, asked("extend.valid", GOOD, prompt="\U0001f600" * 3000)), Left)
    assert read(units, asked("question.string_length", GOOD, prompt="\u6f22" * 3000)) == units
