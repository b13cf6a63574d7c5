"""What is wrong with answers, callbacks and records of operations beside extend, and what is not."""

from typing import Any

import pytest

from contract_tests.documents import rules
from contract_tests.verdicts.operations import left_open, values
from tests.contract_tests.verdicts.operation_faults import (
    ANSWERS,
    AT_ONCE,
    BAD,
    BY_NAME,
    REPLIES,
    TASKS,
    URL,
    at_once,
    broken,
    faults,
    outcome,
    put,
    replied,
)
from tests.courses import GOOD, arrival

each_task = pytest.mark.parametrize("name", TASKS)
FAULTS = [(name, *fault) for name in TASKS for fault in faults(name)]


@each_task
def test_what_the_pages_show_breaks_no_rule(name: str) -> None:
    assert broken(outcome(name)) == []
    assert left_open(outcome(name)) == ""
    assert replied(BY_NAME[name], GOOD) == []
    assert replied(BY_NAME[name], BAD, "callBackUrl.type") == []


@pytest.mark.parametrize(("name", "says", "came", "rule"), FAULTS, ids=[f"{name}: {says}" for name, says, *_ in FAULTS])
def test_a_planted_fault_breaks_its_rule(name: str, says: str, came: Any, rule: str) -> None:
    assert rule in broken(came)


@each_task
@pytest.mark.parametrize(("body", "rule", "changes", "breaks"), REPLIES)
def test_a_planted_fault_of_an_answer_breaks_its_rule(
    name: str, body: Any, rule: str, changes: dict[str, Any], breaks: str
) -> None:
    own = breaks in ("auth.missing", "callBackUrl.required", "valid")
    assert (f"{name}.{breaks}" if own else breaks) in replied(BY_NAME[name], body, rule, **changes)


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_has_all_at_once_breaks_no_rule(name: str) -> None:
    assert at_once(name) == []


@pytest.mark.parametrize(("name", "change", "rule"), AT_ONCE)
def test_a_planted_fault_of_what_is_answered_at_once_breaks_its_rule(name: str, change: Any, rule: str) -> None:
    assert rule in at_once(name, change)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("style", lambda body, record: body["data"].update(successFlag="0", result="")),
        ("style", lambda body, record: body["data"].update(successFlag="2", result=None)),
        ("timestamped-lyrics", put("body.data.alignedWords", [])),
        ("timestamped-lyrics", put("body.data.alignedWords", None)),
    ],
)
def test_a_style_that_is_not_there_yet_and_words_of_an_instrumental_track_are_no_fault(name: str, change: Any) -> None:
    assert at_once(name, change) == []


def binding(name: str, change: Any) -> list[str]:
    return [rule for rule in broken(outcome(name, change)) if rules.source(rule).binds]


@pytest.mark.parametrize("spelled", [{"audio_wav_url": URL}, {"response": {"audioWavUrl": URL}}])
def test_every_spelling_that_a_page_or_a_capture_has_is_taken(spelled: dict[str, Any]) -> None:
    def change(body: dict[str, Any], record: dict[str, Any]) -> None:
        body["data"] = {"task_id": "5c79", **spelled}

    assert binding("wav", change) == []


def test_the_task_id_of_lyrics_may_be_in_camel_case() -> None:
    def change(body: dict[str, Any], record: dict[str, Any]) -> None:
        body["data"]["taskId"] = body["data"].pop("task_id")

    assert binding("lyrics", change) == []


@each_task
def test_a_documented_failure_and_a_task_that_goes_on_tell_nothing(name: str) -> None:
    failure = {"code": 500, "msg": "It failed.", "data": {"task_id": "5c79"}}
    failed = outcome(name, lambda body, record: record.update({BY_NAME[name].status[0]: "CREATE_TASK_FAILED"}))
    failed = outcome(name, arrivals=[arrival(failure)], record=failed.record)
    assert (broken(failed), left_open(failed)) == ([], "failed at the target: code 500")
    late = outcome(name, arrivals=[], record={**failed.record, BY_NAME[name].status[0]: "PENDING"})
    assert (broken(late), left_open(late)) == ([], "late: polling still shows PENDING")
    polled = outcome(name, arrivals=[], record=failed.record, heard=False)
    assert left_open(polled).startswith("failed at the target")


def test_values_stand_at_the_first_place_that_has_any() -> None:
    assert values({"a": {"b": 1}}, ["x.y", "a.b", "a"]) == [1]
    assert values({"a": [{"b": 1}, {}, 5]}, ["a.*.b"]) == [1, None, None]
    assert values({"a": 5}, ["a.*.b"]) == values(None, ["a"]) == []
