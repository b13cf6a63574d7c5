"""A learned profile as a file."""

from typing import Any

import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from contract_tests.learn.evidence import Found, Left, Line
from contract_tests.learn.profile import as_data, written
from contract_tests.reports.report import About

ABOUT = About(target="https://api.example.com", document="x", version="1", date="2026-11-27T01:02:03+00:00", seed=0)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
NAME = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=64)
LINES = st.lists(
    st.one_of(
        st.builds(lambda name, text: Line(("texts", name), text, "once"), NAME, TEXT),
        st.builds(lambda code, text: Line(("codes", code), text, "once"), st.integers(100, 999), TEXT),
        st.builds(lambda at: Line(("stages", "text", "at"), at, "once"), st.floats(0, 1000)),
        st.builds(lambda name, text: Line(("models", name, "name"), text, "once"), NAME, TEXT),
        st.builds(lambda name: Line(("models", name), None, "once"), NAME),
        st.builds(lambda id: Line(("tracks",), [{"id": id, "duration": 1.5}], "given to the run"), TEXT),
        st.builds(lambda name: Line(("picks", "create_time"), name, "once"), TEXT),
    ),
    unique_by=lambda line: line.path[:2],
)


@given(LINES, st.lists(st.builds(Left, TEXT, TEXT)), TEXT)
@example([Line(("texts", "\n"), "0", "once"), Line(("texts", "a"), "b\u2028\r\n: c", "once")], [], "0")
def test_the_file_says_what_was_learned(lines: list[Line], left: list[Left], extends: str) -> None:
    told = yaml.safe_load(written(ABOUT, extends, [*lines, *left]))
    assert {**told, "summary": ""} == {**as_data(extends, lines), "summary": ""}


def test_each_line_has_its_evidence_and_what_is_open_stands_at_the_end() -> None:
    found: list[Found] = [
        Line(("picks", "error_data"), "null", "in all that came"),
        Left("picks.persona_twice", "nothing tells it"),
        Line(("stages", "text", "at"), {0: 1.5, 1: 2}, "2 times: requests 1, 2"),
        Line(("stages", "text", "msg"), "Done.", "once: request 1"),
        Line(("stages", "first", "at"), 20, "once: request 1"),
        Line(("stages", "text", "skipped"), 0.5, "once"),
    ]
    assert written(ABOUT, "apikley", found) == (
        "# What suno-contract 1 saw of https://api.example.com, 2026-11-27T01:02:03+00:00, seed 0.\n"
        "# Behind each line: how often it was seen, and the numbers of the first requests in the journal.\n"
        "format: 1\n"
        "summary: 'https://api.example.com as a run of 2026-11-27 saw it'\n"
        "extends: apikley\n"
        "stages:\n"
        "  text:\n"
        "    at: {0: 1.5, 1: 2} # 2 times: requests 1, 2\n"
        "    msg: Done. # once: request 1\n"
        "    skipped: 0.5 # once\n"
        "  first:\n"
        "    at: 20 # once: request 1\n"
        "picks:\n"
        "  error_data: 'null' # in all that came\n"
        "\n"
        "# Not learned, so the profile that this one extends decides:\n"
        "# - picks.persona_twice: nothing tells it\n"
    )


def test_no_text_of_a_server_becomes_a_line_of_the_file() -> None:
    hostile: Any = "x\nextends: classic\r\u2028\x1b]0;"
    told = written(ABOUT, "apikley", [Line(("texts", "length"), hostile, hostile), Left(hostile, hostile)])
    assert yaml.safe_load(told)["extends"] == "apikley"
    assert "\x1b" not in told


def test_what_is_below_one_key_stands_together_however_it_was_found() -> None:
    paths = [("models", "A", "like"), ("models", "B", "limits", "extend", "title"), ("models", "B", "name")]
    paths += [("models", "A", "limits", "extend", "title"), ("models", "B", "limits", "extend", "style")]
    lines = [Line(path, f"{number}", "once") for number, path in enumerate(paths)]
    for found in (lines, lines[::-1]):
        assert yaml.safe_load(written(ABOUT, "apikley", found))["models"] == {
            "A": {"like": "0", "limits": {"extend": {"title": "3"}}},
            "B": {"limits": {"extend": {"title": "1", "style": "4"}}, "name": "2"},
        }
