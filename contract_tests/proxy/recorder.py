"""Writes what passes into a recording, in a thread of its own: nobody waits for a disk or a verdict."""

import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Final, TextIO

from contract_tests.recording.message import Message, line, violation
from contract_tests.recording.secrets import Secrets
from contract_tests.verdicts.course import Finding

END: Final = None
Judge = Callable[[Message], Sequence[Finding]]
Told = Callable[[Message, Sequence[Finding]], object]


class Recorder:
    """Takes messages from any thread. A context manager, which has written all of them at its end.

    `judge` finds what is wrong with a message, once its secrets are masked, and `told` hears both. `trouble` says why
    nothing more could be written; it is empty where all was.
    """

    def __init__(self, file: TextIO, judge: Judge, told: Told) -> None:
        self.trouble = ""
        self._file = file
        self._judge = judge
        self._told = told
        self._secrets = Secrets()
        self._waiting = SimpleQueue[Message | list[str] | None]()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Recorder":
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._waiting.put(END)
        self._thread.join()

    def heard(self, message: Message) -> None:
        """Takes a message that has passed."""
        self._waiting.put(message)

    def learned(self, secrets: list[str]) -> None:
        """Takes what must not be written down from now on."""
        self._waiting.put(secrets)

    def _run(self) -> None:
        while (each := self._waiting.get()) is not END:
            if isinstance(each, list):
                self._secrets.add(each)
            else:
                self._take(self._secrets.masked(each))

    def _take(self, message: Message) -> None:
        self._write(line(message))
        found = self._judge(message)
        for each in found:
            self._write(violation(each.rule, message.number, each.expected, each.got))
        self._told(message, found)

    def _write(self, text: str) -> None:
        if self.trouble:
            return
        try:
            self._file.write(text)
            self._file.flush()
        except OSError as problem:
            self.trouble = f"nothing more is recorded: {problem.strerror or problem}"
