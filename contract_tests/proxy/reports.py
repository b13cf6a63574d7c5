"""What is told of messages while they pass: lines, and reports of all that was recorded."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import click

from contract_tests.documents.published import Published
from contract_tests.recording.message import CALLBACK, Message
from contract_tests.recording.read import NoRecording, RecordingFile
from contract_tests.recording.report import REQUESTS, report
from contract_tests.reports import safe_files
from contract_tests.reports.files import write
from contract_tests.reports.report import Report
from contract_tests.reports.rows import MARKS, printable
from contract_tests.run.command import told_of
from contract_tests.verdicts.course import Finding
from contract_tests.verdicts.results import Verdict, of_broken

EVERY: Final = 5.0
"""Seconds between reports at least."""
BROKEN: Final = (Verdict.VIOLATED, Verdict.DEVIATED)
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
        self._rules = set[str]()

    def told(self, message: Message, found: Sequence[Finding]) -> None:
        """Takes a message, and what it brought to light."""
        if found:
            self._due.set()
        self._rules |= {each.rule for each in found}
        _told(message, found)

    def write(self) -> None:
        """Writes the reports anew where something was found. What a full disk leaves out, the recording has."""
        if self._folder is None or not self._due.is_set() or not self._recording.is_file():
            return
        self._due.clear()
        begun = self._clock()
        with suppress(OSError, NoRecording):
            recording = RecordingFile(self._recording)
            made = report(recording, self._published, requests=REQUESTS)
            if recording.fault:  # a line that is being written
                self._due.set()
            else:
                self._write(made)
        self.pause = max(EVERY, SHARE * (self._clock() - begun))

    def end(self) -> Report:
        """The report of all that was recorded, as `suno-contract judge` makes it, which is written too. Prints what
        breaks a rule and was not told yet: some rules are across tasks. Raises OSError, NoRecording."""
        recording = RecordingFile(self._recording)
        made = report(recording, self._published, requests=0 if self._folder is None else REQUESTS)
        with suppress(OSError):
            self._write(made)
        told_of([row for row in made.rows if row.verdict in BROKEN and row.rule not in self._rules])
        return made

    def _write(self, made: Report) -> None:
        if self._folder is not None:
            write(self._folder, made, safe_files.mode_of(self._recording))


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
