"""The probes against the mock: the data and two implementations of it, held against each other."""

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.documents.files import profiles
from contract_tests.documents.published import Published
from contract_tests.probes.all import Probes
from contract_tests.probes.refusals import LEFT_TO_QUESTIONS
from contract_tests.probes.request import Probe
from contract_tests.target.keys import SPELLED
from contract_tests.target.mock import BAD_KEY, KEY, mock_tracks
from mock_server.app import create_app
from mock_server.core.settings import Settings
from tests.builders import edition
from tests.clients import client

PUBLISHED = {profile: Published.read(profile) for profile in profiles()}
PROBES = {profile: list(Probes(each, mock_tracks(each))) for profile, each in PUBLISHED.items()}
URL = "http://127.0.0.1:1/cb/0?k=0"
SAME = {"extend.auth.missing", "extend.auth.scheme", "extend.auth.key", "extend.method", "extend.contentType"}
"""Rules of everything but the body."""
each_profile = pytest.mark.parametrize("profile", PUBLISHED)


def body(probe: Probe) -> Any:
    return json.loads(probe.body.replace(b"$URL", URL.encode()))


def of_body(profile: str, accepted: bool) -> list[Probe]:
    """The probes of rules on the body, but for those that make it no JSON."""
    other = {*SAME, "extend.body.json", "extend.body.encoding"}
    return [
        probe
        for probe in PROBES[profile]
        if not probe.question and probe.expected.accepted is accepted and probe.rule not in other
    ]


@each_profile
def test_every_rule_that_holds_has_a_probe_or_is_a_question(profile: str) -> None:
    published = PUBLISHED[profile]
    probed = {probe.rule for probe in PROBES[profile]}
    assert {rule.id for rule in published.holding(published.picks)} - probed <= LEFT_TO_QUESTIONS.keys()


@each_profile
def test_every_limit_is_probed_for_every_model_past_its_largest_reading(profile: str) -> None:
    published = PUBLISHED[profile]
    said = " ".join(probe.says for probe in PROBES[profile])
    largest: dict[tuple[str, str], int] = {}
    for limit in published.limits:
        key = limit.field, limit.model
        largest[key] = max(limit.characters, largest.get(key, 0))
    for (field, model), characters in largest.items():
        assert f"{field} has {characters + 1} characters, one byte each, for {model}" in said


@each_profile
def test_no_two_probes_have_the_same_id(profile: str) -> None:
    ids = [probe.id for probe in PROBES[profile]]
    assert len(set(ids)) == len(ids)


@each_profile
def test_every_refusal_of_a_body_breaks_exactly_its_rule(profile: str) -> None:
    contract = edition(profile).contract("extend")
    state = {"extend.continueAt.end", "extend.continueAt.exact", "extend.audioId.known", "extend.personaId.known"}
    for probe in of_body(profile, accepted=False):
        wanted = [] if probe.rule in state else [probe.rule]
        broken = [each.rule for each in contract.violations(body(probe))]
        if "faults in one body" in probe.says:
            assert len(broken) > 1
            assert probe.rule in broken, probe.id
        else:
            assert broken == wanted, probe.id


@each_profile
def test_no_acceptance_breaks_a_rule(profile: str) -> None:
    contract = edition(profile).contract("extend")
    for probe in of_body(profile, accepted=True):
        assert contract.violations(body(probe)) == [], probe.id


@each_profile
@pytest.mark.anyio
async def test_the_mock_answers_every_probe_as_expected(profile: str) -> None:
    settings = Settings(profile=profile, pace="manual", strict_keys=True, rate_limit="none")
    keys = {"own": KEY, "bad": BAD_KEY}
    async with client(create_app(settings)) as http:
        del http.headers["Authorization"]
        for probe in PROBES[profile]:
            if probe.method == "POST":
                answer = await posted(http, probe, keys)
                assert answer["code"] in probe.expected.codes, (probe.id, answer)


async def posted(http: httpx.AsyncClient, probe: Probe, keys: dict[str, str]) -> Any:
    headers = {"Content-Type": "application/json", **probe.headers}
    if probe.key is not None:
        name, _, spelling = probe.key.partition("~")
        key = SPELLED[spelling](keys[name]) if spelling else keys[name]
        headers["Authorization"] = f"{probe.scheme}{key}".strip()
    sent = probe.body.replace(b"$URL", URL.encode())
    return (await http.post("/api/v1/generate/extend", content=sent, headers=headers)).json()


@each_profile
def test_every_weight_that_floats_spoil_is_tried_in_every_field(profile: str) -> None:
    weights = [body(probe) for probe in PROBES[profile] if probe.rule == "extend.weights"]
    spoiled = {n / 100 for n in range(1, 100) if n / 100 / 0.01 != n or n / 100 * 100 != n or int(n / 100 * 100) != n}
    for field in ("styleWeight", "weirdnessConstraint", "audioWeight"):
        assert {float(each[field]) for each in weights} >= spoiled | {0, 1}


@each_profile
def test_a_refusal_is_free_and_an_acceptance_or_a_question_costs_one_task(profile: str) -> None:
    for probe in PROBES[profile]:
        assert probe.cost == int(probe.expected.accepted or bool(probe.question)), probe.id


@each_profile
def test_what_is_free_comes_first(profile: str) -> None:
    costs = [probe.cost for probe in PROBES[profile]]
    assert costs == sorted(costs)


@each_profile
def test_an_empty_style_is_asked_about_and_breaks_nothing_else(profile: str) -> None:
    (asked,) = [probe for probe in PROBES[profile] if probe.question == "empty_text"]
    example, refusing = (edition(profile, *sets).contract("extend") for sets in ((), ("empty_text=refused",)))
    assert example.violations(body(asked)) == []
    assert [each.rule for each in refusing.violations(body(asked))] == ["extend.style.empty"]
    assert asked.readings == {"accepted": True, "refused": False}
    assert PUBLISHED[profile].registry.cited(asked.rule).quote.startswith("Is an empty text enough where custom mode ")


@each_profile
def test_a_whole_run_stays_small(profile: str) -> None:
    costs = [probe.cost for probe in PROBES[profile]]
    assert len(costs) < 500
    assert sum(costs) < 75


@each_profile
def test_every_probe_of_a_rule_says_where_the_rule_stands(profile: str) -> None:
    for probe in PROBES[profile]:
        assert probe.expected.accepted or all(PUBLISHED[profile].registry.cited(probe.rule, probe.model)), probe.id


@each_profile
def test_no_probe_calls_anybody_but_the_receiver(profile: str) -> None:
    for probe in PROBES[profile]:
        assert b"example.com/callback" not in probe.body
        assert not probe.expected.accepted or re.search(rb'"callBackUrl": "\$URL(#part)?"', probe.body), probe.id


def test_one_track_is_enough_for_all_but_the_limits_of_other_models() -> None:
    published = PUBLISHED["apikley"]
    tracks = mock_tracks(published)
    alone = list(Probes(published, tracks[:1]))
    assert {probe.rule for probe in alone} >= {"extend.title.length", "extend.length.limit", "extend.weights"}
    assert len(alone) < len(PROBES["apikley"])


def test_a_rule_of_somebodys_own_profile_is_probed_by_what_breaks_it(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    short = "schema: {properties: {title: {maxLength: 5}}}, allowed: at most 5 characters"
    rules = f"extend.title.short: {{{short}, breaks: {{title: Nights, style: null}}}}, extend.vocalGender.enum: null"
    variety = "variety: {type: number, minimum: 0, maximum: 4, multipleOf: 1, x-beside: {model: V5}}"
    said = f"operations: {{extend: {{properties: {{{variety}}}, rules: {{{rules}}}}}}}"
    mine.write_text(f"format: 1\nextends: apikley\n{said}\n", "utf-8")
    published = Published.read(str(mine))
    probes = list(Probes(published, mock_tracks(published)))
    (short_title,) = (each for each in probes if each.rule == "extend.title.short")
    assert short_title.says == 'the request has title "Nights" and no style'
    assert body(short_title)["title"] == "Nights"
    assert "style" not in body(short_title)
    probed = {each.rule for each in probes}
    assert {"extend.variety.type", "extend.variety.minimum", "extend.variety.multipleOf"} <= probed
    assert "extend.vocalGender.enum" not in probed
    assert "extend.variety.x-beside" not in {rule.id for rule in published.rules}
    assert all("variety" not in body(each) for each in probes if each.rule == "extend.weights")


def test_a_rule_that_a_profile_takes_away_is_demanded_of_no_operation(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    gone = (
        "operations: {lyrics: {rules: {lyrics.prompt.type: null}}, extend: {rules: {extend.style.custom: {when: {}}}}}"
    )
    mine.write_text(f"format: 1\nextends: kie\n{gone}\n", "utf-8")
    published = Published.read(str(mine))
    (lyrics,) = (each for each in published.operations if each.name == "lyrics")
    assert "lyrics.prompt.type" not in {rule.id for rule in lyrics.rules}
    assert "extend.style.custom" in {rule.id for rule in published.rules}
