"""The proxy that plants a mutant: it stands before a server that conforms, and changes only what the mutant changes.

Callbacks pass through it, too: it puts its own URL in place of the receiver's.
"""

import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from http.client import HTTPConnection, HTTPException
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from contract_tests.documents import rules
from contract_tests.documents.extend import EXTEND
from contract_tests.documents.published import RECORD_INFO
from contract_tests.receiver.http_server import Message, ThreadedServer

FORWARD: Final = "/forward/"
RECEIVER: Final = re.compile(rb"http://127\.0\.0\.1:\d+/cb/[^\"\\]*")
FORWARDED: Final = re.compile(rb"/forward/([^\"\\]*)")
WAIT: Final = 3.0
"""Seconds that a mutant waits for a callback that may never be answered."""
RULES: Final = "suno-mock-rules"
HOP_BY_HOP: Final = frozenset(
    {"host", "content-length", "connection", "transfer-encoding", "accept-encoding", "date", "server"}
)
"""Headers that are of one connection, or that the servers write themselves."""


Answer = Callable[[Message, Message], Message]
Callback = Callable[[Message], Iterable[Message]]
Acknowledges = Callable[[Message, Message], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One fault.

    `answer` takes the request and the server's answer, and returns what the client gets; `polled` does so for
    record-info. `callback` takes a callback and returns what the receiver gets: none, one or several. `acknowledges`
    takes a callback and the receiver's answer, with status 0 where none came, and returns whether the server hears 200
    in its place. With `waits` the client gets its answer only once the receiver has answered a callback. `by` is a
    pattern of the rules that name the fault. `path` and `record` are where it is, of an `operation` beside extend where
    one is named.
    """

    name: str
    group: str
    answer: Answer = lambda sent, answer: answer
    polled: Answer = lambda sent, answer: answer
    callback: Callback = lambda callback: [callback]
    acknowledges: Acknowledges | None = None
    waits: bool = False
    by: str = ""
    path: str = EXTEND
    record: str = RECORD_INFO
    operation: str = ""

    def __post_init__(self) -> None:
        """Raises LookupError where `by` matches no rule of the registry."""
        if self.by:
            rules.check_pattern(self.by)


class Proxy(ThreadedServer):
    """Serves one mutant at `url`, in front of a server. A context manager."""

    def __init__(self, target: str, mutant: Mutant) -> None:
        self._target = urlsplit(target)
        self._mutant = mutant
        self._one = threading.Lock()
        self._answered: dict[str, threading.Event] = {}
        super().__init__(self._handled)
        self.url = f"http://127.0.0.1:{self.port}"

    def _handled(self, sent: Message) -> Message:
        sent = replace(sent, headers=_kept(sent.headers))
        if sent.path.startswith(FORWARD):
            return self._called_back(sent)
        to_server = (
            replace(sent, body=RECEIVER.sub(self._forwarding, sent.body)) if sent.path == self._mutant.path else sent
        )
        answer = _sent(self._target.netloc, to_server)
        if self._mutant.waits and b"taskId" in answer.body and (forwarded := FORWARDED.search(to_server.body)):
            self._event(unquote(forwarded[1].decode())).wait(WAIT)
        if sent.path.startswith(f"{self._mutant.record}?"):
            restored = re.sub(rb"http://127\.0\.0\.1:\d+" + FORWARDED.pattern, _restored, answer.body)
            return self._mutant.polled(sent, replace(answer, body=restored))
        return self._mutant.answer(sent, answer) if sent.path == self._mutant.path else answer

    def _forwarding(self, found: re.Match[bytes]) -> bytes:
        return f"{self.url}{FORWARD}{quote(found[0].decode(), safe='')}".encode()

    def _called_back(self, came: Message) -> Message:
        """Sends a callback on, as the mutant changes it, and returns the receiver's last answer."""
        to = urlsplit(unquote(came.path.removeprefix(FORWARD)))
        path = f"{to.path}?{to.query}" if to.query else to.path
        answer = Message()
        for each in self._mutant.callback(replace(came, path=path)):
            answer = self._delivered(to.netloc, each)
        self._event(unquote(came.path.removeprefix(FORWARD))).set()
        return answer

    def _delivered(self, netloc: str, callback: Message) -> Message:
        """The receiver's answer, or 200 where the mutant says so."""
        acknowledges = self._mutant.acknowledges
        if acknowledges is None:
            return _sent(netloc, callback)
        try:
            answer = _sent(netloc, callback, timeout=0.5)
        except (OSError, HTTPException):
            answer = Message(status=0)
        return Message() if acknowledges(callback, answer) else answer

    def _event(self, url: str) -> threading.Event:
        with self._one:
            return self._answered.setdefault(url, threading.Event())


def _sent(netloc: str, message: Message, timeout: float = 10) -> Message:
    connection = HTTPConnection(netloc, timeout=timeout)
    try:
        connection.request(message.method, message.path, message.body or None, dict(message.headers))
        response = connection.getresponse()
        headers = _kept({name.lower(): value for name, value in response.getheaders()})
        return Message(status=response.status, headers=headers, body=response.read())
    finally:
        connection.close()


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in HOP_BY_HOP}


def _restored(found: re.Match[bytes]) -> bytes:
    return unquote(found[1].decode()).encode()
