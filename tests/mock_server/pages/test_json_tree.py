"""JSON as a tree that can be folded."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given

from mock_server.pages.bodies import DEEPEST, compared, lines_of
from mock_server.pages.exchanges import NO_UTF8, Body, unchanged
from mock_server.pages.json_tree import CLOSES, LEAF, OPENS, Twig, tree_of
from tests.mock_server.pages.test_bodies import JSON


def tree(text: str) -> list[Twig]:
    return tree_of(unchanged(text))


def written(twigs: Sequence[Twig]) -> str:
    """A tree as JSON again."""
    return "[" + ",".join(_members(iter(twigs))) + "]"


def _members(twigs: Iterator[Twig]) -> Iterator[str]:
    for each in twigs:
        if each.kind == CLOSES:
            return
        if each.kind == LEAF:
            yield each.text
            continue
        inner = [*_members(twigs)]
        assert len(inner) == each.members
        name = f"{each.text}:" if each.text else ""
        yield f"{name}{each.bracket}{','.join(inner)}{'}' if each.bracket == '{' else ']'}"


@given(JSON)
def test_a_tree_has_every_member_where_it_was(value: Any) -> None:
    assert json.loads(written(tree(json.dumps(value)))) == ([value] if isinstance(value, list | dict) and value else [])


def test_a_name_that_is_there_twice_and_a_number_stay_as_they_came() -> None:
    assert [each.text for each in tree('{"a": 1.00, "a": {"b": 1e999}}')] == [
        "",
        '"a": 1.00',
        '"a"',
        '"b": 1e999',
        "",
        "",
    ]


@pytest.mark.parametrize("text", ["", "7", '"{"', "{}", "[]", "plain text", "[" * 5000, "x\n{"])
def test_what_has_no_members_is_no_tree(text: str) -> None:
    assert tree(text) == []


@pytest.mark.parametrize("text", ["[" * 400 + "]" * 400, json.dumps(list(range(999))), json.dumps([{"a": 1}] * 999)])
def test_a_bomb_is_a_tree_that_ends_and_is_not_deep(text: str) -> None:
    depth = deepest = 0
    for each in tree(text):
        depth += {OPENS: 1, CLOSES: -1, LEAF: 0}[each.kind]
        deepest = max(deepest, depth)
    assert depth == 0
    assert 0 < deepest <= DEEPEST


def test_what_is_new_is_marked_and_what_is_gone_is_left_out() -> None:
    lines = [*compared(lines_of('{"a": 1, "b": 2}'), lines_of('{"a": 1, "b": 3}'))]
    assert [(each.text, each.change) for each in tree_of(lines) if each.kind == LEAF] == [
        ('"a": 1', "same"),
        ('"b": 3', "new"),
    ]


def body(text: str, note: str = "") -> Body:
    return Body(name="answer", lines=unchanged(text), text=text, note=note)


def test_json_is_there_raw_and_pretty() -> None:
    assert (body('{"a":1}').raw, body('{"a":1}').pretty) == ('{"a":1}', '{\n  "a": 1\n}')
    assert (body('{\n  "a": 1\n}').raw, body('{\n  "a": 1\n}').pretty) == ("", '{\n  "a": 1\n}')
    assert (body("plain").raw, body("plain").pretty) == ("", "plain")


@pytest.mark.parametrize(("text", "note"), [("", ""), ("\\xff", NO_UTF8), (json.dumps(list(range(999))), "")])
def test_what_is_not_all_there_is_not_copied(text: str, note: str) -> None:
    assert (body(text, note).raw, body(text, note).pretty) == ("", "")
