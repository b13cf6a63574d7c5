"""What a run with one profile names of a mock that plays another, against a table that was read."""

from itertools import permutations
from pathlib import Path

import pytest

from contract_tests.documents.files import profiles
from contract_tests.documents.published import Published
from contract_tests.mutants.profiles import differences, told
from contract_tests.verdicts.course import Finding
from contract_tests.verdicts.results import Verdict, seen
from tests.courses import violated

TABLE = Path(__file__).with_name("profiles.txt")
"""Made by `python -m contract_tests.mutants.profiles`."""
PAIRS = [*permutations(profiles(), 2)]
QUICK = [("apikley", "kie"), ("kie", "sunoapi")]
NIGHTLY = [pair if pair in QUICK else pytest.param(*pair, marks=pytest.mark.nightly) for pair in PAIRS]


@pytest.mark.no_cover
@pytest.mark.usefixtures("untraced")
@pytest.mark.parametrize(("judging", "playing"), NIGHTLY)
def test_a_run_names_the_differences_of_two_profiles(judging: str, playing: str) -> None:
    kept = [line for line in TABLE.read_text("utf-8").splitlines() if line.startswith(f"{judging} against {playing} |")]
    assert [*differences(judging, playing).lines()] == kept


def test_the_table_has_every_pair() -> None:
    lines = [line.partition(" |")[0] for line in TABLE.read_text("utf-8").splitlines()]
    assert [*dict.fromkeys(lines)] == [f"{one} against {other}" for one, other in PAIRS]


def test_what_no_run_shows_is_told_apart() -> None:
    own, other = Published.read("observed"), Published.read("apikley")
    results = [
        seen("create_time", "string"),
        seen("text_items", "both"),
        violated(Finding(rule="extend.title.length", expected="", got="")),
        violated(Finding(rule="answer.msg", expected="", got=""), verdict=Verdict.DEVIATED),
    ]
    found = told(own, other, results)
    assert (found.violated, found.deviated) == (("extend.title.length",), ("answer.msg",))
    assert found.read == (("create_time", "string"),)
    assert {"text_items", "persona_twice", "callback_order"} <= {*found.unseen}
