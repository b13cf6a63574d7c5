"""The order in which probes are sent, and how many rules are decided with how many tasks. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import groupby
from operator import itemgetter
from typing import Final

from contract_tests.documents.any_json import parsed
from contract_tests.probes.request import Probe

HEAD: Final = 8
"""Requests that must be refused and are sent before any task is started: a wrong track or key shows in them."""
TRIGGERED: Final = "code."
"""How the rule of a request begins that a trigger brings to a code."""
STEPS: Final = (0, 1, 5, 10, 20)
"""Numbers of tasks of which `plan` says how many rules they decide."""
BY_REFUSAL: Final = (
    *("answer.code.*", "answer.contentType", "answer.given", "answer.json", "answer.msg", "answer.status"),
    *("answer.bom", "answer.soon", "answer.stable", "answer.stable.error"),
    *("refusal.*", "polling.auth.[!o]*", "key.shown", "code.401", "code.404", "code.422"),
    *("content_type", "error_data", "refusal_status", "server_error_status", "unknown_*", "credits_number"),
)
"""Rules that the first refusal, or a poll of nobody's task, decides."""
BY_TASK: Final = (
    *("answer.schema", "answer.success", "answer.taskId", "answer.waits"),
    *(
        "callback.[!mt]*",
        "callback.m[!i]*",
        "callback.task_id",
        "callback.tracks.*",
        "callback.track.[!u]*",
        "callbacks",
    ),
    *("polling", "polling.[!a]*", "create_time", "source_urls", "first_items", "text_items", "record_items"),
)
"""Rules that the first task decides."""
BY_TWO: Final = ("answer.taskId.fresh", "callback.track.unique")
BY_GROUP: Final = ("callback.mixed",)
BY_FAILURE: Final = ("failure.[!45]*", "failure_*")
BY_GIVING_UP: Final = ("delivery.attempts", "delivery.spacing")
BY_LOSING_FIRST: Final = ("after_giving_up", "callback_order")
BY_LOSING_LAST: Final = ("callback_exception",)
"""What shows where the first callback is never received, and where the last is not."""
BY_RECEIVING: Final = ("received_statuses",)
OK, REDIRECTED, BROKEN = 200, 300, 500

Unit = tuple[Probe, ...]
"""Probes that are sent at the same time; mostly one."""


def ordered(probes: Iterable[Probe], budget: int | None = None) -> list[Probe]:
    """The probes as a run sends them.

    First some that must be refused, and those that somebody asked for by a trigger; then those that start
    tasks, which take minutes, the most rules per task first; then, while these are under way, the others that must be
    refused, at the end members that are null, which many a server takes for absent. One task of the budget is left for
    the last of them, because a server may accept what it must refuse.
    """
    every = [*probes]
    given = [each for each in every if not each.cost and _is_asked_for(each)]
    free = sorted((each for each in every if not each.cost and not _is_asked_for(each)), key=_has_null)
    paid = by_worth(each for each in every if each.cost)
    early = paid if budget is None or budget > len(paid) else _within(paid, budget - 1)
    return [*free[:HEAD], *given, *early, *free[HEAD:], *paid[len(early) :]]


def _is_asked_for(probe: Probe) -> bool:
    """Whether somebody gave a trigger for it; after a failure of the server nobody knows what it cost."""
    return probe.rule.startswith(TRIGGERED) and max(probe.expected.codes) < BROKEN


def _has_null(probe: Probe) -> bool:
    body = parsed(probe.body)
    return isinstance(body, dict) and None in body.values()


def by_worth(probes: Iterable[Probe]) -> list[Probe]:
    """Those that decide most rules per task first; then each rule's second, third and so on."""
    units = _units(probes)
    chosen: list[Unit] = []
    ranked: list[tuple[int, Unit]] = []
    known: set[str] = set()
    while new := [unit for unit in units if _decides(unit) - known]:
        best = max(new, key=lambda unit: _worth(unit, known))
        known |= _decides(best)
        chosen.append(best)
        units = [unit for unit in units if unit is not best]
    times = Counter[str]()
    for unit in units:
        times[unit[0].rule] += 1
        ranked.append((times[unit[0].rule], unit))
    rest = [unit for _, unit in sorted(ranked, key=itemgetter(0))]
    return [probe for unit in (*chosen, *rest) for probe in unit]


def decided(probes: Iterable[Probe], rules: Collection[str], tasks: int | None = None) -> set[str]:
    """Those of some rules that are decided when at most so many tasks are started, on a server that conforms."""
    every = ordered(probes)
    paid = [probe for probe in every if probe.cost]
    sent = [*(probe for probe in every if not probe.cost), *(paid if tasks is None else _within(paid, tasks))]
    return {rule for rule in rules if any(fnmatchcase(rule, pattern) for pattern in _patterns(sent))}


def _patterns(sent: Sequence[Probe]) -> Iterator[str]:
    """Patterns of the rules that these probes decide together."""
    yield from _decides(sent)
    yield from BY_REFUSAL if any(not probe.cost for probe in sent) else ()
    yield from BY_TWO if sum(goes_well(probe) for probe in sent) > 1 else ()


def _decides(probes: Iterable[Probe]) -> set[str]:
    """The rules, and patterns of rules, that each of these probes decides."""
    found: set[str] = set()
    for probe in probes:
        found |= {probe.rule, probe.question, _apart(probe)} - {""}
        found |= {*(BY_TASK if goes_well(probe) else ()), *(BY_GROUP if probe.group else ())}
        found |= {*(BY_FAILURE if probe.fails else ()), *_of_delivery(probe)}
    return found


def _apart(probe: Probe) -> str:
    """Which readings of a question a probe tells from the others: two that tell different ones decide it together."""
    readings = probe.readings or {}
    return f"{probe.question}: {', '.join(name for name, accepts in readings.items() if accepts)}" if readings else ""


def _of_delivery(probe: Probe) -> Iterator[str]:
    """What shows by what the receiver does."""
    if any(OK < reply.status < REDIRECTED for reply in probe.replies):
        yield from BY_RECEIVING
    if probe.gives_up:
        yield from (*BY_GIVING_UP, *(BY_LOSING_FIRST if probe.replies[0].fails else BY_LOSING_LAST))


def goes_well(probe: Probe) -> bool:
    """Whether its task is to come to a good end."""
    return probe.expected.accepted and not probe.question and not probe.fails


def _worth(unit: Unit, known: Collection[str]) -> tuple[float, int]:
    """Rules that each of these tasks decides of those that are not known; of as many, the more questions first."""
    new = [rule for rule in _decides(unit) if rule not in known]
    return len(new) / len(unit), sum("." not in rule for rule in new)


def _units(probes: Iterable[Probe]) -> list[Unit]:
    numbered = groupby(enumerate(probes), key=lambda each: each[1].group or each[0])
    return [tuple(probe for _, probe in unit) for _, unit in numbered]


def _within(paid: Sequence[Probe], tasks: int) -> list[Probe]:
    """The first of them that start no more than so many tasks, groups as a whole."""
    found: list[Probe] = []
    for unit in _units(paid):
        if len(found) + len(unit) > max(tasks, 0):
            break
        found += unit
    return found
