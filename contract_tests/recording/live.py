"""Judges messages as they pass: what each brings to light, once."""

import threading
from dataclasses import replace
from typing import Any, Final

from contract_tests.documents.published import Published
from contract_tests.recording.judge import is_stray, poll_results, request_results, stray_results
from contract_tests.recording.message import CALLBACK, HELD_BACK, Message
from contract_tests.recording.probes import ACCEPTED_CODE, Known, extends
from contract_tests.recording.traffic import Traffic
from contract_tests.verdicts.course import Finding
from contract_tests.verdicts.results import Result, Verdict

COURSES: Final = 500
"""Courses that are remembered at least, those with the latest messages."""
EACH: Final = 200
"""Polls and callbacks that are remembered of each at least."""
TRACKS: Final = 10_000
"""Source tracks that the server accepted, which are remembered, and tasks."""


class LiveJudge:
    """Judges from any thread. What was told of a course is not told again. Of a long recording the latest courses are
    remembered: all of them are in the file."""

    def __init__(self, published: Published, target: str) -> None:
        self.traffic = Traffic(published, target)
        self.published = published
        self._source = Known()
        self._first: dict[str, int] = {}
        self._told: dict[int, set[tuple[str, str]]] = {}
        self._lock = threading.Lock()
        self._passing: dict[int, Message] = {}
        # What the first verdict imports and reads takes a second or more, in which a message that is held would wait.
        published.oracle.answer(200, "application/json", b"{}")
        published.callback_oracle.callback(b"{}")

    def heard(self, message: Message) -> list[Finding]:
        """What a message that has passed brings to light."""
        with self._lock:
            self._passing.pop(message.number, None)
            if message.error.startswith(HELD_BACK):
                return []  # nobody got it, and what comes later is judged without it
            self.traffic.add(message)
            self._learn(message)
            found = [each for result in self._results(message) for each in result.findings if result.broken]
            told = self._told.setdefault(message.course, set())
            new = [each for each in found if (each.rule, each.got) not in told]
            told |= {(each.rule, each.got) for each in new}
            self._forget(message.course)
            return new

    def before(self, message: Message) -> list[Finding]:
        """The violations that a message would bring to light, and that were not there without it. A callback counts as
        received until it is heard: what comes in the meantime is judged as behind it."""
        passing = replace(message, status=200) if message.kind == CALLBACK else message
        with self._lock:
            self._learn(passing)
            known = {(each.rule, each.got) for each in self._violated(passing)}
            self._passing[passing.number] = passing
            return [each for each in self._violated(passing) if (each.rule, each.got) not in known]

    def _violated(self, message: Message) -> list[Finding]:
        """The violations of the request that a message belongs to, with what passes just now. Nothing but this sees
        that: what is heard would be told of what comes later."""
        passing, ends = [*self._passing.values()], self.traffic.ends
        for each in passing:
            self.traffic.add(each)
        try:
            found = self._results(message)
        finally:
            self.traffic.remove(passing)
            self.traffic.ends = ends
        return [each for result in found for each in result.findings if result.verdict is Verdict.VIOLATED]

    def _learn(self, message: Message) -> None:
        """Remembers the task of a request, and the source track if the server accepted it."""
        if not extends(message, self.published.terms.extend):
            return
        exchange = message.exchange("")
        if exchange.task_id is not None:
            self._first[exchange.task_id] = min(message.number, self._first.get(exchange.task_id, message.number))
        if exchange.code == ACCEPTED_CODE:
            self._source.accepted(message)
        _shorten(self._first)
        _shorten(self._source.longest)

    def _forget(self, course: int) -> None:
        """Forgets at twice the measure, so that it is seldom done."""
        courses, messages = self.traffic.longest(course)
        if courses > 2 * COURSES or messages > 4 * EACH:
            left = self.traffic.shorten(COURSES, EACH)
            self._told = {course: told for course, told in self._told.items() if course in left and course}

    def _results(self, message: Message) -> list[Result]:
        """The verdicts on the request that a message belongs to, as far as that has passed."""
        number = message.course or message.number
        request = next((each for each in self.traffic.course(message.course) if each.number == number), None)
        found = [*poll_results(self.traffic, message)]
        if is_stray(message, self._first):
            found += stray_results([message.arrival()])
        if request is not None and extends(request, self.published.terms.extend):
            found += request_results(self.traffic, request, self._source, self._first)
        return found


def _shorten(known: dict[Any, Any]) -> None:
    """Forgets what was known first, where it is one too many."""
    if len(known) > TRACKS:
        del known[next(iter(known))]
