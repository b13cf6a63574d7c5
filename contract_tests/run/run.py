"""One run against one target: sends the probes, waits for callbacks, polls, and judges all that came."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import Final

from contract_tests.documents.any_json import parsed
from contract_tests.documents.published import Published
from contract_tests.probes.order import goes_well
from contract_tests.probes.plan import Plan
from contract_tests.probes.request import UNKNOWN_TASK, Probe
from contract_tests.probes.texts import with_other_text
from contract_tests.receiver.receiver import Arrival, Receiver
from contract_tests.run import all_tasks, questions
from contract_tests.run.at_once import Told, asked_at_once
from contract_tests.run.due import LAG, NOISE, QUIET, owed_until
from contract_tests.run.operations import Operations
from contract_tests.run.ordering import search_all
from contract_tests.run.parts import in_parts
from contract_tests.run.rating import Rating
from contract_tests.run.sending import Addressed, Sender
from contract_tests.target.exchange import Exchange
from contract_tests.target.side_by_side import in_turn
from contract_tests.target.target import Target
from contract_tests.verdicts.agreement import shown_findings
from contract_tests.verdicts.answers import answer_findings, fresh_findings, is_excused, stable_finding, undecided
from contract_tests.verdicts.callbacks import callback_findings, failed_ones, left_open, polled_findings
from contract_tests.verdicts.course import Course, Poll, task_of
from contract_tests.verdicts.results import Result, judged, not_tried, otherwise

WATCHED: Final = 4
"""Accepted requests whose record is polled with every callback."""
LOOKS: Final = 20
"""Callbacks to one URL with which the record is polled."""
RESUMED: Final = "its callbacks went to the run that this one resumes"
NO_WAY: Final = "no --callback-url: the target cannot reach the receiver"


class Run:
    """Sends a plan's probes and judges what comes. `told` hears every result as it is known."""

    def __init__(
        self, plan: Plan, target: Target, receiver: Receiver, told: Callable[[Result], object] = lambda result: None
    ) -> None:
        self._plan = plan
        self._target = target
        self._terms = target.terms
        self._sender = Sender(plan, target)
        self._receiver = receiver
        self._told = told
        self._refused: dict[str, tuple[Probe, Exchange]] = {}
        self._accepted: dict[str, tuple[Probe, Exchange]] = {}
        self._tasks: dict[str, Probe] = {}
        self._polls: dict[str, list[Poll]] = {}
        self._answered: list[tuple[Probe, Exchange]] = []
        self._undecided: list[tuple[int, str]] = []
        self._again: dict[str, str] = {}
        self._at_once = Told()
        self._begun = time.monotonic()

    def results(self) -> list[Result]:
        """All results, in the order in which they become known."""
        found: list[Result] = []
        for result in self._every_result():
            found.append(result.cited(self._plan.published.registry).masked(self._target.masked))
            self._told(found[-1])
        return found

    def _every_result(self) -> Iterator[Result]:
        self._target.budget.kept = self._plan.kept
        by = self._plan, self._target, self._sender, self._receiver
        for address, asked, answer in asked_at_once(*by, self._at_once):
            yield from self._judge_answer(asked, address, answer)
        for group, answers in in_parts(self._plan, self._target, self._sender, self._groups()):
            for (url, probe), came in zip(group, answers, strict=True):
                yield from self._judge_answer(probe, url, came)
        yield from self._judge_undecided()
        for code in self._plan.not_provoked():
            yield not_tried(code, "no --trigger says how the target is brought to it")
        search_all(self._plan, partial(self._sender.harmless, self._receiver.url("search")), self._refused.values())
        if self._plan.listens:
            self._settle([*self._accepted])
        else:
            yield not_tried("delivery.retry", NO_WAY)
        yield from all_tasks.silent(self._refused, self._receiver, self._target)
        courses = self._courses([*self._accepted])
        yield from self._try_again(courses)
        for course in courses:
            for result in self._judge_course(course, self._plan.published):
                yield replace(result, timeline=course.timeline())
        yield from all_tasks.shared(courses)
        self._target.budget.kept = 0
        others = Operations(self._plan, self._sender, self._target, self._receiver, self._judge_others)
        yield from others.results(courses)
        yield from all_tasks.strays(self._receiver, self._tasks)
        yield from all_tasks.keys(self._plan, self._target, self._receiver, courses)
        accepted = [*self._accepted.values(), *self._at_once.answered]
        yield from questions.read([*self._refused.values()], accepted, courses, self._terms)
        if self._refused or self._accepted:
            yield from questions.asked(self._plan, self._target)
        if self._plan.probes_rate and (usual := self._sender.nobody):
            Rating(self._plan, partial(self._sender.harmless, self._receiver.url("rate")), usual).find()

    def _groups(self) -> Iterator[list[Addressed]]:
        """Lists of probes that are sent at the same time, each with its URL. Most lists have one probe."""
        watched, addressed = 0, list[Addressed]()
        for number, probe in enumerate(self._plan.probes(self._at_once.known, self._at_once.spent)):
            watches = self._plan.listens and goes_well(probe) and watched < WATCHED
            watched += watches
            look = self._poll_during_callback if watches else None
            addressed.append((self._receiver.url(f"{number}", probe.replies, look, probe.more), probe))
        for _, group in groupby(enumerate(addressed), key=lambda each: each[1][1].group or each[0]):
            yield [each for _, each in group]

    def _judge_answer(self, probe: Probe, url: str, came: Exchange | str) -> Iterator[Result]:
        self._receiver.release(url)
        if isinstance(came, str):
            yield not_tried(probe.rule, came, probe)
            return
        self._answered.append((probe, came))
        if undecided(probe, came, self._terms):
            self._undecided.append((len(self._answered), url))
        else:
            yield from self._judge_decided(probe, url, came)

    def _judge_undecided(self) -> Iterator[Result]:
        """Judges what may have been the target's state, now that it is known how the other requests were answered."""
        undecided_yet, self._undecided = self._undecided, []
        for number, url in undecided_yet:
            probe, came = self._answered[number - 1]
            if is_excused(probe, came, self._answered[number:], self._terms) and not self._passes_again(probe, came):
                yield not_tried(probe.rule, undecided(probe, came, self._terms), probe)
            else:
                yield from self._judge_decided(probe, url, came)

    def _passes_again(self, probe: Probe, came: Exchange) -> bool:
        """Whether the last request of its kind passes again that was refused for the key, the rate or maintenance."""
        state = self._terms.of_every_request
        tells = state & {came.code, came.status} and not is_excused(probe, came, self._answered, self._terms)
        return bool(tells) and self._target.poll(UNKNOWN_TASK).code not in (None, *state)

    def _judge_decided(self, probe: Probe, url: str, came: Exchange) -> Iterator[Result]:
        findings = list(answer_findings(probe, came, self._plan.published))
        findings += fresh_findings(probe, came, self._tasks)
        if came.shows_key and probe.key == "own" and came.code != self._terms.unauthorized:
            findings += shown_findings(["an answer"])
        if (first := self._sender.first_answers.get(url)) is not None:
            yield otherwise((unstable := stable_finding(first, came)).rule, probe, (unstable,), first)
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

    def _settle(self, urls: Iterable[str]) -> None:
        """Waits for the callbacks that are owed to some accepted requests, and then until no more come."""
        failures = self._plan.published.failing_callbacks
        owing = {
            url: partial(owed_until, probe, failures)
            for url, (probe, exchange) in ((url, self._accepted[url]) for url in urls)
            if probe.expected.accepted and not exchange.resumed
        }
        self._receiver.until(owing, self._plan.callback_timeout)
        self._receiver.quiet(QUIET, min(self._plan.callback_timeout, NOISE))

    def _courses(self, urls: Iterable[str]) -> list[Course]:
        """What came for accepted requests; as many are polled at the same time as requests may be under way."""
        jobs = (partial(self._poll_course, url) for url in urls)
        return [course for course in in_turn(jobs, self._target.overlap) if course is not None]

    def _try_again(self, courses: list[Course]) -> Iterator[Result]:
        """Sends requests again, with other text, whose task failed at the target, and adds the courses of these."""
        sent: list[str] = []
        for number, (course, why_not) in enumerate(failed_ones(courses, self._plan.published)):
            again = with_other_text(course.probe)
            url = self._receiver.url(f"again-{number}", again.replies, None, again.more)
            (came,) = self._sender.sent([(url, again)]) if not why_not else (why_not,)
            self._again[course.url] = f"; not tried again: {came}" if isinstance(came, str) else ""
            if not isinstance(came, str):
                yield from self._judge_answer(again, url, came)
                sent.append(url)
        yield from self._judge_undecided()
        accepted = [url for url in sent if url in self._accepted]
        if accepted and self._plan.listens:
            self._settle(accepted)
        courses += self._courses(accepted)

    def _poll_course(self, url: str) -> Course | None:
        """The course of an accepted request; None where it should not have been accepted."""
        probe, exchange = self._accepted[url]
        if exchange.task_id is None or not probe.expected.accepted:
            return None
        listened = self._plan.listens and not exchange.resumed
        polls = self._followed(exchange, self._receiver.arrived(url) if listened else None)
        arrivals = self._receiver.arrived(url) if listened else []
        return Course(
            probe=probe,
            exchange=exchange,
            url=url,
            arrivals=[self._target.masked_arrival(arrival) for arrival in arrivals],
            record=polls[-1].record,
            polls=[*self._polls.get(url, ()), *(Poll(exchange=poll) for poll in polls)],
            heard=listened,
            statuses=self._terms.statuses,
            lost=self._terms.lost,
        )

    def _followed(self, exchange: Exchange, arrivals: Sequence[Arrival] | None) -> list[Exchange]:
        """The polls of a task until it has ended. Polling may be behind the callbacks by LAG seconds."""
        if arrivals is None:
            begun = self._begun if exchange.resumed else exchange.started
            return self._target.followed(exchange.task_id or "", begun + self._plan.callback_timeout - time.monotonic())
        left = arrivals[-1].at + LAG - time.monotonic() if arrivals else 0.0
        return self._target.followed(exchange.task_id or "", left, every=LAG / 8)

    def _judge_course(self, course: Course, published: Published) -> Iterator[Result]:
        """The verdicts on the callbacks of a course and on polling, or on polling alone where no callback can come."""
        probe, exchange = course.probe, course.exchange
        if course.heard:
            rule, found = "callbacks", [*callback_findings(course, published)]
        else:
            rule, found = "polling", [*polled_findings(course, published)]
        why, again = left_open(course, published), self._again.get(course.url)
        if found or not why:
            yield from judged(probe, exchange, found, rule)
        elif again != "":
            yield not_tried(rule, why + (again or ""), probe)
        if not course.heard:
            yield not_tried("callbacks", RESUMED if exchange.resumed else NO_WAY, probe)

    def _judge_others(
        self, accepted: Mapping[str, tuple[Probe, Exchange]], tracks: Mapping[str, int]
    ) -> Iterator[Result]:
        """The verdicts on what came for accepted requests of other operations that make so many tracks."""
        self._accepted.update(accepted)
        if self._plan.listens:
            self._settle(accepted)
        for course in self._courses(accepted):
            for result in self._judge_course(course, self._plan.published.making(tracks[course.url])):
                yield replace(result, timeline=course.timeline())
