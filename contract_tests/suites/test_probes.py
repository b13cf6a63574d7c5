"""The run of `suno-contract run`, once, and every rule of it as a test."""

import pytest

from contract_tests.options import worded
from contract_tests.probes.plan import Plan
from contract_tests.reports.rows import Row, costs, curl, printable
from contract_tests.suites.world import World, able_to_run, plan_of
from contract_tests.verdicts.results import Verdict


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each rule that the plan tries. Rules on what comes back are known only after the run."""
    if "rule" in metafunc.fixturenames:
        metafunc.parametrize("rule", rules(plan_of(metafunc.config)))


def rules(plan: Plan) -> list[str]:
    return list(dict.fromkeys([*(probe.rule for probe in plan.probes()), *plan.not_provoked()]))


@pytest.fixture(scope="session")
def found(world: World) -> dict[str, Row]:
    """The verdicts of the run, by rule."""
    with able_to_run():
        made = world.run()
        world.report(gone=world.gone())
    return {row.rule: row for row in made}


def test_rule(rule: str, found: dict[str, Row], world: World, request: pytest.FixtureRequest) -> None:
    if rule not in found:
        pytest.skip("nothing is known of it: what tried it broke other rules")
    tell(found[rule], request.node, strict=world.strict)


def test_what_else_came_up(
    found: dict[str, Row], world: World, subtests: pytest.Subtests, request: pytest.FixtureRequest
) -> None:
    """The rules on answers, callbacks and polling, and the readings of open questions."""
    planned = rules(world.plan)
    for rule in (rule for rule in found if rule not in planned):
        with subtests.test(rule):
            tell(found[rule], request.node, strict=world.strict)


def tell(row: Row, node: pytest.Item, *, strict: bool) -> None:
    """Gives pytest the verdict: violated fails, not tried is skipped, a reading and a deviation become properties of
    the test; where deviations count, they fail, too."""
    node.user_properties.append((row.rule, row.verdict.value))
    match row.verdict:
        case Verdict.VIOLATED:
            pytest.fail(violation(row), pytrace=False)
        case Verdict.DEVIATED if strict:
            pytest.fail(violation(row), pytrace=False)
        case Verdict.DEVIATED:
            node.user_properties.append((f"{row.rule}.deviation", row.line))
        case Verdict.NOT_TRIED:
            pytest.skip(printable(row.results[0].why))
        case Verdict.OBSERVED:
            node.user_properties.append((f"{row.rule}.reading", printable(row.results[0].why)))


def violation(row: Row) -> str:
    """The line of the report, the line of the documents, and a curl that repeats it."""
    result = next(each for each in row.results if each.broken)
    line = worded(row.line)
    costing = ", which may start a task and cost credits" if costs(result) else ""
    reproduced = f"Reproduce with{costing}:\n    {curl(result.exchange)}" if result.exchange else ""
    return "\n".join(filter(None, (line, str(result.citation), reproduced)))
