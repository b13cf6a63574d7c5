"""Generated requests: every valid one is accepted, every one that breaks a single rule is refused and stays silent."""

from fnmatch import fnmatchcase

import pytest
from hypothesis import given

from contract_tests.probes.strategies import Broken, Request, Strategies, valid_probe
from contract_tests.suites.world import Decorator, Options, World
from contract_tests.verdicts.unasked import silence_findings

QUIET = 0.2
"""Seconds without a callback after which none of a refusal is expected."""


@pytest.mark.usefixtures("paying")
def test_valid_requests_are_accepted(world: World, bounded: Decorator) -> None:
    @bounded
    @given(Strategies(world.published, world.tracks).valid())
    def accepted(body: Request) -> None:
        world.sent(valid_probe(body))

    accepted()


def test_requests_that_break_one_rule_are_refused(world: World, bounded: Decorator, suno_options: Options) -> None:
    strategies = Strategies(world.published, world.tracks)
    only = suno_options["only"]
    rules = {fault.rule for fault in strategies.faults() if fnmatchcase(fault.rule, only)}
    if not rules:
        pytest.skip(f"no rule of a request matches --only {only!r}")
    if rules <= {*world.target.budget.lenient}:
        pytest.skip("the target accepted other requests that break these rules: more could cost, too")
    refused: list[str] = []

    @bounded
    @given(strategies.broken(only))
    def is_refused(broken: Broken) -> None:
        url, _ = world.sent(broken.probe)
        refused.append(url)

    is_refused()
    world.receiver.quiet(QUIET, within=world.plan.callback_timeout)
    for url in refused:
        world.conforms(silence_findings(world.receiver.arrived(url)))
