"""Writes what passes into a recording, in a thread of its own, and has it judged in another: nobody waits for a disk,
and no line for a verdict."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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

    `judge` finds what is wrong with a message, once its secrets are masked and it is written, and `told` hears both.
    `trouble` says what failed first; it is empty where nothing did. `warned` hears the same at once.
    """

    def __init__(
        self, file: TextIO, judge: Judge, told: Told, warned: Callable[[str], object] = lambda words: None
    ) -> None:
        self.trouble = ""
        self._file = file
        self._judge = judge
        self._told = told
        self._warned = warned
        self._full = False
        self._writing = threading.Lock()
        self._secrets = Secrets()
        self._waiting = SimpleQueue[Message | list[str] | None]()
        self._written = SimpleQueue[Message | None]()
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._record, self._judge_written)]

    def __enter__(self) -> "Recorder":
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._waiting.put(END)
        for each in self._threads:
            each.join()

    def heard(self, message: Message) -> None:
        """Takes a message that has passed."""
        self._waiting.put(message)

    def learned(self, secrets: list[str]) -> None:
        """Takes what must not be written down from now on."""
        self._waiting.put(secrets)

    def failed(self, problem: OSError) -> None:
        """Takes that the file could not be written by another, and writes no more."""
        with self._writing:
            self._fail(problem)

    def _fail(self, problem: OSError) -> None:
        self._full = True
        self._notice("nothing more is recorded", problem)

    def _record(self) -> None:
        while (each := self._waiting.get()) is not END:
            if isinstance(each, list):
                self._secrets.add(each)
            else:
                with self.noticing(f"message {each.number} is not recorded"):
                    message = self._secrets.masked(each)
                    self._write(line(message))
                    self._written.put(message)
        self._written.put(END)

    def _judge_written(self) -> None:
        while (message := self._written.get()) is not END:
            self._judge_one(message)

    def _judge_one(self, message: Message) -> None:
        found: Sequence[Finding] = ()
        with self.noticing(f"message {message.number} is not judged"):
            found = self._judge(message)
        for each in found:
            self._write(violation(each.rule, message.number, each.expected, each.got))
        with self.noticing(f"message {message.number} is recorded, and not told"):
            self._told(message, found)

    def _write(self, text: str) -> None:
        with self._writing:
            if self._full:
                return
            try:
                self._file.write(text)
                self._file.flush()
            except OSError as problem:
                self._fail(problem)

    @contextmanager
    def noticing(self, what: str) -> Iterator[None]:
        """What fails for one message must not end the thread: those that follow would be recorded by nobody."""
        try:
            yield
        except Exception as problem:
            self._notice(what, problem)

    def _notice(self, what: str, problem: Exception) -> None:
        """Says the first trouble. The text of an exception of any kind may hold a secret."""
        words = problem.strerror or problem if isinstance(problem, OSError) else type(problem).__name__
        if not self.trouble:
            self.trouble = f"{what}: {words}"
            try:
                self._warned(self.trouble)
            except OSError:
                return
