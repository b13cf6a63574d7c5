"""In which order a server checks a request, found by requests that break several rules."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from contract_tests.learn.evidence import Left, Line
from contract_tests.learn.order import OF_STATE, at_once, order
from contract_tests.probes.plan import Plan
from contract_tests.probes.request import Probe
from contract_tests.probes.search import KNOWN
from contract_tests.probes.told_first import BETWEEN, ORDER, ToldFirst, distinct
from contract_tests.reports.report import Asked
from contract_tests.run.ordering import Ordering
from contract_tests.target.exchange import Exchange
from tests.courses import PROBES, PUBLISHED, TRACKS, exchange

PLAN = Plan(published=PUBLISHED, tracks=TRACKS)
REFUSED = [(probe, exchange({"code": 422, "msg": probe.rule}, probe)) for probe in PROBES if not probe.cost]
FAULTS = ToldFirst(PUBLISHED, TRACKS).faults((probe, 422, probe.rule) for probe, _ in REFUSED)
RULES = [each.rule for each in FAULTS]
MOST = 4 * len(RULES)


def asked(rules: Sequence[str], tasks: int = 0) -> list[Asked]:
    """What a server is asked that tells of several broken rules the first of these, and what was refused before."""
    came = [Asked(probe=probe.id, exchange=answer) for probe, answer in REFUSED]

    def ask(probe: Probe) -> Exchange:
        broken = probe.id.removeprefix(ORDER).split(BETWEEN)
        code, told = (200, "success") if tasks else (422, min(broken, key=rules.index))
        data = {"taskId": "a-task"} if tasks else None
        answer = exchange({"code": code, "msg": told, "data": data}, probe, number=len(came) + 1)
        came.append(Asked(probe=probe.id, exchange=answer))
        return answer

    Ordering(PLAN, ask).find(REFUSED)
    return came


def test_an_empty_track_is_no_fault_since_it_may_be_told_as_a_missing_one() -> None:
    empty = [probe for probe, _ in REFUSED if probe.rule == KNOWN and b'"audioId": ""' in probe.body]
    assert empty
    assert ToldFirst(PUBLISHED, TRACKS).faults((probe, 422, "no audioId") for probe in empty) == []
    assert KNOWN in RULES


def requests(came: Sequence[Asked]) -> list[str]:
    return [each.probe for each in came if each.probe.startswith(ORDER)]


@given(st.integers(0, 10**6))
def test_any_order_is_found_as_far_as_rules_come_together(seed: int) -> None:
    rules = Random(seed).sample(RULES, len(RULES))
    came = asked(rules)
    assert len(requests(came)) < len(RULES) ** 2 / 2
    found = [each for each in order(came, PUBLISHED) if isinstance(each, Line)]
    learned = [*found[0].value] if found else []
    rest = [rule for rule in documented() if rule not in learned]
    places = {rule: place for place, rule in enumerate([*learned, *rest])}
    for one in FAULTS:
        for two in FAULTS:
            if (
                one.goes_with(two)
                and {one.rule, two.rule} <= places.keys()
                and rules.index(one.rule) < rules.index(two.rule)
            ):
                assert places[one.rule] < places[two.rule], (one.rule, two.rule)


def documented() -> list[str]:
    limits = [each.rule for each in PUBLISHED.limits]
    rules = [each.id for each in PUBLISHED.rules]
    first_of_prose = rules.index("extend.prompt.custom")
    every = dict.fromkeys([*rules[:first_of_prose], *limits, *rules[first_of_prose:]])
    return [rule for rule in every if rule in RULES and rule not in OF_STATE]


def test_a_server_in_the_documents_order_has_no_line() -> None:
    came = asked([*documented(), *OF_STATE, *(rule for rule in RULES if rule not in documented())])
    assert not [each for each in order(came, PUBLISHED) if isinstance(each, Line)]


def test_one_rule_that_moved_is_the_only_one_of_the_line() -> None:
    rules = documented()
    last = rules[-1]
    came = asked([last, *rules[:-1], *OF_STATE, *(rule for rule in RULES if rule not in rules)])
    (line,) = [each for each in order(came, PUBLISHED) if isinstance(each, Line)]
    assert line.value == [last]


def test_every_request_is_made_of_faults_that_were_refused_alone_and_go_together() -> None:
    alone = {each.rule: each for each in FAULTS}
    for probe in requests(asked(RULES)):
        faults = [alone[rule] for rule in probe.removeprefix(ORDER).split(BETWEEN)]
        assert all(one.goes_with(two) for one in faults for two in faults if one is not two)


def test_a_task_ends_it() -> None:
    assert len(requests(asked(RULES, tasks=1))) == 1


def test_a_server_with_one_text_for_all_is_asked_once() -> None:
    same = [(probe, exchange({"code": 422, "msg": "no"}, probe)) for probe, _ in REFUSED]
    sent: list[Probe] = []

    def ask(probe: Probe) -> Exchange:
        sent.append(probe)
        return exchange({"code": 422, "msg": "no"}, probe)

    Ordering(PLAN, ask).find(same)
    assert len(sent) == 1
    assert len(distinct(ToldFirst(PUBLISHED, TRACKS).faults((probe, 422, "no") for probe, _ in same))) == 1


def test_what_is_told_in_two_ways_is_no_line() -> None:
    one, two = documented()[5:7]
    came = asked(RULES)
    both = [
        Asked(probe=f"{ORDER}{one}{BETWEEN}{two}", exchange=exchange({"code": 422, "msg": msg}, number=number))
        for number, msg in enumerate((one, two), len(came) + 1)
    ]
    assert Left("order", "seen in two ways: of some rules each is told before the other") in [
        *order([*came, *both], PUBLISHED)
    ]
    assert len(at_once(both)) == 2


def test_an_order_that_the_profile_has_is_no_line() -> None:
    rules = [*reversed(documented()), *OF_STATE]
    came = asked([*rules, *(rule for rule in RULES if rule not in rules)])
    (line,) = [each for each in order(came, PUBLISHED) if isinstance(each, Line)]
    with_order = replace(PUBLISHED, family={**PUBLISHED.family, "order": line.value})
    assert not [each for each in order(came, with_order) if isinstance(each, Line)]
