"""What Schemathesis makes of the documents, as the harness sends it."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode

from contract_tests.documents.published import Published
from contract_tests.probes.from_document import Made, made, probed
from contract_tests.probes.request import Probe
from contract_tests.target.mock import mock_tracks

pytestmark = pytest.mark.no_cover

PUBLISHED = {profile: Published.read(profile) for profile in ("apikley", "classic")}
APIKLEY = PUBLISHED["apikley"]
TRACK = mock_tracks(APIKLEY)[0]
EXAMPLE = {**APIKLEY.example, "personaId": "of-nobody", "continueAt": 1e9}
each_profile = pytest.mark.parametrize("profile", PUBLISHED)


def generated(profile: str, mode: GenerationMode, number: int = 60) -> list[Probe]:
    probes: list[Probe] = []
    published = PUBLISHED[profile]

    @seed(3)
    @settings(
        max_examples=number,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(made(published, mock_tracks(published), mode))
    def collect(one: Made) -> None:
        probes.append(probed(one, published))

    collect()
    return probes


def probe_of(body: Any, with_track: bool = True) -> Probe:
    return probed(Made(body=body, track=TRACK if with_track else None), APIKLEY)


@each_profile
def test_legal_bodies_may_be_accepted_and_broken_ones_may_not(profile: str) -> None:
    rules = {mode: {each.rule for each in generated(profile, mode)} for mode in GenerationMode}
    assert rules[GenerationMode.POSITIVE] == {"document.positive"}
    assert "document.negative" in rules[GenerationMode.NEGATIVE]
    for each in generated(profile, GenerationMode.NEGATIVE):
        assert each.expected.accepted is (each.rule == "document.positive")


def test_the_same_seed_makes_the_same_bodies() -> None:
    once, again = (generated("apikley", GenerationMode.POSITIVE) for _ in range(2))
    assert [each.body for each in once] == [each.body for each in again]


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_no_generated_url_is_ever_sent(mode: GenerationMode) -> None:
    for each in generated("apikley", mode):
        try:
            body = json.loads(each.body)
        except ValueError:
            continue
        if isinstance(body, dict):
            assert "://" not in str(body.get("callBackUrl"))


def test_a_body_about_a_track_of_the_target_can_be_accepted() -> None:
    body = json.loads(probe_of(EXAMPLE).body)
    assert (body["audioId"], body["model"], body["callBackUrl"]) == (TRACK.id, TRACK.model, "$URL")
    assert 0 < body["continueAt"] < TRACK.duration
    assert "personaId" not in body


def test_other_bodies_stay_as_they_were_made() -> None:
    assert json.loads(probe_of(EXAMPLE, with_track=False).body) == {**EXAMPLE, "callBackUrl": "$URL"}
    assert json.loads(probe_of([1]).body) == [1]
    assert probe_of(b"\xff").body == b"\xff"


def test_what_is_broken_is_said_in_the_words_of_the_oracle() -> None:
    assert probe_of({**EXAMPLE, "title": 5}).says == 'the request breaks the schema: $.title: 5 is not of type "string"'
