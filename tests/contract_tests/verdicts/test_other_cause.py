"""Refusals that may have another cause than what was tried, and what shows that they have not."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.probes.request import ACCEPTED, GONE, Expected
from contract_tests.target.exchange import Exchange
from contract_tests.verdicts.other_cause import NONE_KNOWN, OtherCauses
from tests.courses import exchange

BASE = {"model": "V4", "prompt": "Go on", "title": "Dawn", "continueAt": 60, "vocalGender": "m"}
WORDS = "Bad request."
LONG = {"title": "x" * 80}
"""What is valid by the document, and longer than what this server takes."""
Answer = tuple[Expected, Exchange]


def sent(changes: dict[str, Any], number: int = 1) -> bytes:
    body = {**BASE, "callBackUrl": f"https://a.test/{number}", **changes}
    return json.dumps({name: value for name, value in body.items() if value is not GONE}).encode()


def refused(changes: dict[str, Any], code: int = 422) -> Exchange:
    return exchange({"code": code, "msg": WORDS, "data": None}, sent=sent(changes, 2))


def accepted(**changes: Any) -> Answer:
    return ACCEPTED, exchange({"code": 200, "msg": "success", "data": {"taskId": "t"}}, sent=sent(changes, 3))


def may_be(changes: dict[str, Any], *answers: Answer) -> bool:
    return OtherCauses([(ACCEPTED, refused(LONG)), *answers]).may_be(refused(changes))


@pytest.mark.parametrize("changes", [{"personaId": "p"}, {"continueAt": 0.5}, {"title": ""}, {"title": GONE}])
def test_what_an_accepted_request_has_otherwise_is_no_other_cause(changes: dict[str, Any]) -> None:
    assert may_be(changes)
    assert not may_be(changes, accepted())


@pytest.mark.parametrize("changes", [LONG, {"title": "x" * 90}, {"title": "漢漢漢漢"}, {"title": 4}, {}])
def test_what_valid_requests_change_too_may_be_it(changes: dict[str, Any]) -> None:
    """The same text, a longer one, one of more bytes than any that was accepted, another type, and the same request."""
    assert may_be(changes, accepted())


def test_a_value_that_valid_requests_change_too_may_be_it_whatever_its_length() -> None:
    causes = OtherCauses([(ACCEPTED, refused({"vocalGender": "f"})), accepted()])
    assert causes.may_be(refused({"vocalGender": "x"}))


def test_a_number_is_no_truth_value() -> None:
    causes = OtherCauses([(ACCEPTED, refused({"continueAt": True})), accepted(continueAt=1)])
    assert causes.may_be(refused({"continueAt": 2}))


def test_a_valid_request_that_was_accepted_before_is_refused_for_something_else() -> None:
    assert OtherCauses([(ACCEPTED, refused({})), accepted()]).may_be(refused({"personaId": "p"}))


@pytest.mark.parametrize("changes", [{"model": "V5"}, {"model": GONE}])
def test_an_accepted_request_for_another_model_shows_nothing(changes: dict[str, Any]) -> None:
    causes = OtherCauses([(ACCEPTED, refused({**LONG, **changes})), accepted()])
    assert causes.may_be(refused({"personaId": "p", **changes}))


def test_other_words_and_codes_are_no_other_cause() -> None:
    causes = OtherCauses([(ACCEPTED, refused(LONG, 400))])
    assert not causes.may_be(refused(LONG))
    assert not NONE_KNOWN.may_be(refused(LONG))


@given(st.integers(0, 100), st.integers(1, 100), st.sampled_from(["x", "é", "漢", "😀"]))
def test_a_servers_own_limit_is_never_taken_for_what_was_tried(limit: int, length: int, character: str) -> None:
    """A server that counts bytes and has a limit of its own: a title that it refuses for that is refused likewise."""
    title = character * length
    fits = [accepted(title="x" * each) for each in (1, limit // 2, limit) if each <= limit]
    if len(title.encode()) > limit:
        too_long = refused({"title": "x" * (limit + 1)})
        assert OtherCauses([(ACCEPTED, too_long), *fits]).may_be(refused({"title": title}))
