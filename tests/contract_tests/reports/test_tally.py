"""The rows of more results than can be kept."""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from contract_tests.reports.rows import Row, rows
from contract_tests.reports.tally import Tally
from contract_tests.verdicts.results import Result, Verdict
from tests.courses import ACCEPTED, exchange

RULES = ("extend.example", "extend.valid")
KINDS = (Verdict.PASSED, Verdict.NOT_TRIED)


def result(number: int, rule: str, verdict: Verdict) -> Result:
    return Result(rule=rule, verdict=verdict, probe=replace(ACCEPTED, says=f"{number}"), exchange=exchange())


DRAWN = st.lists(st.builds(result, st.integers(), st.sampled_from(RULES), st.sampled_from(KINDS)), max_size=40)


@given(DRAWN, st.randoms(use_true_random=False))
def test_results_in_any_order_make_the_same_rows(results: list[Result], random: Random) -> None:
    placed = [((0, number), each) for number, each in enumerate(results)]
    random.shuffle(placed)
    tally = Tally(most=None)
    for place, each in placed:
        tally.add(place, each)
    assert [*tally.rows()] == rows(results)


@given(DRAWN, st.integers(1, 5), st.randoms(use_true_random=False))
def test_the_first_are_kept_and_the_others_counted(results: list[Result], most: int, random: Random) -> None:
    placed = [((0, number), each) for number, each in enumerate(results)]
    random.shuffle(placed)
    tally = Tally(most)
    for place, each in placed:
        tally.add(place, each)
    for kept, whole in zip(tally.rows(), rows(results), strict=True):
        assert (kept.rule, kept.verdict, kept.line) == (whole.rule, whole.verdict, whole.line)
        for verdict in KINDS:
            assert kept.count(verdict) == whole.count(verdict)
            assert of(kept, verdict) == of(whole, verdict)[:most]


def of(row: Row, verdict: Verdict) -> list[Result]:
    return [each for each in row.results if each.verdict is verdict]
