"""What is told of messages while they pass: lines, and reports of all that was recorded."""

import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import click

from contract_tests.documents.any_json import parsed
from contract_tests.documents.published import Published
from contract_tests.recording.message import CALLBACK, REQUEST, Message
from contract_tests.recording.probes import ACCEPTED_CODE
from contract_tests.recording.read import NoRecording, RecordingFile
from contract_tests.recording.report import REQUESTS, report
from contract_tests.reports import safe_files
from contract_tests.reports.files import write
from contract_tests.reports.report import Report
from contract_tests.reports.rows import MARKS, printable
from contract_tests.run.command import told_of
from contract_tests.verdicts.course import Finding, text_of
from contract_tests.verdicts.results import Verdict, of_broken

EVERY: Final = 5.0
"""Seconds between reports at least."""
BROKEN: Final = (Verdict.VIOLATED, Verdict.DEVIATED)
REDIRECTS: Final = (301, 302, 303, 307, 308)
WITH_HOST: Final = re.compile(r"(?:https?:)?//", re.IGNORECASE)
"""What a redirect begins with that does not lead to the same server, which is the proxy for its client."""
ELSEWHERE: Final = (
    "the server redirects, and who follows that goes past this proxy: what passes there is not recorded, and counts "
    "for no budget. Give as --to where it leads."
)
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
        self._redirected = False

    def told(self, message: Message, found: Sequence[Finding]) -> None:
        """Takes a message, and what it brought to light."""
        if found:
            self._due.set()
        self._rules |= {each.rule for each in found}
        _told(message, found)
        if self._leads_elsewhere(message):
            self._redirected = True
            click.echo(printable(f"suno-contract: {ELSEWHERE}"), err=True)

    def _leads_elsewhere(self, message: Message) -> bool:
        """Whether it is the first answer of the server that redirects to an address which is not the proxy's."""
        return not self._redirected and message.kind == REQUEST and bool(WITH_HOST.match(_leads_to(message)))

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
    came = message.error or f"HTTP {message.status}"
    course = f" of {message.course}" if message.course not in (0, message.number) else ""
    line = f"{what} {message.number}{course} {message.method} {message.path[:120]}  {came}{_says(message)}"
    click.echo(printable(line))
    for each in found:
        mark = MARKS[of_broken(each.rule)]
        click.echo(printable(f"{mark} {each.rule}: expected {each.expected}; got {each.got}"[:300].replace("\n", " ")))


def _says(message: Message) -> str:
    """What a message is beside its line: the stage of a callback, the code of an answer, where it leads."""
    if message.kind == CALLBACK:
        return "".join(f"  {name} {text_of(value)[:40]}" for name, value in _called(message).items())
    if message.error:
        return ""
    code = message.exchange("").code
    leads = _leads_to(message)
    to = f" to {leads[:120]}" if leads else ""
    return to if code is None else f"{to} code {code}"


def _leads_to(message: Message) -> str:
    """Where an answer redirects to; empty where it does not."""
    leads = (value for name, value in message.answer_headers if name.lower() == "location")
    return next(leads, "") if message.status in REDIRECTS else ""


def _called(message: Message) -> Mapping[str, Any]:
    """The stage of a callback, and its code where that is not the ordinary one."""
    body = parsed(message.sent)
    body = body if isinstance(body, dict) else {}
    data = body.get("data")
    stage = {"stage": data["callbackType"]} if isinstance(data, dict) and "callbackType" in data else {}
    return stage if body.get("code", ACCEPTED_CODE) == ACCEPTED_CODE else {**stage, "code": body["code"]}
