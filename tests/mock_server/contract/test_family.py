"""What all profiles have in common."""

from typing import Any

import pytest

from mock_server.contract.family import Family, Stage
from mock_server.contract.profile_files import resolved
from mock_server.contract.scenarios import STAGES
from mock_server.core.quantiles import interpolated


@pytest.mark.parametrize(
    ("at", "likelihood", "seconds"),
    [([20, 40], 0.25, 25), ({"0": 10, "0.5": 20, "1": 100}, 0.75, 60), ({0.5: 7}, 0.1, 7), ({0.5: 7}, 0.9, 7)],
)
def test_seconds_are_drawn_between_what_is_known(at: Any, likelihood: float, seconds: float) -> None:
    stage = Stage.of({"at": at, "msg": "", "status": ""})
    assert interpolated(stage.quantiles, likelihood) == seconds
    assert stage.at == interpolated(stage.quantiles, 0.5)
    assert stage.drawn("task", "at") == stage.drawn("task", "at")


def test_no_stage_comes_before_the_one_before() -> None:
    late: dict[str, Any] = {"text": {"at": [50, 60]}, "first": {"at": [10, 90]}, "complete": {"at": 100}}
    stages = {name: {**stage, "msg": "", "status": "", "skipped": 0.5} for name, stage in late.items()}
    family = Family.of({**resolved("apikley"), "stages": stages})
    for number in range(50):
        reached = [family.at(stage, f"{number}") for stage in STAGES]
        assert reached == sorted(reached)
    assert 5 < sum(family.skips("text", f"{number}") for number in range(50)) < 45


@pytest.mark.parametrize(("word", "given"), [("some", [True, False]), ("all", [True, True]), ("none", [False, False])])
def test_a_profile_says_which_failures_give_the_price_back(word: str, given: list[bool]) -> None:
    family = Family.of({**resolved("apikley"), "refunds": word})
    assert [family.gives_back(True), family.gives_back(False)] == given
