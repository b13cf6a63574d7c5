"""One run against one target: sends the probes, waits for callbacks, polls, and judges all that came."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import partial
from itertools import groupby
from typing import Final

from contract_tests.documents.oracle import Oracle
from contract_tests.probes.plan import Plan
from contract_tests.probes.request import UNKNOWN_TASK, Probe
from contract_tests.receiver.receiver import Arrival, Receiver
from contract_tests.target.credits import Credits
from contract_tests.target.exchange import Exchange
from contract_tests.target.side_by_side import side_by_side
from contract_tests.target.target import NotSent, Target
from contract_tests.verdicts.agreement import other_key_findings, shown_findings, shown_places, unique_findings
from contract_tests.verdicts.answers import answer_findings, fresh_findings, undecided
from contract_tests.verdicts.callbacks import callback_findings, left_open
from contract_tests.verdicts.course import Course, Poll, parsed, task_of
from contract_tests.verdicts.polling import failed_record_findings, record_findings, step_findings
from contract_tests.verdicts.readings import NEITHER, answered_questions, looked, observed
from contract_tests.verdicts.results import Result, judged, not_tried, otherwise, seen, two_ways
from contract_tests.verdicts.tracks import mixed_findings
from contract_tests.verdicts.unasked import silence_findings, size_findings, stray_findings

QUIET: Final = 0.2
"""Seconds without a callback after which no more are expected."""
NOISE: Final = 10.0
"""Seconds after which callbacks that do not end are waited for no more."""
WATCHED: Final = 4
"""Accepted requests whose record is polled with every callback."""
LOOKS: Final = 20
"""Callbacks to one URL with which the record is polled."""

NO_WAY: Final = "no --callback-url: the target cannot reach the receiver"

Addressed = tuple[str, Probe]
"""The URL that a probe's callbacks go to, and the probe."""


class Run:
    """Sends a plan's probes and judges what comes. `told` hears every result as it is known."""

    def __init__(
        self, plan: Plan, target: Target, receiver: Receiver, told: Callable[[Result], object] = lambda result: None
    ) -> None:
        self._plan = plan
        self._target = target
        self._receiver = receiver
        self._told = told
        self._oracle = Oracle(plan.published.document)
        self._callback_oracle = Oracle(plan.published.callback_document)
        self._refused: dict[str, tuple[Probe, Exchange]] = {}
        self._accepted: dict[str, tuple[Probe, Exchange]] = {}
        self._tasks: dict[str, Probe] = {}
        self._polls: dict[str, list[Poll]] = {}
        self._begun = time.monotonic()

    def results(self) -> list[Result]:
        """All results, in the order in which they become known."""
        found: list[Result] = []
        for result in self._every_result():
            found.append(result.cited(self._plan.published.registry).masked(self._target.masked))
            self._told(found[-1])
        return found

    def _every_result(self) -> Iterator[Result]:
        for group in self._groups():
            for (url, probe), came in zip(group, self._send_group(group), strict=True):
                yield from self._judge_answer(probe, url, came)
        for code in self._plan.not_provoked():
            yield not_tried(code, "no --trigger says how the target is brought to it")
        if self._plan.listens:
            self._settle()
        else:
            yield not_tried("delivery.retry", NO_WAY)
        yield from self._judge_silence()
        courses = [course for url in self._accepted if (course := self._poll_course(url)) is not None]
        for course in courses:
            for result in self._judge_course(course):
                yield replace(result, timeline=course.timeline())
        for course, findings in mixed_findings(courses):
            yield from judged(course.probe, course.exchange, findings, rule="callback.mixed")
        for course, findings in unique_findings(courses):
            yield from judged(course.probe, course.exchange, findings)
        yield from self._judge_strays()
        yield from self._judge_keys(courses)
        yield from self._read_questions(courses)

    def _groups(self) -> Iterator[list[Addressed]]:
        """Lists of probes that are sent at the same time, each with its URL. Most lists have one probe."""
        watched = 0
        addressed: list[Addressed] = []
        for number, probe in enumerate(self._plan.probes()):
            watches = self._plan.listens and _goes_well(probe) and watched < WATCHED
            watched += watches
            look = self._poll_during_callback if watches else None
            addressed.append((self._receiver.url(f"{number}", probe.replies, look, probe.more), probe))
        for _, group in groupby(enumerate(addressed), key=lambda each: each[1][1].group or each[0]):
            yield [each for _, each in group]

    def _send_group(self, group: Sequence[Addressed]) -> list[Exchange | str]:
        """The answers to probes that are sent at the same time. For a probe that was not tried: why not."""
        if len(group) == 1:
            return [self._send(*group[0])]
        return side_by_side([partial(self._send, *each) for each in group])

    def _send(self, url: str, probe: Probe) -> Exchange | str:
        if probe.key == "bad" and not self._plan.bad_key:
            return "no --bad-key: only a key that the target must refuse tells"
        try:
            exchange = self._target.send(probe, url)
        except NotSent as reason:
            return str(reason)
        return undecided(probe, exchange) or exchange

    def _judge_answer(self, probe: Probe, url: str, came: Exchange | str) -> Iterator[Result]:
        self._receiver.release(url)
        if isinstance(came, str):
            yield not_tried(probe.rule, came, probe)
            return
        findings = list(answer_findings(probe, came, self._plan.published, self._oracle))
        findings += fresh_findings(probe, came, self._tasks)
        if came.shows_key and probe.key == "own" and came.code != 401:
            findings += shown_findings(["an answer"])
        yield from judged(probe, came, findings)
        if came.task_id is not None:
            self._tasks.setdefault(came.task_id, probe)
        (self._accepted if came.code == 200 else self._refused)[url] = (probe, came)

    def _poll_during_callback(self, url: str, arrival: Arrival) -> None:
        """Polls the task of a callback while the callback waits for its answer."""
        task_id = task_of(parsed(arrival.body))
        polls = self._polls.setdefault(url, [])
        if task_id is not None and len(polls) < LOOKS:
            polls.append(Poll(exchange=self._target.look(task_id), arrival=arrival))

    def _settle(self) -> None:
        """Waits for the callbacks that are owed, and then until no more come."""
        owing = {
            url: probe.owed
            for url, (probe, exchange) in self._accepted.items()
            if _goes_well(probe) and not exchange.resumed
        }
        self._receiver.settle(owing, self._plan.callback_timeout)
        self._receiver.quiet(QUIET, min(self._plan.callback_timeout, NOISE))

    def _poll_course(self, url: str) -> Course | None:
        """The course of an accepted request; None where it should not have been accepted."""
        probe, exchange = self._accepted[url]
        if exchange.task_id is None or not probe.expected.accepted:
            return None
        listened = self._plan.listens and not exchange.resumed
        begun = self._begun if exchange.resumed else exchange.started
        left = begun + self._plan.callback_timeout - time.monotonic()
        polls = self._target.followed(exchange.task_id, 0.0 if listened else left)
        return Course(
            probe=probe,
            exchange=exchange,
            url=url,
            arrivals=[self._masked(arrival) for arrival in self._receiver.arrived(url)] if listened else [],
            record=polls[-1].record,
            polls=[*self._polls.get(url, ()), *(Poll(exchange=poll) for poll in polls)],
            heard=listened,
        )

    def _judge_course(self, course: Course) -> Iterator[Result]:
        """The verdicts on the callbacks of a course and on polling, or on polling alone where no callback can come."""
        published, probe, exchange = self._plan.published, course.probe, course.exchange
        if course.heard:
            found = list(callback_findings(course, published, self._callback_oracle))
            if not found and (why := left_open(course, published)):
                yield not_tried("callbacks", why, probe)
            else:
                yield from judged(probe, exchange, found, "callbacks")
            return
        findings = list(step_findings(course, published))
        findings += (
            record_findings(course, published) if not probe.fails else failed_record_findings(course, probe.fails)
        )
        if not findings and course.is_late:
            yield not_tried("polling", f"late: polling still shows {course.status}", probe)
        else:
            yield from judged(probe, exchange, findings, rule="polling")
        why = "its callbacks went to the run that this one resumes" if exchange.resumed else NO_WAY
        yield not_tried("callbacks", why, probe)

    def _judge_silence(self) -> Iterator[Result]:
        """A refusal calls nobody back."""
        for url, (probe, exchange) in self._refused.items():
            arrivals = [self._masked(arrival) for arrival in self._receiver.arrived(url)]
            for finding in silence_findings(arrivals):
                yield otherwise(finding.rule, probe, (finding,), exchange)

    def _judge_strays(self) -> Iterator[Result]:
        """Callbacks that belong to no request, or were too many to be kept."""
        for finding in (*stray_findings(self._receiver.stray), *size_findings(self._receiver.forgotten)):
            yield otherwise(finding.rule, None, (finding,), None)

    def _judge_keys(self, courses: Sequence[Course]) -> Iterator[Result]:
        """What polling shows to those who have no right to a task, and where callbacks and records show the key."""
        for course in courses:
            came = self._receiver.arrived(course.url) if course.heard else []
            if findings := list(shown_findings(shown_places(came, course.polls, self._target.shown_in))):
                yield from judged(course.probe, course.exchange, findings)
        asked = next((course.exchange.task_id for course in courses if course.exchange.task_id), None)
        for probe in self._plan.polls():
            exchange = self._target.record_as(asked or UNKNOWN_TASK, probe.key, probe.scheme)
            yield from judged(probe, exchange, other_key_findings(probe.rule, probe.says, exchange))

    def _read_questions(self, courses: Sequence[Course]) -> Iterator[Result]:
        answers = [*self._refused.values(), *self._accepted.values()]
        for probe, exchange, reading in answered_questions(answers):
            if reading == NEITHER:
                yield two_ways(probe.question, "answers that no reading gives", probe, exchange)
            else:
                yield seen(probe.question, reading, probe, exchange)
        refusals = [exchange for probe, exchange in self._refused.values() if probe.method == "POST"]
        for each in observed(refusals, courses):
            told = " and ".join(each.readings)
            yield two_ways(each.question, told) if each.contradicts else seen(each.question, told)
        if answers:
            yield from self._poll_for_readings()

    def _poll_for_readings(self) -> Iterator[Result]:
        """The readings that two more polls tell: of a task that nobody started, and of credits."""
        published = self._plan.published
        unknown, left = self._target.poll(UNKNOWN_TASK), Credits(self._target, published)()
        for each in looked(unknown, left, published.questions):
            if fnmatchcase(each.question, self._plan.only):
                yield seen(each.question, " and ".join(each.readings))

    def _masked(self, arrival: Arrival) -> Arrival:
        """An arrival with every key masked that it echoes."""
        headers = {name: self._target.masked(value) for name, value in arrival.headers.items()}
        target = self._target.masked(arrival.target)
        return replace(arrival, target=target, headers=headers, body=self._target.masked_bytes(arrival.body))


def _goes_well(probe: Probe) -> bool:
    return probe.expected.accepted and not probe.fails
