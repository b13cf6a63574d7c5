"""What a profile of somebody's own says of answers, statuses and tracks: the harness judges by it."""

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from contract_tests.documents.published import Published
from contract_tests.target.mock import mock, mock_tracks
from contract_tests.verdicts.answers import envelope_findings
from contract_tests.verdicts.callbacks import callback_findings
from contract_tests.verdicts.course import Course
from contract_tests.verdicts.readings import observed
from tests.contract_tests.run.test_run import deviations, ran, violations
from tests.courses import BAD, GOOD, PUBLISHED, REFUSED, course, exchange, record, stage, track

OWN: Final = """format: 1
extends: apikley
pending: QUEUED
lost: GONE
stages: {text: {status: WORDS}, complete: {status: DONE}}
answers:
  statuses: {429: 429, 404: 410, 200: 201}
  members: {ok: true}
track_members:
  callbacks: {complete: {members: {tags: constant, createTime: 5}, without: [duration]}}
  records: {complete: {members: {extra: 1}, without: [title]}}
"""
TERMS: Final = replace(PUBLISHED.terms, http={422: 400, 200: 201}, members={"ok": True})


def own(**family: Any) -> Published:
    return replace(PUBLISHED, family={**PUBLISHED.family, **family})


def broken(came: Course, published: Published) -> list[str]:
    return [each.rule for each in callback_findings(came, published)]


def answered(body: Any, status: int) -> list[str]:
    return [each.rule for each in envelope_findings(exchange(body, status=status), TERMS)]


@pytest.mark.no_cover
@pytest.mark.usefixtures("untraced")
def test_the_mock_conforms_on_a_profile_that_changes_all_of_it(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(OWN, "utf-8")
    published = Published.read(str(path))
    with mock(str(path)) as url:
        results = ran(
            url,
            published=published,
            tracks=mock_tracks(published),
            operations=("lyrics", "vocal-removal"),
            only="[eclv]*.[aevtcr]*",
            callback_timeout=20,
        )
    assert (violations(results), deviations(results)) == ({}, {})


def test_the_status_of_http_is_that_of_the_profile() -> None:
    whole = {**BAD, "ok": True}
    assert answered(whole, 400) == []
    assert answered(whole, 200) == answered(whole, 422) == ["answer.status"]
    assert answered({**GOOD, "ok": True}, 201) == []
    assert answered({**GOOD, "ok": True}, 200) == ["answer.success"]
    assert answered({**GOOD, "ok": True}, 202) == ["answer.success"]


def test_a_code_whose_status_the_profile_says_tells_nothing_of_a_question() -> None:
    refusals = [(REFUSED, exchange(BAD, REFUSED, status=status)) for status in (200, 422)]
    assert "refusal_status" in {each.question for each in observed(refusals, []) if each.contradicts}
    assert "refusal_status" not in {each.question for each in observed(refusals, [], TERMS)}


def test_members_of_the_profile_are_missed() -> None:
    assert answered(BAD, 400) == ["answer.members"]


def test_statuses_are_those_of_the_profile() -> None:
    words = {"statuses": ("QUEUED", "TEXT_SUCCESS", "FIRST_SUCCESS", "DONE"), "lost": "GONE"}
    assert broken(course(record=record(status="DONE"), **words), PUBLISHED) == []
    assert broken(course(record=record(status="SUCCESS"), **words), PUBLISHED) == ["polling.word"]
    assert broken(course(record=record(status="QUEUED"), **words), PUBLISHED) == ["polling.status"]
    assert course(stage("text"), record=record(status="QUEUED"), **words).is_late
    assert not course(stage("text"), record=record(status="PENDING"), **words).is_late


def test_members_of_tracks_are_those_of_the_profile() -> None:
    said = own(track_members={"callbacks": {"complete": {"members": {"tags": "constant"}, "without": ["duration"]}}})

    def complete(**changes: Any) -> Course:
        return course(stage("text"), stage("first"), stage("complete", data=[track(n, **changes) for n in range(2)]))

    assert broken(complete(tags="constant", duration=...), said) == []
    assert broken(complete(duration=...), said) == ["callback.track.whole"] * 2
    assert {*broken(complete(tags="constant", duration=...), PUBLISHED)} == {
        "callback.track.whole",
        "callback.echo.tags",
    }
