"""The reading of `model_mismatch`, where a server may not have the models that it was asked with."""

import json
from collections.abc import Mapping

import pytest

from contract_tests.learn.evidence import Found, Left, Line
from contract_tests.learn.limits import searched
from contract_tests.learn.mismatch import UNKNOWN, by_known_models
from contract_tests.probes.acceptances import Questions
from contract_tests.probes.request import Track
from contract_tests.reports.report import Asked
from tests.contract_tests.learn.test_limits import asked, server
from tests.courses import PUBLISHED, exchange

OWN = Track(id="a-track", model="V5", duration=100)
REFUSED = Line(("picks", "model_mismatch"), "refused", "once")
OTHER = Line(("picks", "empty_text"), "refused", "once")


def questions(answers: Mapping[str, int]) -> list[Asked]:
    """A question for each model, which is answered with the code."""
    probes = {json.loads(each.body)["model"]: each for each in Questions(PUBLISHED, (OWN,)) if "model is" in each.says}
    return [
        Asked(probe=probes[model].id, exchange=exchange({"code": code}, probes[model], number=number))
        for number, (model, code) in enumerate(answers.items(), 1)
    ]


def read(answers: Mapping[str, int], *, models: tuple[str, ...] = (), tracks: tuple[Track, ...] = (OWN,)) -> Found:
    """What is read where a search shows these models, or nothing where none are given."""
    search = searched(asked(server({}, models=models)) if models else [])
    other, found = by_known_models([OTHER, REFUSED], questions(answers), search, tracks, 422)
    assert other == OTHER
    return found


@pytest.mark.parametrize(
    ("answers", "models", "expected"),
    [
        ({"V4_5": 422, "V4": 200}, ("V4", "V5"), Line(("picks", "model_mismatch"), "accepted", "once: request 2")),
        ({"V4_5": 422, "V4": 422}, ("V4", "V5"), Line(("picks", "model_mismatch"), "refused", "once: request 2")),
        ({"V4_5": 422}, ("V4", "V5"), UNKNOWN),
        ({"V4": 422}, (), REFUSED),
        ({"V4": 429}, ("V4", "V4_5", "V4_5PLUS", "V4_5ALL", "V5"), REFUSED),
    ],
    ids=["accepted", "refused", "asked with a lacking one alone", "no search", "another reason"],
)
def test_models_that_a_search_shows_tell_it(
    answers: Mapping[str, int], models: tuple[str, ...], expected: Found
) -> None:
    assert read(answers, models=models) == expected


def test_the_models_of_its_own_tracks_tell_it_without_a_search() -> None:
    tracks = (OWN, Track(id="another", model="V4_5", duration=100))
    found = read({"V4": 422, "V4_5": 200}, tracks=tracks)
    assert found == Line(("picks", "model_mismatch"), "accepted", "once: request 2")


def test_models_that_are_taken_each_in_its_way_are_no_reading() -> None:
    found = read({"V4_5": 422, "V4": 200}, models=("V4", "V4_5", "V5"))
    assert found == Left("picks.model_mismatch", "seen in two ways: some models are accepted, others refused")


def test_models_of_given_tracks_are_asked_for_first() -> None:
    tracks = (OWN, Track(id="another", model="V4_5PLUS", duration=100))
    asked_for = [json.loads(each.body)["model"] for each in Questions(PUBLISHED, tracks) if "model is" in each.says]
    assert asked_for[0] == "V4_5PLUS"
    assert {*asked_for} == {*PUBLISHED.models}
