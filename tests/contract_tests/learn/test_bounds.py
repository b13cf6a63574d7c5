"""Limits as requests show them that were made for something else."""

import json
from typing import Any

import pytest

from contract_tests.learn.bounds import FREE, bounds
from contract_tests.learn.evidence import Found, Left, Line
from contract_tests.learn.refusals import Refusal
from contract_tests.reports.report import Asked
from contract_tests.target.exchange import Exchange
from tests.courses import PUBLISHED, exchange

TITLE = "models.V4.limits.extend.title"


def request(length: int, code: int, msg: str = "Title too long.", **changes: Any) -> Exchange:
    body = {"defaultParamFlag": True, "model": "V4", "title": "x" * length, **changes}
    return exchange({"code": code, "msg": msg, "data": None}, sent=json.dumps(body), number=length)


def found(accepted: list[int], refused: list[int], known: tuple[Any, ...] = (), **changes: Any) -> list[Found]:
    asked = [Asked(probe="x: x", exchange=request(each, 200, **changes)) for each in accepted]
    refusals = [Refusal("extend.title.length", "invalid", request(each, 422, **changes), ()) for each in refused]
    return [*bounds(asked, refusals, PUBLISHED, known)]


@pytest.mark.parametrize(
    ("accepted", "refused", "expected"),
    [
        ([10, 100], [101], [Line(("models", "V4", "limits", "extend", "title"), 100, "2 times: requests 100, 101")]),
        ([10, 80], [81, 90], []),
        ([10, 90], [95], [Left(TITLE, f"between 90 and 94 characters; {FREE}")]),
        ([], [95], [Left(TITLE, f"between 0 and 94 characters; {FREE}")]),
        ([100], [], [Left(TITLE, f"100 characters are accepted, and nothing longer came; {FREE}")]),
        ([100], [95], [Left(TITLE, "seen in two ways: 100 characters are accepted, and 95 are not")]),
        ([80], [], []),
        ([], [], []),
    ],
)
def test_a_limit_is_written_only_where_it_is_decided(
    accepted: list[int], refused: list[int], expected: list[Found]
) -> None:
    assert found(accepted, refused) == expected
    assert found(accepted, refused, known=(("V4", "title"),)) == []


@pytest.mark.parametrize("change", [{"defaultParamFlag": False}, {"title": "é" * 100}, {"title": 5}, {"model": "V9"}])
def test_requests_that_tell_no_length_are_passed_over(change: dict[str, Any]) -> None:
    assert found([100], [101], **change) == []


def test_a_refusal_that_may_have_another_reason_bounds_nothing() -> None:
    assert found([100], [101], msg="personaId is of nobody.") == [
        Left(TITLE, f"100 characters are accepted, and nothing longer came; {FREE}")
    ]
