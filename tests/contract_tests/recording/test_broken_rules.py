"""Which rules a request of anybody breaks: the harness's own probes say which they were made to break."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.documents.published import Published
from contract_tests.probes.all import Probes
from contract_tests.probes.request import JSON, Probe
from contract_tests.recording.broken_rules import Broken, broken_rules, in_words
from contract_tests.target.mock import mock_tracks
from tests.courses import PUBLISHED

STATE = ("extend.audioId.known", "extend.continueAt.e", "extend.personaId.known", "extend.auth", "extend.body.encoding")
"""What rules begin with that no body alone tells of."""


def probes(profile: str) -> list[Probe]:
    published = Published.read(profile)
    every = Probes(published, mock_tracks(published))
    return [each for each in every if each.method == "POST" and not each.rule.startswith(STATE)]


def broken(probe: Probe, published: Published) -> Broken:
    body = probe.body.replace(b"$URL", b"http://127.0.0.1:1/cb/0?k=0")
    kind = {name.lower(): value for name, value in probe.headers.items()}.get("content-type", JSON)
    return broken_rules(body, kind, published)


@pytest.mark.parametrize("profile", ["apikley", "classic", "kie"])
def test_each_probe_breaks_what_it_was_made_to_break(profile: str) -> None:
    published = Published.read(profile)
    wrong = [
        (each.rule, each.says)
        for each in probes(profile)
        if not (each.expected.accepted or each.question) and each.rule not in broken(each, published).surely
    ]
    assert wrong == []


@pytest.mark.parametrize("profile", ["apikley", "classic"])
def test_what_must_be_accepted_or_is_an_open_question_surely_breaks_nothing(profile: str) -> None:
    published = Published.read(profile)
    every = [each for each in probes(profile) if each.expected.accepted or each.question]
    assert [(each.rule, broken(each, published)) for each in every if broken(each, published).surely] == []


@given(st.binary() | st.text().map(str.encode) | st.just(b"[" * 100_000) | st.just(b'{"styleWeight": 1e999999999999}'))
def test_any_bytes_are_judged(raw: bytes) -> None:
    assert broken_rules(raw, JSON, PUBLISHED).surely


@pytest.mark.parametrize("profile", ["apikley", "classic", "kie"])
def test_a_text_that_is_too_long_and_what_is_missing_are_told_and_no_value(profile: str) -> None:
    published = Published.read(profile)
    for each in probes(profile):
        told = in_words(each.rule, each.body, published)
        if each.rule.endswith(".length") and not (each.expected.accepted or each.question):
            assert re.fullmatch(r"\w+ has \d+ characters, of which \d+ are allowed for V\w+", told), told
        elif each.rule.endswith(".required"):
            assert told.endswith(" is missing")
        else:
            assert told == "" or told.endswith(" is missing")


def test_the_numbers_are_those_of_the_model() -> None:
    sent = b'{"model": "V4", "title": "' + b"x" * 81 + b'"}'
    assert in_words("extend.title.length", sent, PUBLISHED) == "title has 81 characters, of which 80 are allowed for V4"
    assert in_words("extend.title.length", b"no JSON", PUBLISHED) == "title is missing"
