"""Every name is explained, everything that is said has a line, and the commands can be pasted."""

import shlex
from collections import Counter
from functools import cache
from pathlib import Path

import click
import pytest

from mock_server.commands.cli import cli
from mock_server.contract.explain.explanation import Explanation
from mock_server.contract.explain.names import KINDS, Kind, every_name, explained
from mock_server.core.errors import BadSetting
from tests.places import line


def places(found: Explanation) -> list[str]:
    """Every `file:line` that an explanation names."""
    facts = [*found.causes, *(fact for section in found.sections for fact in section.facts)]
    return [*(quote.place for quote in found.quotes), *(place for fact in facts for place in fact.places)]


def parsed(command: str) -> bool:
    _, name, *rest = shlex.split(command)
    found = cli.get_command(click.Context(cli), name)
    return found is not None and bool(found.make_context(name, rest))


known = cache(explained)
"""Several tests ask about all names."""


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.called)
def test_every_name_of_a_kind_is_explained(kind: Kind) -> None:
    for name in kind.names():
        found = known(name)
        assert found.causes, name
        assert places(found), name
        assert all(line(place).strip() for place in places(found)), name
        assert all(parsed(command) for command in found.commands), name


def test_what_is_said_has_a_place() -> None:
    without = {
        fact.text
        for name in every_name()
        for section in [known(name)]
        for fact in section.causes
        if not fact.places and not fact.text.startswith("a field of ")
    }
    assert {text.partition(": ")[2] for text in without} == {"a rule of the mock's own, which no document has"}


def test_paths_are_those_of_the_checkout() -> None:
    tops = {
        Path(place).parts[0] for name in ("402", "extend", "first_items", "V4_5") for place in places(explained(name))
    }
    assert tops == {"openapi", "fixtures", "mock_server"}


def test_a_magic_value_is_its_scenario() -> None:
    assert explained("mock-silent") == explained("silent")


def test_a_name_of_two_kinds_is_explained_as_both() -> None:
    counted = Counter(name for kind in KINDS for name in {*kind.names()})
    for name in (each for each, kinds in counted.items() if kinds > 1):
        kinds = [kind for kind in KINDS if name in kind.names()]
        found = explained(name)
        assert found.causes == kinds[0].explain(name).causes
        for kind in kinds[1:]:
            (section,) = [each for each in found.sections if each.heading == f"As a {kind.called}"]
            assert section.facts == kind.explain(name).causes
            assert {*kind.explain(name).commands} <= {*found.commands}
    assert counted["complete"] > 1


@pytest.mark.parametrize(
    ("typed", "nearest"),
    [
        ("403", "433"),
        ("sillent", "silent"),
        ("extend.prompt.lenght", "extend.prompt.length"),
        ("promt", "prompt"),
        ("V4_6", "V4_5"),
        ("frist", "first"),
        ("FIRST_SUCESS", "FIRST_SUCCESS"),
        ("first_item", "first_items"),
        ("first_items=bth", "first_items=both"),
        ("recordinfo", "record-info"),
        ("clasic", "classic"),
        ("pol_limit", "poll_limit"),
    ],
)
def test_an_unknown_name_gets_the_nearest_of_all_kinds(typed: str, nearest: str) -> None:
    with pytest.raises(BadSetting) as refused:
        explained(typed)
    assert f"Nearest: {nearest}. " in str(refused.value)


def test_an_unknown_name_is_told_what_there_is() -> None:
    with pytest.raises(BadSetting) as refused:
        explained("x" * 300)
    text = str(refused.value)
    assert text.startswith(f"'{'x' * 60}... (300 characters)' is no code, scenario, ")
    assert all(kind.called in text for kind in KINDS)
    assert text.endswith(
        "Codes: 200, 400, 401, 402, 404, 405, 408, 409, 413, 422, 429, 430, 433, 451, 455, 500, 501, 531. "
        "`suno-mock scenarios`, `questions` and `profiles` list theirs, and a 422 names its rules."
    )
