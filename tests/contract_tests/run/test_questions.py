"""What refusals tell of the open questions where a server refuses valid requests, too."""

from dataclasses import replace
from typing import Any

import pytest

from contract_tests.probes.request import UNKNOWN_AUDIO, Probe
from contract_tests.run.questions import read
from contract_tests.target.exchange import Exchange
from contract_tests.verdicts.results import Verdict
from tests.courses import ACCEPTED, PROBES, PUBLISHED, exchange

OWN_LIMIT = "title has more than 13 characters"
NOBODYS = next(each for each in PROBES if each.rule == "extend.audioId.known" and UNKNOWN_AUDIO.encode() in each.body)
ASKS = next(each for each in PROBES if each.question == "extra_properties")


def refused(probe: Probe, msg: str, code: int = 422) -> tuple[Probe, Exchange]:
    return probe, exchange({"code": code, "msg": msg, "data": None}, probe)


def told(*refusals: Any) -> dict[str, tuple[Verdict, str]]:
    questions = ("unknown_audio", f"question.{ASKS.question}", ASKS.question)
    found = {each.rule: (each.verdict, each.why) for each in read(refusals, (), (), PUBLISHED.terms)}
    return {rule.removeprefix("question."): found[rule] for rule in found if rule.endswith(questions)}


VALID = refused(ACCEPTED, OWN_LIMIT)


def test_what_is_refused_as_valid_requests_are_tells_nothing() -> None:
    why = f"valid requests for {PUBLISHED.models[0]} are refused likewise, by 422 and '{OWN_LIMIT}'"
    assert told(VALID, refused(NOBODYS, OWN_LIMIT), refused(ASKS, OWN_LIMIT)) == {
        "extra_properties": (Verdict.NOT_TRIED, why)
    }


@pytest.mark.parametrize("valid", [(), (VALID,)])
def test_what_is_refused_otherwise_tells_its_reading(valid: tuple[Any, ...]) -> None:
    found = told(*valid, refused(NOBODYS, "no such track", 404), refused(ASKS, "an unknown member"))
    assert found == {
        "unknown_audio": (Verdict.OBSERVED, "not_found"),
        "extra_properties": (Verdict.OBSERVED, "refused"),
    }


def test_refusals_for_another_model_are_another_cause() -> None:
    probe = replace(ACCEPTED, body=ACCEPTED.body.replace(b'"V4"', b'"V5"'))
    assert probe.body != ACCEPTED.body
    assert told(refused(probe, OWN_LIMIT), refused(NOBODYS, OWN_LIMIT))["unknown_audio"][1] == "invalid"
