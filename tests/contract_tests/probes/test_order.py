"""In which order probes are sent, and what they tell for how many tasks."""

from collections import Counter

import pytest

from contract_tests.probes.order import HEAD, by_worth, decided, ordered
from contract_tests.probes.plan import Plan
from contract_tests.probes.request import ATTEMPTS, Track
from contract_tests.probes.triggers import Trigger
from contract_tests.run.choose import SPACING
from tests.courses import PUBLISHED, TRACKS

ONE_TRACK = (Track(id="e231", model="V4", duration=198.44),)
PLAN = Plan(published=PUBLISHED, tracks=ONE_TRACK)
PROBES = [*PLAN.probes()]
PAID = [probe for probe in PROBES if probe.cost]
RULES = PUBLISHED.registry.of_servers
MINUTE = 60


@pytest.mark.parametrize(("tasks", "told"), [(0, 79), (1, 132), (5, 140), (10, 149), (20, 158), (None, 160)])
def test_so_many_tasks_decide_so_many_rules(tasks: int | None, told: int) -> None:
    assert len(decided(PROBES, RULES, tasks)) == told


def test_twenty_tasks_decide_nine_tenths() -> None:
    assert len(decided(PROBES, RULES, 20)) >= 0.9 * len(decided(PROBES, RULES))


def test_every_probe_is_sent_once() -> None:
    assert Counter(probe.id for probe in PROBES) == Counter(probe.id for probe in ordered(reversed(PROBES)))


def test_the_first_task_goes_well_and_what_tells_each_rule_and_reading_comes_before_the_second_of_any() -> None:
    assert PAID[0].rule == "extend.example"
    rules = [f"{probe.rule} {sorted(probe.readings.items())}" for probe in PAID if not probe.group]
    assert len({*rules}) == len({*rules[: len({*rules})]})


def test_what_is_sent_at_the_same_time_stays_together() -> None:
    places = [number for number, probe in enumerate(PROBES) if probe.group]
    assert places == [*range(places[0], places[0] + 3)]


@pytest.mark.parametrize("plan", [PLAN, Plan(published=PUBLISHED, tracks=TRACKS, retries=3)])
def test_all_tasks_are_started_within_a_minute(plan: Plan) -> None:
    """At the documented rate, so that a run takes no longer than its longest task and a minute."""
    probes = [*plan.probes()]
    assert not any(probe.cost for probe in probes[:HEAD])
    assert not any(probe.cost for probe in probes[int(MINUTE / SPACING) :])


@pytest.mark.parametrize("budget", [0, 1, 2, 20, len(PAID), len(PAID) + 1])
def test_a_task_of_the_budget_is_left_while_refusals_are_sent(budget: int) -> None:
    probes = ordered(PROBES, budget)
    last_free = max(number for number, probe in enumerate(probes) if not probe.cost)
    before = sum(probe.cost for probe in probes[:last_free])
    assert before == (len(PAID) if budget > len(PAID) else max(budget - 1, 0))


def test_a_plan_knows_its_budget() -> None:
    assert [*Plan(published=PUBLISHED, tracks=ONE_TRACK, budget=2).probes()] == ordered(PROBES, 2)


def test_probes_that_fail_and_that_are_not_received_decide_rules_of_their_own() -> None:
    plan = Plan(published=PUBLISHED, tracks=ONE_TRACK, retries=3)
    assert {"delivery.given_up", "delivery.attempts", "after_giving_up"} <= decided(plan.probes(), RULES)
    assert by_worth([]) == []


def test_what_shows_a_question_comes_before_what_shows_as_many_rules() -> None:
    paid = [each for each in Plan(published=PUBLISHED, tracks=TRACKS, retries=ATTEMPTS - 1).probes() if each.cost]
    example = [each.rule for each in paid].index("extend.example")
    first = [each.says.removeprefix("the receiver answers ") for each in paid[:example]]
    assert {
        "every attempt of the first callback with 500",
        "every attempt of the last callback with 500",
        "the first callback with 204",
    } <= {*first}


def test_members_that_are_null_are_asked_last_of_what_must_be_refused() -> None:
    free = [b": null" in probe.body for probe in ordered(PROBES) if not probe.cost]
    assert free == sorted(free)
    assert True in free


def test_a_trigger_that_somebody_gave_is_tried_before_a_task_is_spent_on_anything_else() -> None:
    plan = Plan(published=PUBLISHED, tracks=TRACKS, triggers=(Trigger.parse("402=header:X-Poor=yes"),), budget=1)
    probes = [*plan.probes()]
    assert probes[HEAD].rule == "code.402"
    assert not any(probe.cost for probe in probes[: HEAD + 1])
