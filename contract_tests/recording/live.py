"""Judges messages as they pass: what each brings to light, once."""

import threading
from dataclasses import replace

from contract_tests.documents.published import Published
from contract_tests.recording.broken_rules import read_exactly
from contract_tests.recording.judge import request_results
from contract_tests.recording.message import CALLBACK, Message
from contract_tests.recording.probes import Known, extends
from contract_tests.recording.traffic import Traffic
from contract_tests.verdicts.course import Finding
from contract_tests.verdicts.results import Result, Verdict


class LiveJudge:
    """Judges from any thread. What was told of a course is not told again."""

    def __init__(self, published: Published, target: str) -> None:
        self.traffic = Traffic(published, target)
        self._published = published
        self._source = Known()
        self._told: set[tuple[int, str, str]] = set()
        self._lock = threading.Lock()

    def heard(self, message: Message) -> list[Finding]:
        """What a message that has passed brings to light."""
        with self._lock:
            found = [each for result in self._taken(message) for each in result.findings if result.broken]
            new = [each for each in found if (message.course, each.rule, each.got) not in self._told]
            self._told |= {(message.course, each.rule, each.got) for each in new}
            return new

    def before(self, message: Message) -> list[Finding]:
        """The violations that a message would bring to light. A callback counts as received until it is heard: what
        comes in the meantime is judged as behind it."""
        passing = replace(message, status=200) if message.kind == CALLBACK else message
        with self._lock:
            found = self._taken(passing)
            return [each for result in found for each in result.findings if result.verdict is Verdict.VIOLATED]

    def _taken(self, message: Message) -> list[Result]:
        self.traffic.put(message)
        if extends(message, self._published.terms.extend) and message.exchange("").code == 200:
            self._source.accepted(read_exactly(message.sent) or {})
        return self._results(message)

    def _results(self, message: Message) -> list[Result]:
        """The verdicts on the request that a message belongs to, as far as that has passed."""
        number = message.course or message.number
        request = next((each for each in self.traffic.course(message.course) if each.number == number), None)
        if request is None or not extends(request, self._published.terms.extend):
            return []
        return list(request_results(self.traffic, request, self._source))
