"""The proxy in a process of its own: while one message is masked, written and judged, the next is handed on."""

import asyncio
import errno
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final, Self, TypeAlias

from contract_tests.proxy.recorder import Recorder
from contract_tests.recording.message import Message, leaving
from contract_tests.run.inputs import CannotRun
from contract_tests.verdicts.course import Finding

Pipe: TypeAlias = "Connection[Any, Any]"
Judge = Callable[[Message], Sequence[Finding]]
PLACES: Final = ("host", "port", "receiver_host", "receiver_port")
"""Options that say where it listens."""
ENDED: Final = "the process that hands messages on has ended, so nothing passes any more; start it again with --resume"


class Apart:
    """Hands on what passes, as `Proxy` does and with the same options, and gives it to a recorder. A context manager,
    which listens; nothing passes before `open`.

    `record` is the file of the recording, where the other process writes down what it is about to spend; `judge` says
    before a message is handed on what is wrong with it, and is None where nothing is kept back. `url` and `public` are
    known from the begin, `spent` at the end. `over` gets something once the other process has ended, told to or not;
    `trouble` says if it was not. Raises CannotRun where it cannot listen.
    """

    def __init__(
        self,
        target: str,
        recorder: Recorder,
        record: Path,
        judge: Judge | None = None,
        over: SimpleQueue[None] | None = None,
        **options: Any,
    ) -> None:
        self.url = self.public = self.trouble = ""
        self.spent = 0
        self._over = over or SimpleQueue()
        self._recorder = recorder
        self._judge = judge or (lambda message: ())
        self._options = options
        self._saying = threading.Lock()
        context = get_context("spawn")
        self._pipe, self._theirs = context.Pipe()
        given = (self._theirs, record, target, judge is not None, options)
        self._process = context.Process(target=_hand_on, args=given, daemon=True)
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        with _spared():
            self._process.start()
        self._theirs.close()
        try:
            self.url, self.public = self._listening()
        except BaseException:
            self._end()
            raise
        self._thread.start()
        return self

    def _listening(self) -> tuple[str, str]:
        """Where the other process listens."""
        try:
            said, value = self._pipe.recv()
        except EOFError:
            raise CannotRun("the process that hands messages on did not start; what it said stands above") from None
        if said == "cannot listen":
            places = ", ".join(f"--{name.replace('_', '-')} {self._options[name]}" for name in PLACES)
            raise CannotRun(f"cannot listen on {places}: {value}. Give free ports, or 0 for any.")
        url, public = value
        return url, public

    def open(self) -> None:
        """Lets messages pass from now on."""
        self._say("open")

    def __exit__(self, *exc: object) -> None:
        try:
            self._say("end")
            self._thread.join()
        finally:
            self._end()

    def _end(self) -> None:
        self._pipe.close()  # which ends the other process, should it go on
        self._process.join()

    def _say(self, what: str, value: object = None) -> None:
        with self._saying, suppress(OSError):  # who has ended is told by `over`
            self._pipe.send((what, value))

    def _listen(self) -> None:
        hears: Mapping[str, Callable[[Any], object]] = {
            "heard": self._recorder.heard,
            "learned": self._recorder.learned,
            "failed": self._recorder.failed,
            "asks": self._asked,
        }
        try:
            while (said := self._pipe.recv())[0] != "spent":
                hears[said[0]](said[1])
            self.spent = said[1]
        except (EOFError, OSError):
            self.trouble = ENDED
        self._over.put(None)

    def _asked(self, message: Message) -> None:
        found: Sequence[Finding] = ()
        with self._recorder.noticing(f"message {message.number} is not judged"):
            found = self._judge(message)
        self._say("found", (message.number, found))


@contextmanager
def _spared() -> Iterator[None]:
    """A process that starts here is not ended by Ctrl-C, which comes to all processes of a terminal."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class _Saying:
    """Says in turn what comes from any thread, so that nobody waits for who hears it."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe
        self._waiting = SimpleQueue[tuple[str, Any] | None]()
        self._thread = threading.Thread(target=self._say, daemon=True)
        self._thread.start()

    def __call__(self, what: str, value: object) -> None:
        self._waiting.put((what, value))

    def end(self) -> None:
        """Says what waits, and no more."""
        self._waiting.put(None)
        self._thread.join()

    def _say(self) -> None:
        with suppress(OSError):
            while (each := self._waiting.get()) is not None:
                self._pipe.send(each)


class _Asking:
    """Has messages judged by the other process."""

    def __init__(self, say: Callable[[str, object], object]) -> None:
        self._say = say
        self._waiting: dict[int, asyncio.Future[Sequence[Finding]]] = {}

    async def __call__(self, message: Message) -> Sequence[Finding]:
        self._waiting[message.number] = asyncio.get_running_loop().create_future()
        try:
            self._say("asks", message)
            return await self._waiting[message.number]
        finally:
            del self._waiting[message.number]

    def found(self, number: int, found: Sequence[Finding]) -> None:
        """Takes the answer, in any thread. Who asked may be gone."""
        if (asked := self._waiting.get(number)) is not None:
            asked.get_loop().call_soon_threadsafe(_answer, asked, found)


def _answer(asked: asyncio.Future[Sequence[Finding]], found: Sequence[Finding]) -> None:
    if not asked.done():
        asked.set_result(found)


class _Leaving:
    """Writes at once that a request is about to be sent which may start a task, and returns whether that was possible.
    Both processes add whole lines to the end of the file."""

    def __init__(self, record: Path, failed: Callable[[OSError], object]) -> None:
        self._record = record
        self._failed = failed
        self._file: int | None = None
        self._full = False

    def __call__(self, number: int) -> bool:
        if not self._full:
            try:
                self._write(leaving(number).encode())
            except OSError as problem:
                self._full = True
                self._failed(problem)
        return not self._full

    def _write(self, text: bytes) -> None:
        if self._file is None:
            self._file = os.open(self._record, os.O_WRONLY | os.O_APPEND)
        if os.write(self._file, text) < len(text):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _hand_on(pipe: Pipe, record: Path, target: str, asks: bool, options: Mapping[str, Any]) -> None:
    """What the other process does until it is told to end. Where nobody is left who could tell it, nothing would be
    recorded any more: then it ends at once."""
    from contract_tests.proxy.server import Proxy  # what it needs is needed in this process alone

    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # comes to all processes of a group: the other ends in order
    say = _Saying(pipe)
    asking = _Asking(say)
    leaves = _Leaving(record, lambda problem: say("failed", problem))
    try:
        proxy = Proxy(
            target,
            lambda message: say("heard", message),
            lambda secrets: say("learned", secrets),
            judge=asking if asks else None,
            leaves=leaves,
            **options,
        )
    except OSError as error:
        say("cannot listen", error.strerror)
        say.end()
        return
    say("listens", (proxy.url, proxy.public))
    try:
        if pipe.recv()[0] == "open":
            with proxy:
                while (said := pipe.recv())[0] != "end":
                    asking.found(*said[1])
    except EOFError:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.raise_signal(signal.SIGTERM)
    say("spent", proxy.spending.spent)
    say.end()
