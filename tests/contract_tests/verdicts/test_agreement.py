"""What tasks must not have in common, what records and callbacks must, and where a key is shown."""

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from contract_tests.receiver.receiver import Arrival
from contract_tests.verdicts.agreement import (
    Owners,
    member_findings,
    other_key_findings,
    shown_findings,
    shown_places,
    unique_findings,
)
from contract_tests.verdicts.course import Course, Poll
from tests.courses import PUBLISHED, course, exchange, record, stage, track


def other(**changes: Any) -> Course:
    """Another task with the same tracks."""
    answer = exchange({"code": 200, "msg": "success", "data": {"taskId": "another"}})
    return course(exchange=answer, **changes)


def test_tasks_with_tracks_of_their_own_share_nothing() -> None:
    assert list(unique_findings([course()])) == []


def test_tracks_of_another_task_are_told_with_it() -> None:
    first, second = course(), other()
    ((found, (finding,)),) = unique_findings([first, second])
    assert found is second
    assert finding.rule == "callback.track.unique"
    assert first.exchange.task_id is not None
    assert first.exchange.task_id in finding.expected


@pytest.mark.parametrize("order", [*permutations(range(3))])
def test_the_task_that_was_asked_for_first_has_its_tracks(order: tuple[int, ...]) -> None:
    """In whichever order they came to their end."""
    courses, owners = [course(), other(), other()], Owners()
    for number in order:
        owners.add(number, courses[number])
    found = [owners.findings(number, each) for number, each in enumerate(courses)]
    assert found == [[], *(findings for _, findings in unique_findings(courses))]
    assert (owners.shared, [len(each) for each in found]) == ({1, 2}, [0, 1, 1])


def test_two_tracks_of_a_task_with_the_same_audio_are_told() -> None:
    complete = stage("complete", data=[track(0), track(1, audio_url="https://media.invalid/0")])
    ((_, (finding,)),) = unique_findings([course(complete)])
    assert finding.got == "https://media.invalid/0"


def test_a_record_with_other_members_than_the_callback_is_told() -> None:
    assert list(member_findings(course(), PUBLISHED)) == []
    items = [
        {"id": f"track-{number}", "title": "Another", "audio_url": "https://media.invalid/1"} for number in range(2)
    ]
    changed = course(record=record(response={"sunoData": items}))
    got = {each.got for each in member_findings(changed, PUBLISHED)}
    assert got == {"Another", "audio_url"}


@pytest.mark.parametrize(("told", "differs"), [(180.5, False), (181, False), (150.0, True), ("180.5", True)])
def test_a_duration_may_be_rounded(told: Any, differs: bool) -> None:
    recorded = {"id": "track-0", "duration": told, "createTime": 1735689600000}
    shown = course(record=record(response={"sunoData": [recorded]}))
    assert bool(list(member_findings(shown, PUBLISHED))) is differs


def test_a_key_is_told_by_where_it_stands() -> None:
    arrival = Arrival(at=0, method="POST", target="/cb?key=secret", headers={"X": "secret"}, body=b"secret")
    polls = [Poll(exchange=replace(exchange(), shows_key=True))]
    places = list(shown_places([arrival], polls, lambda text: "secret" in text))
    assert places == ["the body of a callback", "the URL of a callback", "the headers of a callback", "a record"]
    (finding,) = shown_findings([*places, "a record"])
    assert finding.got == f"it is in {', '.join(places)}"
    assert list(shown_findings([])) == []


@pytest.mark.parametrize(
    ("rule", "body", "told"),
    [
        ("polling.auth.missing", {"code": 401, "msg": "no", "data": None}, False),
        ("polling.auth.missing", {"code": 200, "msg": "success", "data": None}, True),
        ("polling.auth.other", {"code": 200, "msg": "success", "data": None}, False),
        ("polling.auth.other", {"code": 200, "msg": "success", "data": {"taskId": "5c79"}}, True),
    ],
)
def test_a_poll_without_a_right_to_the_task_shows_nothing(rule: str, body: Any, told: bool) -> None:
    assert bool(list(other_key_findings(rule, "it is of another", exchange(body)))) is told
