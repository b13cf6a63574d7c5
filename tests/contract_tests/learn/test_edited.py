"""A profile's file with other lines, in which everything else stays."""

from difflib import unified_diff

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.learn.edited import NotInRows, edited, with_list
from contract_tests.learn.evidence import Left, Line
from contract_tests.learn.profile import LEFT, UNSAYABLE, written
from contract_tests.learn.profile_lines import kept_lines, listed
from tests.contract_tests.learn.test_profile_lines import ABOUT, TEXTS

FILE = """\
# What suno-contract 1 saw.
format: 1
summary: ours # of the team
extends: apikley
# Their support says: 10 from March on.
operations:
  extend:
    price: 12 # once: request 1
texts: # in the words of their page
    known: >-
      No such
      track.

    # not sure of this one
    type: "Wrong: {field}" # 5 times: requests 1, 2, 3, …
stages:
  text:
    at: {0: 1, 1: 2} # 2 times: requests 1, 2

# What no profile can say:
# - it breaks extend.number
# we have told them
# - shape of answers: code number

# Not learned, so the profile that this one extends decides:
# - refunds: no task failed
# ask again in May
"""
LINES = kept_lines(FILE)
NOW = "once: request 9, run of 2026-11-28"


def changed(new: str) -> list[str]:
    rows = unified_diff(FILE.splitlines(), new.splitlines(), lineterm="", n=0)
    return [row for row in rows if row[:2] not in ("--", "++", "@@")]


@pytest.mark.parametrize(
    ("gone", "new", "rows"),
    [
        ([], [], []),
        (
            ["operations"],
            [Line(("operations", "extend", "price"), 10, NOW)],
            ["-    price: 12 # once: request 1", f"+    price: 10 # {NOW}"],
        ),
        (["operations"], [], ["-operations:", "-  extend:", "-    price: 12 # once: request 1"]),
        ([], [Line(("texts", "length"), "Long", NOW)], [f"+    length: Long # {NOW}"]),
        ([], [Line(("stages", "first", "msg"), "a", NOW)], ["+  first:", f"+    msg: a # {NOW}"]),
        ([], [Line(("tells",), "all", NOW)], [f"+tells: all # {NOW}"]),
        ([], [Line(("tracks",), [], NOW)], [f"+tracks: [] # {NOW}"]),
        (
            [],
            [Line(("codes", 413), "a", NOW), Line(("codes", 400), "b", NOW)],
            ["+codes:", f"+  413: a # {NOW}", f"+  400: b # {NOW}"],
        ),
        (
            ["texts"],
            [Line(("texts", "known"), "None", NOW), *(line for line in LINES if line.path == ("texts", "type"))],
            ["-    known: >-", "-      No such", "-      track.", "-", f"+    known: None # {NOW}"],
        ),
    ],
)
def test_only_rows_of_what_is_otherwise_change(gone: list[str], new: list[Line], rows: list[str]) -> None:
    after = [*(line for line in LINES if line.path[0] not in gone), *new]
    told = edited(FILE, after)
    assert changed(told) == rows
    assert sorted(kept_lines(told)) == sorted(after)


def test_a_new_key_stands_where_a_profile_has_it() -> None:
    rows = edited(FILE, [*LINES, Line(("tells",), "all", NOW)]).splitlines()
    assert rows.index(f"tells: all # {NOW}") == rows.index("stages:") - 1


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("picks: {a: b}\n", ("picks", "a")),
        ("picks: {a: b}\n", ("picks", "c")),
        ("picks:\n  a: &one b\n  c: *one\n", ("picks", "a")),
    ],
)
def test_what_has_no_rows_of_its_own_is_not_edited(text: str, path: tuple[str, str]) -> None:
    text = f"format: 1\n{text}"
    others = [line for line in kept_lines(text) if line.path != path]
    with pytest.raises(NotInRows):
        edited(text, [*others, Line(path, "other", NOW)])


@given(*[st.dictionaries(st.sampled_from(["known", "length", "type", "2"]), TEXTS)] * 2)
def test_whatever_changes_the_file_says_it(then: dict[str, str], now: dict[str, str]) -> None:
    before, after = ([Line(("texts", name), text, "once") for name, text in each.items()] for each in (then, now))
    told = edited(written(ABOUT, "apikley", before, {"it breaks a": ""}), after)
    assert {line.path: line for line in kept_lines(told)} == {line.path: line for line in after}
    assert listed(told, UNSAYABLE) == {"it breaks a": ""}


def test_items_of_a_list_come_and_go_and_comments_stay() -> None:
    told = with_list(FILE, UNSAYABLE, {"it breaks extend.type": "", "shape of answers": "code number"})
    assert changed(told) == ["-# - it breaks extend.number", "+# - it breaks extend.type"]
    told = with_list(FILE, LEFT, {})
    assert changed(told) == ["-# - refunds: no task failed"]


def test_a_list_that_was_not_there_stands_before_that_of_what_was_not_learned() -> None:
    left = written(ABOUT, "apikley", [Left("refunds", "no task failed")])
    both = written(ABOUT, "apikley", [Left("refunds", "no task failed")], {"it breaks a": ""})
    assert with_list(left, UNSAYABLE, {"it breaks a": ""}) == both
    assert with_list(written(ABOUT, "apikley", []), LEFT, {"refunds": "no task failed"}) == left
    assert with_list(left, UNSAYABLE, {}) == left


@pytest.mark.parametrize("row", ["V5: {limits: {extend: {prompt: 3576}}}", "V5: {like: V4}"])
def test_a_key_that_stands_in_one_row_is_not_written_twice(row: str) -> None:
    text = f"format: 1\nsummary: x\nextends: apikley\nmodels:\n  {row}\n"
    line = Line(("models", "V5", "limits", "extend", "title"), 50, "once")
    with pytest.raises(NotInRows):
        edited(text, [*kept_lines(text), line])
