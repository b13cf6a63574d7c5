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
        "code number, data object, data.a null|number, data.b list, data.b[].c text?"
    )


def test_what_a_record_repeats_of_its_request_is_no_shape_of_the_server() -> None:
    packed = said({"param": '{"audioId": "a", "more": 1}'})
    assert packed == "code number, data object, data.param text"


@pytest.mark.parametrize(
    ("id", "form"),
    [
        pytest.param("5c79be8e-1111-4222-8333-944455556666", "text-UUID", id="UUID"),
        pytest.param("123", "text-number", id="digits"),
        pytest.param("0123456789abcdef0123", "text-hexadecimal", id="hexadecimal"),
        pytest.param("task-7", "text", id="another"),
        pytest.param("", "text-empty", id="empty"),
    ],
)
def test_texts_have_a_form_where_their_names_say_what_they_are(id: str, form: str) -> None:
    assert said({"taskId": id, "title": id}) == f"code number, data object, data.taskId {form}, data.title text"


@given(st.lists(BODIES, min_size=1, max_size=4))
def test_nothing_is_otherwise_than_itself(bodies: list[Any]) -> None:
    assert otherwise(said(*bodies), said(*bodies)) == ""


@pytest.mark.parametrize(
    ("then", "now", "told"),
    [
        pytest.param([{"a": 1}], [{}], "data.a absent, was number", id="removed"),
        pytest.param([{}], [{"a": 1}], "data.a number, was absent", id="added"),
        pytest.param([{"a": 1}], [{"a": "1"}], "data.a text, was number", id="of another type"),
        pytest.param([{"a": 1}], [{"b": 1}], "data.a absent, was number; data.b number, was absent", id="renamed"),
        pytest.param([{"a": 1}, {}], [{}], "", id="sometimes there, and not now"),
        pytest.param([{"a": 1}, {}], [{"a": 2}], "", id="sometimes there, and now"),
        pytest.param([{"a": 1}], [{"a": None}, {"a": 1}], "data.a null or number, was number", id="also of another"),
    ],
)
def test_what_is_otherwise_is_named(then: list[Any], now: list[Any], told: str) -> None:
    assert otherwise(said(*then), said(*now)) == told
