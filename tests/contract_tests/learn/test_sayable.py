"""What a profile can say of what was learned."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.learn.evidence import Left, Line
from contract_tests.learn.sayable import LONGEST, sayable


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("codes", 433), "The cap is reached."),
        (("refusals", "invalid"), 400),
        (("texts", "length"), "{field} is longer than {limit}"),
        (("stages", "text", "at"), {0: 1.5, 0.5: 2.0, 1: 9.0}),
        (("models", "V4", "name"), "chirp-v4"),
        (("picks", "error_data"), "null"),
        (("tracks_per_task",), 1),
    ],
)
def test_what_a_profile_says_stays(path: tuple[str | int, ...], value: Any) -> None:
    line = Line(path, value, "once")
    assert [*sayable([line, Left("a", "b")])] == [line, Left("a", "b")]


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        (("codes", 7), "Seven.", 'no profile can say it: "7" does not match '),
        (("refusals", "invalid"), 99999, "no profile can say it: 99999 is greater than the maximum of 999"),
        (("stages", "text", "msg"), "", 'no profile can say it: "" is shorter than 1 character'),
        (("tracks_per_task",), 101, "no profile can say it: 101 is greater than the maximum of 100"),
        (("models", "V 4", "name"), "x", 'no profile can say it: "V 4" does not match '),
        (("texts", "length"), "x" * 1001, f"it has 1001 characters, and at most {LONGEST} are learned"),
    ],
)
def test_what_no_profile_can_say_is_left(path: tuple[str | int, ...], value: Any, why: str) -> None:
    (left,) = sayable([Line(path, value, "once")])
    assert isinstance(left, Left)
    assert (left.what, left.why[: len(why)]) == (".".join(map(str, path)), why)


@given(st.text(max_size=5), st.none() | st.booleans() | st.text(max_size=3))
def test_any_name_of_a_member_is_a_line_or_left(name: str, value: object) -> None:
    for path in (("answers", "members", name), ("track_members", "records", "first", "members", f"{name}\ud83d")):
        (found,) = sayable([Line(path, value, "once")])
        assert isinstance(found, Line) or found.why
        own = name in ("", "code", "msg", "data")
        assert isinstance(found, Line) is not ("\ud83d" in path[-1] or "\n" in name or own)
