"""The lines of a learned profile, read from its file again."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contract_tests.learn.evidence import Left, Line
from contract_tests.learn.profile import LEFT, UNSAYABLE, written
from contract_tests.learn.profile_lines import NoLines, kept_lines, listed, samples
from contract_tests.reports.report import About

ABOUT = About(target="http://a.test", document="", version="1", date="2026-11-27T10:00:00+00:00", seed=0)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=40)
EVIDENCE = "5 times: requests 1, 2, 3, …"


@given(st.dictionaries(st.sampled_from(["known", "length", "type"]), TEXTS, min_size=1))
def test_what_was_written_is_read_again(texts: dict[str, str]) -> None:
    lines = [Line(("texts", name), text, EVIDENCE) for name, text in texts.items()]
    lines.append(Line(("stages", "text", "at"), {0: 1, 0.5: 2, 1: 3.5}, "6 times: requests 4, 5, 6, …"))
    assert kept_lines(written(ABOUT, "apikley", lines)) == lines


def test_a_line_that_somebody_added_has_no_evidence() -> None:
    (line,) = kept_lines("extends: apikley\npicks:\n  unknown_task: invalid\n")
    assert line == Line(("picks", "unknown_task"), "invalid", "")
    assert samples(line) == 0


def test_what_somebody_wrote_in_one_row_is_several_lines() -> None:
    text = "extends: apikley\npicks: {a: b, c: d} # ours\nstages: {text: {at: {0: 1, 1: 2}}}\n"
    assert [(line.path, line.value) for line in kept_lines(text)] == [
        (("picks", "a"), "b"),
        (("picks", "c"), "d"),
        (("stages", "text", "at"), {0: 1, 1: 2}),
    ]


def test_a_line_says_how_often_it_was_seen() -> None:
    seen = [EVIDENCE, "once: request 7", "in all that came", "once: request 7, run of 2026-11-27"]
    assert [samples(Line(("tells",), "all", each)) for each in seen] == [5, 1, 0, 1]


def test_the_lists_behind_a_profile_are_read_again() -> None:
    beyond = {"it breaks extend.number": "", "shape of answers": "code number, data object"}
    text = written(ABOUT, "apikley", [Left("picks.a", "seen: one or two, where a profile says one of x")], beyond)
    assert listed(text, UNSAYABLE) == beyond
    assert listed(text, LEFT) == {"picks.a": "seen: one or two, where a profile says one of x"}
    assert listed("extends: apikley\n", LEFT) == {}


@given(st.dictionaries(st.text(min_size=1), TEXTS, max_size=3))
@example({"answers.members.a: b": "seen in two ways: 1, 2", '"x"': "y", "a\n# - b": "c", "a  b": "c"})
def test_whatever_is_left_open_is_read_again(left: dict[str, str]) -> None:
    told = listed(written(ABOUT, "apikley", [Left(what, why) for what, why in left.items()]), LEFT)
    assert told.keys() == left.keys()


def test_a_line_of_a_list_that_somebody_wrote_in_quotes_is_read_as_it_is() -> None:
    assert listed(f'{LEFT}\n# - "a: b\n', LEFT) == {'"a': "b"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("stages:\n  text: &a\n    at: 3\n  first:\n    <<: *a\n", "line 5: keys are merged by <<"),
        ("stages:\n  text:\n    at: 3\n  text:\n    at: 4\n", "line 2: a key stands there twice"),
    ],
)
def test_what_cannot_be_told_line_by_line_is_told_with_its_line(text: str, why: str) -> None:
    with pytest.raises(NoLines) as told:
        kept_lines(text)
    assert str(told.value) == why
