"""Searching the inbox: words, filters, and what is no filter."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.errors import BadSetting
from mock_server.pages.delivered import BAD, GOOD, Delivered
from mock_server.pages.search import Found, moment, search_of

NOW = 1_000_000.0
ROW: dict[str, Any] = {
    "status": "SUCCESS",
    "code": 200,
    "keys": ["ci-key"],
    "at": NOW - 60,
    "bad": False,
    "stages": {"text": Delivered(GOOD, "received", ""), "first": Delivered(BAD, "refused", "HTTP 500")},
    "texts": lambda: [b"1035b520", "Peaceful Piano é".encode(), b'{"style": "Classical"}', b"http://127.0.0.1:9/cb"],
}


def wants(text: str, **changes: Any) -> bool:
    return search_of(text).wants(Found(**{**ROW, **changes}), NOW)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "peaceful",
        "PIANO classical",
        '"peaceful piano"',
        "piano é",
        "http://127.0.0.1:9",
        "status:success",
        "code:200",
        "key:ci",
        "stage:first",
        "delivery:failed",
        "delivery:received stage:text",
        "after:2m",
        "before:30s",
        'after:1970-01-12T13:00 "peaceful piano" code:200',
        "before:1970-01-13",
    ],
)
def test_a_row_is_found_by(text: str) -> None:
    assert wants(text)


@pytest.mark.parametrize(
    "text",
    [
        "loud",
        "piano loud",
        '"piano peaceful"',
        "status:failed",
        "code:422",
        "key:other",
        "stage:complete",
        "after:30s",
        "before:2m",
        "before:1970-01-12T13:00+00:00",
        "code:200 key:other",
    ],
)
def test_a_row_is_not_found_by(text: str) -> None:
    assert not wants(text)


def test_what_failed_is_found_whatever_its_status() -> None:
    assert wants("status:failed", bad=True)
    assert not wants("delivery:failed", stages={})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("stat:failed", "filter 'stat' is unknown. Nearest: status."),
        ("stage:last", "stage 'last' is unknown."),
        ("delivery:lost", "delivery 'lost' is unknown."),
        ("code:x", "code:x is no code. Allowed: a number, such as code:422."),
        ("after:soon", "'soon' is no time. Allowed: how long ago, such as 90s, 10m, 2h, 1d; or a date"),
    ],
)
def test_what_is_no_search_says_what_is(text: str, said: str) -> None:
    with pytest.raises(BadSetting) as error:
        search_of(text)
    assert str(error.value).startswith(said)


@given(st.text())
def test_any_text_is_a_search_or_says_why_not(text: str) -> None:
    with suppress(BadSetting):
        assert search_of(text).wants(Found(**ROW), NOW) in (True, False)


def test_a_time_has_a_zone_or_is_utc() -> None:
    assert moment("1970-01-01T01:00+01:00", NOW) == moment("1970-01-01", NOW) == 0
