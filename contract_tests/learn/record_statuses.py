"""Statuses of records that the documents do not name, as `stages.STAGE.status` and `pending` of a profile. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from contract_tests.documents.published import Published
from contract_tests.documents.terms import DOCUMENTED
from contract_tests.learn.constant import TWICE
from contract_tests.learn.evidence import Found, Left, Line, dotted, lines_of, name, times
from contract_tests.learn.tasks import first_callbacks
from contract_tests.probes.request import STAGES
from contract_tests.reports.report import Asked
from contract_tests.target.exchange import Exchange

PENDING: Final = "pending"
Path = tuple[str | int, ...]
PLACES: Final[Mapping[str, Path]] = {PENDING: (PENDING,), **{stage: ("stages", stage, "status") for stage in STAGES}}
"""By the last stage that was told before a poll: where a profile says the status."""


def record_statuses(asked: Sequence[Asked], published: Published) -> Iterator[Found]:
    """The status that polls of tasks that completed told between a stage and the next, where it is none of the
    document's: those may be told late. It has to be the same in two tasks, and no other stage's. What the profile says
    of its own stays open where no poll told it."""
    seen = _seen(asked)
    told = [*_told(seen, {*published.terms.statuses, published.terms.lost})]
    known = {name(each) for each in told}
    for stage, ours, usual in zip(PLACES, published.terms.statuses, DOCUMENTED.statuses, strict=True):
        place, came = dotted(PLACES[stage]), ", ".join(sorted(seen.get(stage, ())))
        if ours not in (usual, *seen.get(stage, ())) and place not in known:
            yield Left(place, f"polls told {came}" if came else "no poll told it")
    values = [each.value for each in told if isinstance(each, Line)]
    if values and PENDING not in seen and published.terms.statuses[0] == DOCUMENTED.statuses[0]:
        yield Left(PENDING, "no poll came before a stage was told")
    for each in told:
        if isinstance(each, Line) and values.count(each.value) > 1:
            yield Left(name(each), f"seen: {each.value}, as of another stage")
        else:
            yield each


def polled(asked: Sequence[Asked]) -> set[str]:
    """The stages, and PENDING, at which polls told a status."""
    return {*_seen(asked)}


def stages_of_statuses(found: Iterable[Found], published: Published) -> Mapping[str, str]:
    """By status of a record: its stage, with what was found."""
    own = {each.path: str(each.value) for each in lines_of(found)}
    usual = {stage: str(published.family["stages"][stage]["status"]) for stage in STAGES}
    return {own.get(PLACES[stage], usual[stage]): stage for stage in STAGES}


def _told(seen: Mapping[str, Mapping[str, list[Exchange]]], documented: set[str]) -> Iterator[Found]:
    for stage, by_status in seen.items():
        others = {*by_status} - documented
        polls = [poll for each in by_status.values() for poll in each]
        if len(by_status) > 1 and others:
            told = ", ".join(sorted(by_status))
            yield Left(dotted(PLACES[stage]), f"polls told {told}, and a record may be behind its callbacks")
        elif others and len({poll.url for poll in polls}) < TWICE:
            yield Left(dotted(PLACES[stage]), f"seen in one task alone: {', '.join(others)}")
        elif others:
            yield Line(PLACES[stage], others.pop(), times(polls))


def _seen(asked: Sequence[Asked]) -> Mapping[str, Mapping[str, list[Exchange]]]:
    """By the last stage that was told before a poll, and by status: the polls of tasks that completed."""
    at: dict[int, dict[str, float]] = defaultdict(dict)
    for exchange, arrival, body in first_callbacks(asked):
        if body["code"] == 200:
            at[exchange.number][str(body["data"].get("callbackType"))] = arrival.at
    found: dict[str, dict[str, list[Exchange]]] = defaultdict(lambda: defaultdict(list))
    for each in asked:
        arrived = at[each.exchange.number]
        for poll in each.polls if STAGES[-1] in arrived else ():
            stage = _last({**arrived, PENDING: each.exchange.answered}, poll)
            if stage and isinstance(poll.record, dict) and isinstance(status := poll.record.get("status"), str):
                found[stage][status].append(poll)
    return found


def _last(arrived: Mapping[str, float], poll: Exchange) -> str:
    """The last stage that was told before a poll; none where one came meanwhile, or nobody knows when it was."""
    before = [stage for stage, seconds in arrived.items() if seconds <= poll.started]
    meanwhile = any(poll.started < seconds <= poll.answered for seconds in arrived.values())
    return "" if meanwhile or not {*before} <= {*PLACES} else max(before, key=[*PLACES].index, default="")
