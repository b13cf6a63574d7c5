"""Hypothesis plays tasks, polls, refusals and a failing receiver against the target, in any order.

Only with the mock, which calls back at once, is a failure made smaller: elsewhere that can take hours.
"""

from functools import partial
from typing import Any

import pytest
from hypothesis import seed, settings
from hypothesis.stateful import run_state_machine_as_test

from contract_tests.probes.strategies import Strategies
from contract_tests.suites.lifecycle import Lifecycle, Setting
from contract_tests.suites.world import Options, World
from contract_tests.verdicts.answers import again_findings

STEPS = 12
SHARE = 4
"""One lifecycle for so many --examples: it is made of many requests."""


@pytest.mark.usefixtures("paying")
def test_lifecycle(world: World, bounds: settings, suno_options: Options) -> None:
    if not world.plan.listens:
        pytest.skip("no --callback-url: the target cannot reach the receiver")
    strategies = Strategies(world.published, world.tracks)
    setting = Setting(world=world, valid=strategies.valid(), broken=strategies.broken())
    machine: Any = seed(world.plan.seed)(partial(Lifecycle, setting))
    examples = max(1, suno_options["examples"] // SHARE)
    shorter = settings(bounds, max_examples=examples, stateful_step_count=STEPS)
    run_state_machine_as_test(machine, settings=shorter)
    world.conforms(again_findings(setting.ids))
