"""When stages are reached and callbacks are due."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.contract.scenarios import STAGES
from mock_server.domain.timeline import plan, progress, reached_at
from tests.builders import COMPLETE, CREATED, FIRST, SCENARIOS, TEXT, task

scenarios = st.sampled_from([each.name for each in SCENARIOS if each.answer is None])
paces = st.sampled_from(["immediate", "time", "realtime", "manual", "0.5x"])
AT = dict(zip(STAGES, (TEXT, FIRST, COMPLETE), strict=True))


@pytest.mark.parametrize(
    ("scenario", "callbacks"),
    [
        pytest.param("200", [(TEXT, "text"), (FIRST, "first"), (COMPLETE, "complete")], id="success"),
        pytest.param("callback-400", [(TEXT, "text")], id="a failure before text"),
        pytest.param("callback-501", [(TEXT, "text"), (FIRST, "first")], id="a failure before first"),
        pytest.param("silent", [], id="no callback"),
        pytest.param("skip-first", [(TEXT, "text"), (COMPLETE, "complete")], id="a skipped stage"),
        pytest.param("out-of-order", [(COMPLETE, "complete"), (185, "first"), (190, "text")], id="out of order"),
        pytest.param("late", [(TEXT + 600, "text"), (FIRST + 600, "first"), (COMPLETE + 600, "complete")], id="late"),
    ],
)
def test_a_scenario_plans_its_callbacks(scenario: str, callbacks: list[tuple[float, str]]) -> None:
    assert [(each.after, each.step.stage) for each in plan(task(scenario=scenario))] == callbacks


@pytest.mark.parametrize(
    ("pace", "moments"),
    [
        pytest.param("immediate", [0, 0, 0], id="at once"),
        pytest.param("time", [0.5, 1.75, 3], id="sixty times as fast"),
        pytest.param("realtime", [TEXT, FIRST, COMPLETE], id="as fast"),
        pytest.param("manual", [TEXT, FIRST, COMPLETE], id="by hand"),
        pytest.param("0.5x", [60, 210, 360], id="half as fast"),
    ],
)
def test_the_pace_scales_the_plan(pace: str, moments: list[float]) -> None:
    assert [each.after for each in plan(task(pace=pace))] == moments


@settings(max_examples=80, deadline=None)
@given(scenarios, paces)
def test_a_plan_is_in_due_order(scenario: str, pace: str) -> None:
    accepted = task(scenario=scenario, pace=pace)
    planned = plan(accepted)
    assert [each.after for each in planned] == sorted(each.after for each in planned)
    assert sorted(str(each.step) for each in planned) == sorted(map(str, accepted.scenario.steps()))


@settings(max_examples=80, deadline=None)
@given(scenarios, st.integers(0, 200))
def test_progress_is_the_last_stage_reached(scenario: str, elapsed: int) -> None:
    accepted = task(scenario=scenario)
    state = progress(accepted, CREATED + elapsed)
    stages = [stage for stage in accepted.scenario.reached() if AT[stage] <= elapsed]
    assert state.stage == (stages[-1] if stages else None)
    failure = accepted.scenario.fails
    assert state.failure == (failure if failure and elapsed >= AT[failure.instead_of] else None)


@settings(max_examples=80, deadline=None)
@given(scenarios, st.sampled_from(["time", "realtime", "manual"]))
def test_a_due_callback_agrees_with_progress(scenario: str, pace: str) -> None:
    accepted = task(scenario=scenario, pace=pace)
    for each in plan(accepted):
        state = progress(accepted, CREATED + each.after)
        if state.failure is None or state.failure.instead_of != each.step.stage:
            assert state.stage is not None
            assert STAGES.index(state.stage) >= STAGES.index(each.step.stage)


@settings(max_examples=80, deadline=None)
@given(st.decimals("0.01", 1000, places=2))
def test_a_due_callback_is_never_early(factor: Decimal) -> None:
    accepted = task(pace=f"{factor}x")
    seen = [progress(accepted, CREATED + each.after).stage for each in plan(accepted)]
    assert seen == list(STAGES)


@pytest.mark.parametrize(("stage", "after"), AT.items())
def test_a_stage_is_reached_in_time(stage: str, after: float) -> None:
    assert reached_at(task(), stage) == CREATED + after
    assert reached_at(task(pace="time"), stage) == CREATED + after / 60
