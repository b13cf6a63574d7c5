"""What stays open of rules that a run did not come to."""

import pytest

from contract_tests.learn.evidence import UNREFUSED, Left, left_of, left_rules, still_left

EVERY = ("a", "b", "c")


@pytest.mark.parametrize("rules", [("a",), ("a", "c"), EVERY])
def test_rules_are_read_from_what_was_left(rules: tuple[str, ...]) -> None:
    left = {each.what: each.why for each in left_of("texts", rules, EVERY, UNREFUSED)}
    assert len(left) == 1
    assert left_rules(left, UNREFUSED, EVERY) == {*rules}
    assert left_rules(left, "another reason", EVERY) == set()
    assert not list(left_of("texts", (), EVERY, UNREFUSED))


@pytest.mark.parametrize(
    ("before", "now", "still"),
    [
        ("texts of a, b", "texts of b, c", ["texts of b"]),
        ("texts of all", "texts of c, b", ["texts of b, c"]),
        ("texts of b", "texts of all", ["texts of b"]),
        ("texts of b", "texts of c", []),
        ("texts of all", "texts of all", ["texts of all"]),
    ],
)
def test_what_was_known_before_stays_known(before: str, now: str, still: list[str]) -> None:
    assert [each.what for each in still_left(Left(now, UNREFUSED), {before: UNREFUSED})] == still
    assert list(still_left(Left("picks.a", "seen in two ways"), {})) == [Left("picks.a", "seen in two ways")]
