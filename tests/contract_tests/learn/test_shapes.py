"""Which members came where, and what is otherwise."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.learn.shapes import otherwise, shapes
from contract_tests.reports.report import Asked
from tests.courses import exchange

NAMES = st.text("abc.[]", min_size=1, max_size=4)
BODIES = st.dictionaries(NAMES, st.none() | st.booleans() | st.integers() | st.text("ab", max_size=2), max_size=4)


def said(*bodies: Any) -> str:
    """What is said of the data of answers."""
    asked = [Asked(probe="extend.example: x", exchange=exchange({"code": 200, "data": each})) for each in bodies]
    return shapes(asked)["shape of answers"]


def test_members_have_their_types_and_whether_they_came_each_time() -> None:
    assert said({"a": 1, "b": [{"c": "x"}]}, {"a": None, "b": []}) == (
        "code number-once, data object, data.a null|number-once, data.b list, data.b[].c text-once?"
    )


def test_what_a_record_repeats_of_its_request_is_no_shape_of_the_server() -> None:
    packed = said({"param": '{"audioId": "a", "more": 1}'})
    assert packed == "code number-once, data object, data.param text-once"


def test_what_a_record_adds_to_its_request_is_the_servers() -> None:
    answer = {"code": 200, "data": {"status": "SUCCESS", "param": '{"audioId": "a", "userId": 1}'}}
    asked = Asked(probe="x: x", exchange=exchange(sent=b'{"audioId": "a"}'), polls=(exchange(answer),))
    assert shapes([asked])["shape of records at SUCCESS"] == (
        "param text-once, param.userId number-once, status text-once"
    )


@pytest.mark.parametrize(
    ("values", "form"),
    [
        pytest.param(["5c79be8e-1111-4222-8333-944455556666", "6c79be8e-1111-4222-8333-944455556666"], "text-UUID"),
        pytest.param(["123", "124"], "text-number"),
        pytest.param(["0123456789abcdef0123", "1123456789abcdef0123"], "text-hexadecimal"),
        pytest.param(["2025-01-01 00:00:00", "2025-01-01 00:00:01"], "text-time"),
        pytest.param(["task-7", "123"], "text"),
        pytest.param(["", ""], "text-empty"),
        pytest.param(["", "123", "124"], "text-empty|text-number"),
        pytest.param(["123", "123"], "text-once"),
        pytest.param([1, 1], "number-once"),
        pytest.param([1, 2.0], "number-whole"),
        pytest.param([10**400, 2.0], "number-whole"),
        pytest.param([1.5, 2], "number"),
        pytest.param([1.00001, 2.00001], "number-long"),
        pytest.param([1.00001, 1.00001], "number-long-once"),
        pytest.param([1.00001, 2.5, 2.5, 2.5, 2.5], "number"),
        pytest.param([1.5, 2.5, 2.5, 2.5, 2.5], "number-short"),
    ],
)
def test_a_form_is_told_by_values_that_differ(values: list[Any], form: str) -> None:
    told = said(*({"anything": value} for value in values))
    assert told == f"code number-once, data object, data.anything {form}"


def test_what_repeats_the_request_has_no_form() -> None:
    asked = [
        Asked(probe="x: x", exchange=exchange({"code": 200, "data": {"title": title}}, sent=f'{{"title": "{title}"}}'))
        for title in ("123", "124")
    ]
    assert shapes(asked)["shape of answers"].endswith("data.title text-once")


@pytest.mark.parametrize(
    ("then", "now", "told"),
    [
        (["123"], ["a b", "c d"], ""),
        (["a b", "c d"], ["123"], ""),
        (["", ""], ["a b"], "data.a text-once, was text-empty"),
        (["123", "124"], ["a b", "c d"], "data.a text, was text-number"),
        ([1.25, 2.5], [1, 2], "data.a number-whole, was number"),
        ([1.25, 2.5], [7], ""),
        ([1.25, 2.5], [198.4400001], ""),
        ([1.25, 2.5, 2.5, 2.5, 2.5], [198.4400001], "data.a number-long-once, was number-short"),
        ([1.25, 2.5, 2.5, 2.5, 2.5], [1.5, 2], ""),
        ([1.25, 2.5], [1.25, 2.5, 2.5, 2.5, 2.5], ""),
        ([198.4400001], [1.25, 2.5, 2.5, 2.5, 2.5], ""),
        ([1.25, 2.5], ["7"], "data.a text-once, was number"),
    ],
)
def test_what_was_seen_once_may_have_any_form(then: list[Any], now: list[Any], told: str) -> None:
    assert otherwise(said(*({"a": each} for each in then)), said(*({"a": each} for each in now))) == told


@given(st.lists(BODIES, min_size=1, max_size=4))
def test_nothing_is_otherwise_than_itself(bodies: list[Any]) -> None:
    assert otherwise(said(*bodies), said(*bodies)) == ""


@pytest.mark.parametrize(
    ("then", "now", "told"),
    [
        pytest.param([{"a": 1}], [{}], "data.a absent, was number-once", id="removed"),
        pytest.param([{}], [{"a": 1}], "data.a number-once, was absent", id="added"),
        pytest.param([{"a": 1}], [{"a": "1"}], "data.a text-once, was number-once", id="of another type"),
        pytest.param(
            [{"a": 1}], [{"b": 1}], "data.a absent, was number-once; data.b number-once, was absent", id="renamed"
        ),
        pytest.param([{"a": 1}, {}], [{}], "", id="sometimes there, and not now"),
        pytest.param([{"a": 1}, {}], [{"a": 2}], "", id="sometimes there, and now"),
        pytest.param(
            [{"a": 1}], [{"a": None}, {"a": 1}], "data.a null or number-once, was number-once", id="also of another"
        ),
    ],
)
def test_what_is_otherwise_is_named(then: list[Any], now: list[Any], told: str) -> None:
    assert otherwise(said(*then), said(*now)) == told
