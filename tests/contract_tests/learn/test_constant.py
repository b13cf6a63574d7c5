"""What is the same in all bodies of one kind."""

import json
from math import nan
from typing import Any

import pytest

from contract_tests.learn.constant import Told, Usual, constant
from contract_tests.learn.evidence import Left, Line
from tests.courses import exchange

NOTHING = Usual({}, ())


def told(*members: dict[str, Any], sent: dict[str, Any] | None = None) -> list[Told]:
    """Members of so many answers, numbered from 1."""
    body = json.dumps(sent or {}).encode()
    return [Told(exchange(number=number, sent=body), each) for number, each in enumerate(members, 1)]


def test_what_all_have_with_one_value_is_a_line() -> None:
    came = told({"a": {"b": 1, "c": 2}}, {"a": {"c": 2, "b": 1}})
    assert [*constant(("answers", "members"), came, NOTHING)] == [
        Line(("answers", "members", "a"), {"b": 1, "c": 2}, "2 times: requests 1, 2")
    ]


@pytest.mark.parametrize("value", [None, False, 0, "", [], 1735689600])
def test_a_value_may_be_any_of_json(value: Any) -> None:
    came = told({"b": value}, {"b": value})
    assert [*constant(("a",), came, NOTHING)] == [Line(("a", "b"), value, "2 times: requests 1, 2")]


@pytest.mark.parametrize(
    ("came", "why"),
    [
        (told({"b": 1}, {}), "seen in 1 of 2, and a profile says it of all"),
        (told({"b": 1}, {"b": True}), "seen in several values, and a profile says one: 1, true"),
        (told({"b": "x" * 99}, {"b": "y"}), f'seen in several values, and a profile says one: "{"x" * 58}…, "y"'),
        (told({"b": 1}), "only one request shows it"),
        (told({"b": nan}, {"b": nan}), "no profile can hold it: NaN"),
        (told({"b": [2**64]}, {"b": [2**64]}), "no profile can hold it: [18446744073709551616]"),
        (told({"b": "\ud83d"}, {"b": "\ud83d"}), 'no profile can hold it: "\\ud83d"'),
        (told({"b": ["x" * 999]}, {"b": ["x" * 999]}), f'no profile can hold it: ["{"x" * 57}…'),
        (told({"b": 0.5}, {"b": 0.5}, sent={"styleWeight": 0.5}), "it may repeat what was sent"),
    ],
)
def test_what_no_profile_can_say_stays_open(came: list[Told], why: str) -> None:
    assert [*constant(("a",), came, NOTHING)] == [Left("a.b", why)]


def test_a_flag_repeats_nothing() -> None:
    assert [*constant(("a",), told({"b": True}, {"b": True}, sent={"defaultParamFlag": True, "c": 1}), NOTHING)] == [
        Line(("a", "b"), True, "2 times: requests 1, 2")
    ]


def test_what_the_mock_has_already_is_no_line_and_what_has_gone_is_told() -> None:
    usual = Usual({"b": 1, "c": 2}, ["b"])
    assert not [*constant(("a",), told({"b": 1}, {"b": 1}), usual)]
    assert [*constant(("a",), told({"c": 2}, {"c": 2}), usual)] == [
        Left("a.b", "seen in none of 2, and no profile takes it away")
    ]
    assert [*constant(("a",), told({"b": 3}, {"b": 3}), usual)] == [Line(("a", "b"), 3, "2 times: requests 1, 2")]
