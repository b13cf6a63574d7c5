"""The credits that a recording tells, from which a price is learned."""

import json
from typing import Any

import pytest

from contract_tests.learn.evidence import Line
from contract_tests.learn.price import price
from contract_tests.recording.credits import credits_told
from contract_tests.recording.message import Message
from contract_tests.recording.read import Recording
from contract_tests.recording.report import report
from tests.contract_tests.recording.messages import message
from tests.courses import PUBLISHED
from tests.recordings import KEYED, told

PATH = PUBLISHED.terms.credits[0]
EXTEND = PUBLISHED.terms.extend


def credits(number: int, left: Any, **changes: Any) -> Message:
    whole: dict[str, Any] = {
        "method": "GET",
        "path": PATH,
        "sent": b"",
        "body": told(200, "success", left),
        "took": 0.1,
    }
    return message(number=number, **{"at": float(number), "headers": KEYED, "key": 1, **whole, **changes})


def task(number: int, **changes: Any) -> Message:
    whole: dict[str, Any] = {"path": EXTEND, "body": told(200, "success", {"taskId": f"task {number}"}), "took": 0.5}
    return message(number=number, **{"at": float(number), "headers": KEYED, "key": 1, **whole, **changes})


@pytest.mark.parametrize(
    ("messages", "found"),
    [
        ([credits(1, 100), task(2), credits(3, 90.5)], [(1, 100), (3, 90.5)]),
        ([credits(1, 100), task(2, key=2), credits(3, 100), task(4), credits(5, 90)], [(3, 100), (5, 90)]),
        ([credits(1, 100), task(2, path="/api/v1/lyrics"), credits(3, 90)], [(1, 100)]),
        ([credits(1, 100), task(2, body=told(422, "no")), credits(3, 100)], [(1, 100), (3, 100)]),
        ([credits(1, 100), task(2, error="not handed on: spent", body=b""), credits(3, 9)], [(1, 100), (3, 9)]),
        ([credits(1, 100), task(2), credits(3, 100, at=2.2), credits(4, 90)], [(1, 100), (4, 90)]),
        ([credits(1, "100"), credits(2, True), credits(3, 5, status=500, body=json.dumps([]).encode())], []),
        ([credits(1, 100, key=0), task(2, key=0), credits(3, 90, key=0)], []),
        ([task(1)], []),
    ],
    ids=["told", "another key", "another operation", "refused", "kept back", "at once", "no number", "unknown", "none"],
)
def test_what_is_told_while_one_key_extends(messages: list[Message], found: list[tuple[int, float]]) -> None:
    assert list(credits_told(messages, PUBLISHED)) == found


def test_a_price_is_learned_of_what_was_told_before_and_after() -> None:
    messages = (credits(1, 100), task(2), task(3), credits(4, 81))
    found = price(report(Recording(messages=messages), PUBLISHED), PUBLISHED)
    assert isinstance(found, Line)
    assert (found.value, found.seen) == (9.5, "100 credits before and 81 after 2 tasks: requests 1 and 4")
