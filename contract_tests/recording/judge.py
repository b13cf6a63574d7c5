"""The verdicts on one course of a recording: what the harness says of traffic that it did not send. Pure."""

from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final
from urllib.parse import parse_qs, urlsplit

from contract_tests.documents.any_json import parsed
from contract_tests.documents.published import Published
from contract_tests.probes.request import STAGES, Expected, Probe
from contract_tests.receiver.receiver import Arrival
from contract_tests.recording.message import CALLBACK, REQUEST, Message
from contract_tests.recording.probes import Known, probe_of, replied
from contract_tests.recording.survey import is_course
from contract_tests.recording.traffic import Traffic
from contract_tests.target.exchange import Exchange
from contract_tests.verdicts.agreement import other_key_findings, shown_findings
from contract_tests.verdicts.answers import answer_findings, fresh_findings
from contract_tests.verdicts.callbacks import callback_findings, failed_with, left_open
from contract_tests.verdicts.course import Course, Finding, Poll, stage_of, task_of
from contract_tests.verdicts.results import Result, judged, not_tried, otherwise
from contract_tests.verdicts.unasked import silence_findings, stray_findings

UNREAD: Final = "the body of its answer is not recorded"
LAST_RETRY: Final = 1600.0
"""Seconds after which no retry of a callback comes any more, as the family documents them."""
OF_THE_RECORD: Final = ("polling.", "failure.polling", "failure.status")
"""What rules begin with that need a poll after the last callback."""
ON_THE_WAY: Final = ("polling.step", "polling.forward")
"""Of these, those that polls on the way tell of."""
MISSING: Final = ("callback.complete", "delivery.retry", "failure.callback")
"""Rules that are broken by what does not come, which may still come."""


def request_results(
    traffic: Traffic, message: Message, source: Known, first: Mapping[str, int] = MappingProxyType({})
) -> Iterator[Result]:
    """The verdicts on one extend request, its callbacks and polls, without what tracks have in common with those of
    another task. `first` has the request that was told a task id first, by that id."""
    probe, exchange, why = judged_request(traffic, message, source)
    yield from answer_results(traffic, probe, exchange, why, earlier_task(probe, exchange, first))
    if is_course(message, exchange, traffic.published):
        yield from course_results(traffic, course_of(traffic, message, probe, exchange))
    else:
        yield from silence_results(traffic, probe, exchange)


def silence_results(traffic: Traffic, probe: Probe, exchange: Exchange) -> Iterator[Result]:
    """The verdict on callbacks after an answer that refuses."""
    for unasked in silence_findings(traffic.arrivals(exchange.number)) if exchange.code is not None else ():
        yield otherwise(unasked.rule, probe, (unasked,), exchange)


def judged_request(traffic: Traffic, message: Message, source: Known) -> tuple[Probe, Exchange, str]:
    """A request with what its answer has to be, and why nobody can say that."""
    exchange = message.exchange(traffic.target)
    probe, why = probe_of(message, exchange, traffic.published, source)
    if "body" in message.left_out:
        why = f"{UNREAD}: {message.left_out['body']}"
    return replace(probe, replies=replied(traffic.arrivals(message.number))), exchange, why


def earlier_task(probe: Probe, exchange: Exchange, first: Mapping[str, int]) -> Mapping[str, Probe]:
    """The request that was told the same task id before, by that id."""
    task = exchange.task_id
    before = first.get(task, exchange.number) if task is not None else exchange.number
    if task is None or before >= exchange.number:
        return {}
    return {task: replace(probe, says=f"request {before} of the recording")}


def answer_results(
    traffic: Traffic, probe: Probe, exchange: Exchange, why: str, earlier: Mapping[str, Probe]
) -> Iterator[Result]:
    """The verdicts on one answer; where its code tells nothing of the request, on its form alone."""
    if why.startswith(UNREAD):
        yield not_tried(probe.rule, why, probe)
        return
    published = traffic.published
    judging = replace(probe, expected=Expected(codes=frozenset({200, *published.codes}))) if why else probe
    findings = [*answer_findings(judging, exchange, published)]
    findings += fresh_findings(probe, exchange, earlier)
    if exchange.shows_key and exchange.code != published.terms.unauthorized:
        findings += shown_findings(["an answer"])
    if findings or not why:
        yield from judged(probe, exchange, findings)
    else:
        yield not_tried(probe.rule, why, probe)


def course_of(traffic: Traffic, message: Message, probe: Probe, exchange: Exchange) -> Course:
    """What came for an accepted request."""
    arrivals, polls = traffic.arrivals(message.number), traffic.polls(message.number)
    return Course(
        probe=probe,
        exchange=exchange,
        url=f"{message.number}",
        arrivals=arrivals,
        record=polls[-1].record if polls else None,
        polls=[*_polls(polls, arrivals)],
    )


def _polls(polls: Sequence[Exchange], arrivals: Sequence[Arrival]) -> Iterator[Poll]:
    """Each with the callback of the latest stage that had come when it was sent."""
    latest: list[tuple[int, Arrival | None]] = [(-1, None)]
    for arrival in arrivals:
        stage = stage_of(parsed(arrival.body))
        place = STAGES.index(stage) if stage in STAGES else -1
        latest.append((place, arrival) if place > latest[-1][0] else latest[-1])
    came = [each.at for each in arrivals]
    for poll in polls:
        yield Poll(exchange=poll, arrival=latest[bisect_left(came, poll.started)][1])


def course_results(traffic: Traffic, course: Course) -> Iterator[Result]:
    """The verdicts on the callbacks of a course, and on its polls, as far as it has come."""
    published = traffic.published
    unread = (each.left_out["sent"] for each in traffic.course(course.exchange.number) if _is_unread_callback(each))
    if why := next(unread, ""):
        yield not_tried("callbacks", f"a callback is not recorded as a whole: {why}", course.probe)
        return
    if not course.arrivals and not course.polls:
        yield not_tried("callbacks", "the recording has neither a callback nor a poll of the task", course.probe)
        return
    finished = _is_finished(course, published)
    over = traffic.ends - course.exchange.answered > LAST_RETRY
    whole = [*callback_findings(course, published)]
    findings = [each for each in whole if not _is_of_the_record(each) and (over or each.rule not in MISSING)]
    findings += record_findings(course, published, whole)
    findings += shown_findings(_shown(traffic.course(course.exchange.number)))
    why = left_open(course, published) or ("" if finished else "the recording ends before the task does")
    if findings or not why:
        yield from judged(course.probe, course.exchange, findings, "callbacks" if finished else "callback.schema")
    else:
        yield not_tried("callbacks", why, course.probe)


def _is_unread_callback(message: Message) -> bool:
    return message.kind == CALLBACK and "sent" in message.left_out


def _shown(messages: Iterable[Message]) -> Iterator[str]:
    """Where the server showed a key to a receiver or in a record, in words."""
    for each in messages:
        if each.shows_key and each.kind == CALLBACK:
            yield "a callback"
        elif each.shows_key and each.method != "POST":
            yield "a record"


def record_findings(course: Course, published: Published, whole: Sequence[Finding]) -> Iterator[Finding]:
    """What is wrong with the records of a task that were asked for after its last callback, as far as that had come: a
    record may have come to its end a moment before, when that callback is on its way. `whole` is what is wrong with
    all callbacks and the last record."""
    told = set[tuple[int, bytes]]()
    for poll in course.polls:
        asked = poll.exchange.started
        arrivals = [each for each in course.arrivals if each.at < asked]
        then = replace(course, arrivals=arrivals, polls=[poll], record=poll.exchange.record)
        over = asked - course.exchange.answered > LAST_RETRY
        late = bool(arrivals) and asked > arrivals[-1].at + course.probe.disturbs * LAST_RETRY
        if (len(arrivals), poll.exchange.body) in told or not late or not (over or _is_finished(then, published)):
            continue
        told.add((len(arrivals), poll.exchange.body))
        is_last = poll is course.polls[-1] and len(arrivals) == len(course.arrivals)
        yield from filter(_is_of_the_record, whole if is_last else callback_findings(then, published))


def _is_finished(course: Course, published: Published) -> bool:
    return course.at("complete") is not None or failed_with(course, published) is not None


def _is_of_the_record(each: Finding) -> bool:
    return each.rule.startswith(OF_THE_RECORD) and not each.rule.startswith(ON_THE_WAY)


def poll_results(traffic: Traffic, message: Message) -> Iterator[Result]:
    """The verdict on a poll without a key."""
    asked = message.kind == REQUEST and message.path.partition("?")[0] == traffic.published.terms.record_info
    names = {name.lower() for name, _ in message.headers}
    if asked and message.status and "authorization" not in names:
        yield from _poll(message, message.exchange(traffic.target))


def _poll(message: Message, exchange: Exchange) -> Iterator[Result]:
    if parse_qs(urlsplit(message.path).query).get("taskId"):
        says = f"request {message.number} of the recording has no Authorization"
        rule = "polling.auth.missing"
        probe = Probe(id=f"{rule}: {says}", rule=rule, says=says, expected=Expected(codes=frozenset({401})), body=b"")
        yield from judged(probe, exchange, other_key_findings(rule, says, exchange))


def is_stray(message: Message, first: Container[str]) -> bool:
    """Whether a callback came to an address of no course, and names a task that was asked for with another."""
    return message.kind == CALLBACK and not message.course and task_of(parsed(message.sent)) in first


def stray_results(strays: Sequence[Arrival]) -> Iterator[Result]:
    """The verdict on callbacks that came to an address of no course."""
    for each in stray_findings(strays):
        yield otherwise(each.rule, None, (each,), None)
