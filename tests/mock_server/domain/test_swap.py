"""A recorded text told again: what is new is put in place, all else stays byte for byte."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.swap import Swap

OLD, NEW = "0123456789abcdef", "fedcba9876543210"
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def swapped(text: str, ids: dict[str, str] = {OLD: NEW}, **others: dict[str, str]) -> str:  # noqa: B006, nobody changes it
    return Swap(ids, others.get("whole", {}), others.get("named", {})).text(text)


@given(JSON, st.sampled_from([None, 1]), st.booleans(), st.sampled_from([(",", ":"), (" , ", " :  ")]))
def test_what_holds_nothing_of_the_task_stays_as_it_is_written(
    value: Any, indent: int | None, plain: bool, separators: tuple[str, str]
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=plain, separators=separators)
    assert swapped(text, {OLD: NEW, "nobody's": "x"}, whole={"no such text": "x"}, named={"noSuchName": "x"}) == text


@given(st.text())
def test_no_text_at_all_is_too_much(text: str) -> None:
    assert swapped(text) == text.replace(OLD, NEW)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f'{{"id": "{OLD}"}}', f'{{"id": "{NEW}"}}'),
        (f'{{"url":"https://x\\/{OLD}.mp3"}}', f'{{"url":"https://x/{NEW}.mp3"}}'),
        (f'{{"param": "{{\\"id\\":\\"{OLD}\\"}}"}}', f'{{"param": "{{\\"id\\":\\"{NEW}\\"}}"}}'),
        (f'{{"{OLD}": "é {OLD}"}}', f'{{"{OLD}": "é {NEW}"}}'),
        (f'{{"a": "\\u00e9 {OLD}"}}', f'{{"a": "\\u00e9 {NEW}"}}'),
        (f"<p>{OLD}</p>", f"<p>{NEW}</p>"),
        (f'{{"cut": "{OLD}"', f'{{"cut": "{NEW}"'),
    ],
)
def test_an_id_is_new_wherever_it_stands(text: str, told: str) -> None:
    assert swapped(text) == told


def test_a_short_id_is_new_where_it_is_the_whole_text_alone() -> None:
    assert (
        swapped('{"id": "7", "title": "7 seas", "n": 7}', {"7": NEW}) == f'{{"id": "{NEW}", "title": "7 seas", "n": 7}}'
    )


def test_of_two_ids_that_begin_alike_each_is_its_own() -> None:
    ids = {f"{OLD}": "one", f"{OLD}-2": "two"}
    assert swapped(f'["{OLD}-2", "a/{OLD}-2", "{OLD}"]', ids) == '["two", "a/two", "one"]'


def test_what_is_put_in_place_is_not_looked_into_again() -> None:
    assert swapped(f'["{OLD}", "{NEW}"]', {OLD: NEW, NEW: OLD}) == f'["{NEW}", "{OLD}"]'


def test_the_values_of_a_name_are_new_also_in_json_within_a_text() -> None:
    text = '{"callBackUrl": "a", "param": "{\\"callBackUrl\\": \\"b\\"}", "callBackUrls": "c", "list": ["callBackUrl"]}'
    told = '{"callBackUrl": "N", "param": "{\\"callBackUrl\\": \\"N\\"}", "callBackUrls": "c", "list": ["callBackUrl"]}'
    assert swapped(text, named={"callBackUrl": "N"}) == told
