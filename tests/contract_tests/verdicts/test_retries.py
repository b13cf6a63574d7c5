"""Callbacks that the receiver did not take."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.documents.any_json import parsed
from contract_tests.probes.request import ATTEMPTS, Probe, Reply
from contract_tests.verdicts.callbacks import callback_findings
from contract_tests.verdicts.course import Course
from contract_tests.verdicts.readings import observed
from contract_tests.verdicts.retries import received, retry_findings
from tests.courses import ACCEPTED, PUBLISHED, STAGES, arrival, course, record, stage

OTHERS = [arrival(stage("first"), at=120.0), arrival(stage("complete"), at=130.0)]


def probe(*statuses: int) -> Probe:
    return replace(ACCEPTED, replies=tuple(map(Reply, statuses)))


def tried(*statuses: int, name: str = "text", gap: float = 1.0) -> list[Any]:
    """Attempts of one callback, by what each was answered."""
    return [arrival(stage(name), at=101.0 + gap * number, status=status) for number, status in enumerate(statuses)]


def followed(*arrivals: Any, probe: Probe = ACCEPTED, **changes: Any) -> Course:
    return course(probe=probe, arrivals=list(arrivals), **changes)


def rules(judged: Course) -> set[str]:
    return {each.rule for each in callback_findings(judged, PUBLISHED)}


def reading(judged: Course, question: str) -> list[str]:
    return [" and ".join(each.readings) for each in observed([], [judged]) if each.question == question]


SAID = (b'{"a": 1, "b": 2}', b'{"b": 2.0, "a": 1}', b'{"a": 1, "b": 3}', b"[1]", b"no JSON", b"no  JSON", b"{")


@given(st.lists(st.tuples(st.sampled_from(SAID), st.sampled_from([200, 201, 500])), max_size=12))
def test_callbacks_say_the_same_whatever_the_order_of_members(drawn: list[tuple[bytes, int]]) -> None:
    """Each compared with each other one."""

    def same(one: bytes, other: bytes) -> bool:
        return one == other or (parsed(one) is not None and parsed(one) == parsed(other))

    came = [arrival(body, at=float(number), status=status) for number, (body, status) in enumerate(drawn)]
    again = [any(same(body, later) for later, _ in drawn[number + 1 :]) for number, (body, _) in enumerate(drawn)]
    taken = [
        each
        for each, later in zip(came, again, strict=True)
        if each.status == 200 or (each.status, later) == (201, False)
    ]
    assert received(came) == taken
    missed = [
        number
        for number, (body, status) in enumerate(drawn)
        if status == 500 and sum(same(body, other) for other, _ in drawn) < ATTEMPTS and not again[number]
    ]
    found = [each for each in retry_findings(followed(*came)) if each.rule == "delivery.retry"]
    assert len(found) == len(missed)


@pytest.mark.parametrize("status", [500, 404, 302, 0])
def test_a_callback_that_comes_again_is_once_received(status: int) -> None:
    judged = followed(*tried(status, 200), *OTHERS, probe=probe(status))
    assert rules(judged) == set()
    assert len(received(judged.arrivals)) == len(STAGES)


@pytest.mark.parametrize(("status", "said"), [(500, "HTTP 500"), (0, "no answer")])
def test_a_callback_that_does_not_come_again_is_a_finding(status: int, said: str) -> None:
    (found,) = retry_findings(followed(*tried(status), *OTHERS, probe=probe(status)))
    assert (found.rule, found.expected) == ("delivery.retry", f"the same callback again after {said}")


def test_a_retry_that_says_something_else_is_none() -> None:
    other = arrival(stage("text") | {"msg": "Another text."}, at=102.0)
    assert "delivery.retry" in rules(followed(*tried(500), other, *OTHERS, probe=probe(500)))


def test_a_retry_written_otherwise_is_the_same() -> None:
    (first,) = tried(500)
    again = replace(first, body=first.body.replace(b": ", b":"), at=102.0, status=200)
    assert rules(followed(first, again, *OTHERS, probe=probe(500))) == set()


def test_what_was_received_and_comes_again_is_a_finding() -> None:
    assert "callback.once" in rules(followed(*tried(500, 200, 200), *OTHERS, probe=probe(500)))


@pytest.mark.parametrize(("statuses", "name"), [((204,), "any_2xx"), ((204, 200), "only_200")])
def test_what_becomes_of_204_is_a_reading(statuses: tuple[int, ...], name: str) -> None:
    judged = followed(*tried(*statuses), *OTHERS, probe=probe(204))
    assert rules(judged) == set()
    assert reading(judged, "received_statuses") == [name]


def test_a_callback_that_is_never_given_up_is_a_finding() -> None:
    lost = probe(*[500] * ATTEMPTS)
    (found,) = retry_findings(followed(*tried(*[500] * ATTEMPTS, 200), *OTHERS, probe=lost))
    assert (found.rule, found.expected, found.got) == ("delivery.given_up", "4 attempts at most", "5")


@pytest.mark.parametrize(("others", "name"), [(OTHERS, "go_on"), ([], "stop")])
def test_what_comes_after_giving_up_is_a_reading(others: list[Any], name: str) -> None:
    judged = followed(*tried(*[500] * ATTEMPTS), *others, probe=probe(*[500] * ATTEMPTS))
    assert rules(judged) == set()
    assert reading(judged, "after_giving_up") == [name]


def test_what_comes_then_of_a_server_that_overtakes_tells_nothing() -> None:
    """It may have been under way when the other was given up."""
    lost = tried(*[500] * ATTEMPTS)
    between = arrival(stage("first"), at=(lost[0].at + lost[1].at) / 2)
    after = arrival(stage("complete"), at=lost[-1].at + 0.01)
    overtaken = sorted((*lost, between), key=lambda each: each.at)
    asked = probe(*[500] * ATTEMPTS)
    assert reading(followed(*overtaken, after, probe=asked), "after_giving_up") == []
    assert reading(followed(*overtaken, probe=asked), "after_giving_up") == ["stop"]


def test_nothing_is_owed_after_the_last_stage() -> None:
    lost = tried(*[500] * ATTEMPTS, name="complete")
    judged = followed(*tried(200), *lost, probe=probe(200, *[500] * ATTEMPTS))
    assert reading(judged, "after_giving_up") == []


def test_nothing_is_owed_after_a_text_that_comes_last() -> None:
    came = [arrival(stage(name), at=90.0) for name in ("first", "complete")]
    judged = followed(*came, *tried(*[500] * ATTEMPTS), probe=probe(200, 200, *[500] * ATTEMPTS))
    assert reading(judged, "after_giving_up") == []


def test_attempts_and_their_spacing_are_told() -> None:
    judged = followed(*tried(*[500] * ATTEMPTS, gap=60.2), probe=probe(*[500] * ATTEMPTS))
    assert reading(judged, "delivery.attempts") == ["4 attempts"]
    assert reading(judged, "delivery.spacing") == ["seconds between attempts: 60, 60, 60"]


def test_a_server_that_does_not_give_up_is_seen() -> None:
    judged = followed(*tried(*[500] * ATTEMPTS, 200), *OTHERS, probe=probe(*[500] * ATTEMPTS))
    assert reading(judged, "delivery.attempts") == ["5 attempts or more"]
    assert reading(judged, "after_giving_up") == []


def test_a_server_that_gives_up_sooner_is_a_finding() -> None:
    assert rules(followed(*tried(500, 500), *OTHERS, probe=probe(*[500] * ATTEMPTS))) == {"delivery.retry"}


@pytest.mark.parametrize(("response", "name"), [(record()["response"], "audio_kept"), (None, "failure")])
def test_what_a_lost_callback_means_is_a_reading(response: Any, name: str) -> None:
    judged = followed(record=record(status="CALLBACK_EXCEPTION", response=response))
    assert reading(judged, "callback_exception") == [name]


@pytest.mark.parametrize(("at", "name"), [(105.0, ["in_order"]), (102.5, ["overtaking"])])
def test_whether_later_stages_wait_for_one_that_is_given_up_is_a_reading(at: float, name: list[str]) -> None:
    lost, later = tried(*[500] * ATTEMPTS), arrival(stage("complete"), at=at)
    judged = followed(*sorted([*lost, later], key=lambda each: each.at), probe=probe(*[500] * ATTEMPTS))
    assert reading(judged, "callback_order") == name


def test_a_stage_that_comes_before_the_retry_of_another_overtakes() -> None:
    (failed,) = tried(500)
    again = replace(failed, at=125.0, status=200)
    judged = followed(failed, OTHERS[0], again, OTHERS[1], probe=probe(500))
    assert rules(judged) == set()
    assert reading(judged, "callback_order") == ["overtaking"]


def test_an_order_that_was_kept_over_a_retry_proves_nothing() -> None:
    assert reading(followed(*tried(500, 200), *OTHERS, probe=probe(500)), "callback_order") == []
