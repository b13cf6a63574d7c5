"""How long a server waits before it retries a callback."""

from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.learn.evidence import Found, Left, Line
from contract_tests.learn.profile import as_data
from contract_tests.learn.spacing import spacing
from contract_tests.reports.report import Asked
from tests.courses import PUBLISHED, arrival, exchange, stage

PICK = ("picks", "retry_spacing")


def given_up(*gaps: float, number: int = 1, last: int = 500, probe: str = "delivery.given_up: x") -> Asked:
    """A task whose first callback was attempted so far apart, the last time answered so."""
    moments = [*accumulate(gaps, initial=101.0)]
    statuses = [*[500] * (len(moments) - 1), last]
    tried = [arrival(stage("text"), at, status=status) for at, status in zip(moments, statuses, strict=True)]
    return Asked(
        probe=probe, exchange=exchange(number=number), callbacks=(*tried, arrival(stage("first"), moments[-1] + 1))
    )


def found(*asked: Asked) -> list[Found]:
    return [*spacing(asked, PUBLISHED)]


@pytest.mark.parametrize(
    ("gaps", "reading"), [((61.2, 298, 905), "minutes"), ((0.0, 0.2, 0.04), "at_once"), ((50, 320, 1000), "minutes")]
)
def test_a_known_spacing_is_its_reading(gaps: tuple[float, ...], reading: str) -> None:
    assert found(given_up(*gaps)) == [Line(PICK, reading, "once: request 1")]


def test_another_spacing_is_a_reading_of_its_own() -> None:
    told = found(given_up(2.04, 9.96, 30.2), given_up(2.2, 10.1, 29.9, number=2))
    value = {"says": "after 2, 10, 30 seconds", "value": [2.0, 10, 30]}
    seen = "2 times: requests 1, 2"
    assert told == [
        Line(("readings", "retry_spacing", "seconds_2_10_30"), value, seen),
        Line(PICK, "seconds_2_10_30", seen),
    ]


@pytest.mark.parametrize(
    ("pick", "told"),
    [
        ("mine", Line(PICK, "mine", "once: request 1; minutes fits as well")),
        ("minutes", Line(PICK, "minutes", "once: request 1; mine fits as well")),
        (
            "at_once",
            Left(
                "picks.retry_spacing",
                "seen: minutes or mine, which all fit 62.0, 310.0, 905.0 seconds between attempts",
            ),
        ),
    ],
)
def test_where_several_fit_none_is_chosen_but_that_of_the_profile(pick: str, told: Found) -> None:
    question = PUBLISHED.questions["retry_spacing"]
    readings = {**question["readings"], "mine": {"says": "mine", "value": [65, 320, 900]}}
    picks = {**PUBLISHED.picks, "retry_spacing": pick}
    published = replace(
        PUBLISHED, picks=picks, questions={**PUBLISHED.questions, "retry_spacing": {**question, "readings": readings}}
    )
    assert [*spacing([given_up(62, 310, 905)], published)] == [told]


def test_spacings_that_differ_stay_open() -> None:
    told = found(given_up(2, 2, 2), given_up(20, 20, 20))
    why = "seen in several ways: 2.0, 2.0, 2.0; 20.0, 20.0, 20.0 seconds between attempts"
    assert told == [Left("picks.retry_spacing", why)]


@pytest.mark.parametrize(
    "asked",
    [
        given_up(60, 300),  # it may have more to come
        given_up(60, 300, 900, last=200),  # it would have gone on
        given_up(60, 300, 900, 900),
    ],
)
def test_other_attempts_than_are_documented_tell_nothing(asked: Asked) -> None:
    assert found(asked) == []


@given(st.lists(st.floats(1.5, 5000), min_size=3, max_size=3))
def test_what_was_learned_is_known_again(gaps: list[float]) -> None:
    lines = [each for each in found(given_up(*gaps)) if isinstance(each, Line)]
    own = as_data("apikley", lines).get("readings", {}).get("retry_spacing", {})
    readings = {**PUBLISHED.questions["retry_spacing"]["readings"], **own}
    known = replace(PUBLISHED, questions={**PUBLISHED.questions, "retry_spacing": {"readings": readings}})
    assert [*spacing([given_up(*gaps)], known)] == [Line(PICK, lines[-1].value, "once: request 1")]


def test_a_receiver_that_failed_by_itself_shows_it_too() -> None:
    recorded = given_up(60, 300, 900, probe="message 7")
    (line,) = found(recorded)
    assert isinstance(line, Line)
    assert line.value == "minutes"
