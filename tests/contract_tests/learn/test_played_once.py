"""How often the mock is started to try what was learned."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from contract_tests.learn import playback
from contract_tests.learn.calibrate import learned
from contract_tests.learn.refusals import Refusal
from contract_tests.verdicts.results import Result, Verdict
from tests.courses import BAD, PUBLISHED, REFUSED, exchange, reported


@pytest.mark.parametrize(("says_as_the_mock", "starts"), [(True, 1), (False, 2)])
def test_the_mock_is_started_anew_only_for_another_profile(
    says_as_the_mock: bool, starts: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[Any] = []

    def answers(profile: Any, refusals: Sequence[Refusal], path: str) -> dict[int, playback.Mocked]:
        said.append(profile)
        body = BAD if says_as_the_mock else {**BAD, "msg": "the mock's own words"}
        return {each.exchange.number: playback.Mocked(200, json.dumps(body).encode()) for each in refusals}

    monkeypatch.setattr(playback, "answers", answers)
    refused = Result(
        rule=REFUSED.rule, verdict=Verdict.PASSED, probe=REFUSED, exchange=exchange(BAD, REFUSED, number=1)
    )
    found = learned(reported(refused), PUBLISHED, tmp_path)
    assert len(said) == starts
    assert found.before.asked == found.after.asked == 1
