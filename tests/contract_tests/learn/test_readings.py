"""Readings of open questions, as picks."""

from contract_tests.learn.evidence import Left, Line
from contract_tests.learn.readings import picks
from contract_tests.reports.rows import rows
from contract_tests.verdicts.results import Result, Verdict, not_tried, seen, two_ways
from tests.courses import ACCEPTED, PUBLISHED, exchange


def learned(*results: Result) -> dict[str, Line | Left]:
    found = picks(rows(results), (), PUBLISHED)
    return {str(each.path[-1]) if isinstance(each, Line) else each.what.partition(".")[2]: each for each in found}


def test_every_question_is_a_pick_or_left() -> None:
    assert learned().keys() == PUBLISHED.questions.keys()
    assert all(isinstance(each, Left) for each in learned().values())


def test_a_reading_that_was_seen_is_a_pick() -> None:
    found = learned(seen("unknown_audio", "invalid"), seen("empty_text", "accepted", ACCEPTED, exchange(number=7)))
    assert found["unknown_audio"] == Line(("picks", "unknown_audio"), "invalid", "in all that came")
    assert found["empty_text"] == Line(("picks", "empty_text"), "accepted", "once: request 7")


def test_what_is_read_in_two_ways_is_no_pick() -> None:
    found = learned(two_ways("refusal_status", "envelope and mirror"), seen("first_items", "both and one"))
    assert found["refusal_status"] == Left("picks.refusal_status", "seen in two ways: envelope and mirror")
    assert found["first_items"] == Left(
        "picks.first_items", "seen: both and one, where a profile says one of one, both"
    )


def test_a_reading_that_no_source_has_is_no_pick() -> None:
    (left,) = [each for each in learned(seen("create_time", "another")).values() if "seen: " in each[1]]
    assert left == Left("picks.create_time", "seen: another, where a profile says one of string, rfc3339, epoch_ms")


def test_what_was_not_seen_says_what_would_tell_it() -> None:
    found = learned(not_tried("empty_text", "budget: 1 of 1 task is spent"))
    assert found["empty_text"][1] == "budget: 1 of 1 task is spent; a run with a larger --budget may tell it"
    assert found["retry_spacing"][1] == (
        "nothing that was sent tells it; a run with --callback-timeout 1600 (time for all retries) may tell it"
    )
    assert found["persona_twice"][1] == (
        "nothing that was sent tells it; no run tells it: the harness asks for no personas"
    )


def test_what_was_asked_and_has_another_cause_says_so() -> None:
    passed = Result(rule="question.empty_text", verdict=Verdict.PASSED, probe=ACCEPTED, exchange=exchange())
    found = learned(passed, not_tried("question.empty_text", "valid requests are refused likewise"))
    assert found["empty_text"][1] == "valid requests are refused likewise; a run with a larger --budget may tell it"
