"""What is told of messages while they pass: lines, and reports of all that was recorded."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import click

from contract_tests.documents.published import Published
from contract_tests.recording.message import CALLBACK, HELD_BACK, Message
from contract_tests.recording.read import NoRecording, RecordingFile
from contract_tests.recording.report import REQUESTS, report
from contract_tests.reports import safe_files
from contract_tests.reports.files import write
from contract_tests.reports.rows import MARKS, printable
from contract_tests.verdicts.course import Finding
from contract_tests.verdicts.results import Verdict, of_broken

EVERY: Final = 5.0
"""Seconds between reports at least."""
SHARE: Final = 20
"""How many times as long as the last ones took it is at least, so that messages are handed on meanwhile."""


class Reports:
    """Prints a line for each message, and keeps the reports of the whole recording up to date, where a folder is
    given. Its file is read anew each time: nothing else holds everything that passed. `pause` is how many seconds to
    wait before that: reports of 100,000 messages take minutes."""

    def __init__(
        self,
        recording: Path,
        published: Published,
        folder: Path | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.pause = EVERY
        self._clock = clock
        self._recording = recording
        self._published = published
        self._folder = folder
        self._due = threading.Event()
        self.violations = 0
        self._held_back = set[tuple[int, str]]()

    def told(self, message: Message, found: Sequence[Finding]) -> None:
        """Takes a message, and what it brought to light. `violations` counts how often a rule was violated so far, what
        was held back for it too."""
        if found:
            self._due.set()
        self.violations += sum(of_broken(each.rule) is Verdict.VIOLATED for each in found)
        if message.error.startswith(HELD_BACK) and (message.course, message.error) not in self._held_back:
            self._held_back.add((message.course, message.error))  # a server tries again what was held back
            self.violations += 1
        _told(message, found)

    def write(self, *, over: bool = False) -> None:
        """Writes the reports anew where something was found, and once it is over. What a full disk leaves out, the
        recording has."""
        if self._folder is None or not (over or self._due.is_set()) or not self._recording.is_file():
            return
        self._due.clear()
        begun = self._clock()
        with suppress(OSError, NoRecording):
            recording = RecordingFile(self._recording)
            made = report(recording, self._published, requests=REQUESTS)
            if recording.fault and not over:  # a line that is being written
                self._due.set()
            else:
                write(self._folder, made, safe_files.mode_of(self._recording))
        self.pause = max(EVERY, SHARE * (self._clock() - begun))


def _told(message: Message, found: Sequence[Finding]) -> None:
    """Prints a line for a message, and one for each rule that it breaks."""
    what = "<--" if message.kind == CALLBACK else "-->"
    came = message.error or f"HTTP {message.status}" + _code(message)
    course = f" of {message.course}" if message.course not in (0, message.number) else ""
    click.echo(printable(f"{what} {message.number}{course} {message.method} {message.path[:120]}  {came}"))
    for each in found:
        mark = MARKS[of_broken(each.rule)]
        click.echo(printable(f"{mark} {each.rule}: expected {each.expected}; got {each.got}"[:300].replace("\n", " ")))


def _code(message: Message) -> str:
    code = message.exchange("").code
    return "" if code is None or message.kind == CALLBACK else f" code {code}"
