"""All verdicts on a recording that need not be in memory as a whole: each course is judged when its last message has
come, and forgotten. Pure."""

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace

from contract_tests.documents.published import Published
from contract_tests.probes.request import Probe, Track
from contract_tests.receiver.receiver import Arrival
from contract_tests.recording.judge import (
    answer_results,
    course_of,
    course_results,
    earlier_task,
    is_stray,
    judged_request,
    poll_results,
    silence_results,
    stray_results,
)
from contract_tests.recording.message import Message
from contract_tests.recording.survey import Survey, is_course
from contract_tests.recording.traffic import Traffic
from contract_tests.reports.tally import Place
from contract_tests.target.exchange import Exchange
from contract_tests.verdicts.agreement import Owners
from contract_tests.verdicts.course import Course
from contract_tests.verdicts.readings import Readings
from contract_tests.verdicts.results import Result, judged, seen, two_ways
from contract_tests.verdicts.tracks import mixed_with
from contract_tests.verdicts.unasked import SHOWN

ANSWER, COURSE, UNIQUE, MIXED, STRAY, POLL, READING = range(7)
Source = Callable[[], Iterable[Message]]
"""The messages of a recording, from the begin."""
Heard = Callable[[Traffic, Probe, Exchange], None]
"""What is told of each request that was judged, with what came for it."""


@dataclass(slots=True)
class Verdicts:
    """Reads `messages` twice, and once more where tasks have something in common. `tracks` are source tracks that the
    server is known to have. `heard` is told of each request once, `again` of those that are judged a second time."""

    messages: Source
    published: Published
    target: str
    tracks: Sequence[Track] = ()
    heard: Heard = lambda traffic, probe, exchange: None
    again: Heard = lambda traffic, probe, exchange: None
    survey: Survey = field(init=False)
    _owners: Owners = field(init=False, default_factory=Owners)
    _readings: Readings = field(init=False)
    _strays: list[Arrival] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.survey = Survey.of(self.messages(), self.published, self.tracks)
        self._readings = Readings(self.published.terms, self.published.failing_callbacks)

    def results(self) -> Iterator[tuple[Place, Result]]:
        """Every verdict, with where it stands among all."""
        for place, result in self._results():
            yield place, result.cited(self.published.registry)

    def _results(self) -> Iterator[tuple[Place, Result]]:
        once = self.survey.titles()
        for traffic in self._courses():
            for message in traffic.asked():
                yield from self._asked(traffic, message, once)
            for message in traffic.ordered:
                yield from _placed(POLL, message.number, poll_results(traffic, message))
                self._stray(message)
        yield from self._unique() if self._owners.shared else ()
        yield from _placed(STRAY, 0, stray_results(self._strays))
        for reading in self._readings.observed():
            told = " and ".join(reading.readings)
            yield (
                (READING, 0),
                two_ways(reading.question, told) if reading.contradicts else seen(reading.question, told),
            )

    def _courses(self) -> Iterator[Traffic]:
        """The messages of each course."""
        for messages in self.survey.courses(self.messages()):
            traffic = Traffic(self.published, self.target, self.tracks, messages)
            traffic.ends = self.survey.ends
            yield traffic

    def _asked(self, traffic: Traffic, message: Message, once: Set[str]) -> Iterator[tuple[Place, Result]]:
        """The verdicts on an extend request, its callbacks and polls."""
        probe, exchange, why = judged_request(traffic, message, self.survey.source)
        self.heard(traffic, probe, exchange)
        earlier = earlier_task(probe, exchange, self.survey.first)
        yield from _placed(ANSWER, message.number, answer_results(traffic, probe, exchange, why, earlier))
        if is_course(message, exchange, self.published):
            yield from self._course(traffic, course_of(traffic, message, probe, exchange), once)
        elif exchange.code is not None:
            self._readings.refused(probe, exchange)
            yield from _placed(ANSWER, message.number, silence_results(traffic, probe, exchange))

    def _course(self, traffic: Traffic, course: Course, once: Set[str]) -> Iterator[tuple[Place, Result]]:
        number = course.exchange.number
        self._readings.course(course)
        self._owners.add(number, course)
        timeline = course.timeline()
        for result in course_results(traffic, course):
            yield (COURSE, number), replace(result, timeline=timeline)
        title = course.request.get("title")
        mixed = mixed_with(course, once) if isinstance(title, str) and title in once and len(once) > 1 else None
        if mixed is not None:
            yield from _placed(MIXED, number, judged(course.probe, course.exchange, mixed, rule="callback.mixed"))

    def _unique(self) -> Iterator[tuple[Place, Result]]:
        """What tracks have in common with those of another task."""
        for traffic in self._courses():
            for message in traffic.asked() if self._owners.shared.intersection(_numbers(traffic)) else ():
                probe, exchange, _ = judged_request(traffic, message, self.survey.source)
                if is_course(message, exchange, self.published):
                    self.again(traffic, probe, exchange)
                    course = course_of(traffic, message, probe, exchange)
                    findings = self._owners.findings(message.number, course)
                    yield from _placed(UNIQUE, message.number, judged(probe, exchange, findings) if findings else ())

    def _stray(self, message: Message) -> None:
        """Keeps the earliest callbacks of no course that name a task of another address."""
        if is_stray(message, self.survey.first):
            self._strays = sorted([*self._strays, message.arrival()], key=lambda each: each.at)[:SHOWN]


def results(traffic: Traffic) -> list[Result]:
    """All verdicts on messages that are in memory, in their order."""
    verdicts = Verdicts(lambda: traffic.ordered, traffic.published, traffic.target, traffic.tracks)
    return [result for _, result in sorted(verdicts.results(), key=lambda each: each[0])]


def _numbers(traffic: Traffic) -> Iterator[int]:
    return (each.number for each in traffic.messages)


def _placed(kind: int, number: int, found: Iterable[Result]) -> Iterator[tuple[Place, Result]]:
    return (((kind, number), result) for result in found)
