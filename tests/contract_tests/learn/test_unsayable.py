"""What a server did that no profile can say."""

from typing import Any

import pytest

from contract_tests.learn.calibrate import unsayable
from contract_tests.learn.playback import Agreement
from contract_tests.verdicts.results import Result, Verdict
from tests.courses import BAD, REFUSED, exchange, reported


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"body": b'[{"code": 422}]'}, '[{"code": 422}]'),
        ({"body": b"<html>"}, "<html>"),
        ({"body": b"x" * 100}, "x" * 79 + "…"),
        ({}, None),
        ({"body": b"[]", "status": 502}, None),
        ({"body": b"[]", "status": 405, "method": "PUT"}, None),
    ],
)
def test_an_answer_without_a_code_is_told(changes: dict[str, Any], told: str | None) -> None:
    answer = exchange(changes.pop("body", BAD), REFUSED, **changes)
    came = Result(rule=REFUSED.rule, verdict=Verdict.PASSED, probe=REFUSED, exchange=answer)
    assert unsayable(reported(came), Agreement(0)).get("it answers HTTP 200 without a code") == told
