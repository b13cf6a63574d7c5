"""Tries the operations beside extend, once the tasks of extend have ended, and judges all that comes."""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from contract_tests.documents.operation import Operation
from contract_tests.probes.operations import AUDIO, TASK
from contract_tests.probes.order import goes_well
from contract_tests.probes.plan import Plan
from contract_tests.probes.request import Probe
from contract_tests.receiver.receiver import Receiver
from contract_tests.run import all_tasks
from contract_tests.run.due import LAG, NOISE, QUIET, first_came
from contract_tests.run.sending import Sender
from contract_tests.target.exchange import Exchange
from contract_tests.target.target import Target
from contract_tests.verdicts.answers import is_excused, undecided
from contract_tests.verdicts.course import Course
from contract_tests.verdicts.operations import (
    Outcome,
    callback_findings,
    left_open,
    record_findings,
    reply_findings,
)
from contract_tests.verdicts.polling import recorded_tracks
from contract_tests.verdicts.results import Result, judged, not_tried

NO_TRACK: Final = "it is about a track of a task that has ended, and this run has none"
NO_UPLOAD: Final = "no --upload-url: the target has to load a file"
NOT_HEARD: Final = "its callbacks could not come to this run's receiver"
Source = tuple[str, str]
"""A task that has ended, and a track of it."""
Sent = tuple[Operation, str, Probe, Exchange]
"""What was sent, the URL that its callbacks go to, and its answer."""
Music = Callable[[Mapping[str, tuple[Probe, Exchange]], Mapping[str, int]], Iterator[Result]]
"""Judges what comes for accepted requests whose tasks make music, by the URLs that their callbacks go to, each of
which the second has with how many tracks it makes."""


class Operations:
    """Sends the probes of the chosen operations and judges what comes. `music` judges tasks as those of extend are."""

    def __init__(self, plan: Plan, sender: Sender, target: Target, receiver: Receiver, music: Music) -> None:
        self._plan = plan
        self._sender = sender
        self._target = target
        self._receiver = receiver
        self._music = music
        self._sent: list[Sent] = []

    def results(self, courses: Sequence[Course]) -> Iterator[Result]:
        """All results; `courses` are those of extend."""
        source = finished(courses)
        chosen = [*self._plan.of_operations()]
        for operation, first, _ in chosen:
            yield from self._ask(operation, first, source)
        begun = [each for each in self._sent if each[3].code == 200 and goes_well(each[2])]
        yield from self._judge_answers(self._sent)
        tasks = [each for each in begun if each[0].kind == "task" and each[3].task_id is not None]
        own = [each for each in tasks if not each[0].makes_tracks]
        self._wait(own)
        for operation, url, probe, exchange in own:
            yield from self._judge_task(operation, url, probe, exchange)
        music = [each for each in tasks if each[0].makes_tracks]
        yield from self._music(
            {url: (probe, exchange) for _, url, probe, exchange in music}, {url: it.tracks for it, url, _, _ in music}
        )
        known = len(self._sent)
        for operation, _, then in chosen:
            went = any(each[0] is operation for each in begun)
            yield from self._ask(operation, then, source if went else None)
        yield from self._judge_answers(self._sent[known:])
        refused = {url: (probe, exchange) for _, url, probe, exchange in self._sent if exchange.code != 200}
        yield from all_tasks.silent(refused, self._receiver, self._target)

    def _ask(self, operation: Operation, probes: Sequence[Probe], source: Source | None) -> Iterator[Result]:
        """Sends probes. What is not sent has a result, what is sent is kept."""
        for number, each in enumerate(probes):
            if why := self._lacking(operation, each, source):
                yield not_tried(each.rule, why, each)
                continue
            probe = about(each, source)
            url = self._receiver.url(f"{operation.name}-{len(self._sent)}-{number}")
            (came,) = self._sender.sent([(url, probe)])
            self._receiver.release(url)
            if isinstance(came, str):
                yield not_tried(probe.rule, came, probe)
            else:
                self._sent.append((operation, url, probe, came))

    def _lacking(self, operation: Operation, probe: Probe, source: Source | None) -> str:
        """What a request needs that is not there; empty where it can be sent."""
        if operation.takes_track and source is None:
            return NO_TRACK
        return NO_UPLOAD if self._plan.lacks_upload(operation, probe) else ""

    def _judge_answers(self, sent: Sequence[Sent]) -> Iterator[Result]:
        terms = self._plan.published.terms
        for operation, url, probe, exchange in sent:
            others = [(each[2], each[3]) for each in self._sent if each[1] != url]
            why = undecided(probe, exchange, terms)
            if why and is_excused(probe, exchange, others, terms):
                yield not_tried(probe.rule, why, probe)
            else:
                yield from judged(probe, exchange, reply_findings(probe, exchange, operation, terms))

    def _wait(self, begun: Sequence[Sent]) -> None:
        """Until each task has called back, and then until no more comes."""
        if self._plan.listens:
            owing = {url: first_came for _, url, _, came in begun if not came.resumed}
            self._receiver.until(owing, self._plan.callback_timeout)
            self._receiver.quiet(QUIET, min(self._plan.callback_timeout, NOISE))

    def _judge_task(self, operation: Operation, url: str, probe: Probe, exchange: Exchange) -> Iterator[Result]:
        heard = self._plan.listens and not exchange.resumed
        arrivals = self._receiver.arrived(url) if heard else []
        outcome = Outcome(
            operation=operation,
            exchange=exchange,
            arrivals=[self._target.masked_arrival(arrival) for arrival in arrivals],
            record=self._record(operation, exchange, came=bool(arrivals)),
            heard=heard,
            polled=bool(operation.record_path),
        )
        why = left_open(outcome)
        for tried, judge, name in (
            (heard, callback_findings, f"{operation.name}.callback"),
            (outcome.polled, record_findings, f"{operation.name}.record"),
        ):
            findings = [*judge(outcome)] if tried else []
            if findings or (tried and not why):
                yield from judged(probe, exchange, findings, name)
            elif tried or judge is callback_findings:
                yield not_tried(name, why or NOT_HEARD, probe)

    def _record(self, operation: Operation, exchange: Exchange, *, came: bool) -> object:
        """What polling shows at the end; None where the profile has no record."""
        if not operation.record_path:
            return None
        within = LAG if came else exchange.started + self._plan.callback_timeout - time.monotonic()
        every = LAG / 8 if came else 5.0
        return self._target.followed(exchange.task_id or "", within, every, operation.record_path)[-1].record


def finished(courses: Sequence[Course]) -> Source | None:
    """The first task that ended well, and a track of it."""
    for course in courses:
        tracks = [*course.tracks(course.at("complete")), *recorded_tracks(course.record)]
        ids = [track["id"] for track in tracks if isinstance(track.get("id"), str) and track["id"]]
        if course.exchange.task_id and course.status == course.statuses[-1] and ids and goes_well(course.probe):
            return course.exchange.task_id, ids[0]
    return None


def about(probe: Probe, source: Source | None) -> Probe:
    """The probe about a task and a track."""
    body = probe.body
    for place, id in zip((TASK, AUDIO), source or (), strict=False):
        body = body.replace(json.dumps(place).encode(), json.dumps(id).encode())
    return replace(probe, body=body)
