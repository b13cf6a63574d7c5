"""A server between a client and one that conforms, and between that one and the client's receiver. It changes what a
mutant says, and nothing else."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from typing import Final, Self
from urllib.parse import quote, unquote, urlsplit

from contract_tests.published import EXTEND, RECORD_INFO
from contract_tests.serving import Message, ThreadedServer

FORWARD: Final = "/forward/"
RECEIVER: Final = re.compile(rb"http://127\.0\.0\.1:\d+/cb/[^\"\\]*")
RULES: Final = "suno-mock-rules"
HOP_BY_HOP: Final = frozenset(
    {"host", "content-length", "connection", "transfer-encoding", "accept-encoding", "date", "server"}
)
"""Headers that are of one connection, or that the servers write themselves."""


Answer = Callable[[Message, Message], Message]
Callback = Callable[[Message], list[Message]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One fault. `answer` changes what the client gets (request, answer), `polled` the same for record-info, `callback`
    what the receiver gets: none, one or several. `acknowledges`: the server hears 200 whatever the receiver answers."""

    name: str
    group: str
    answer: Answer = lambda sent, answer: answer
    polled: Answer = lambda sent, answer: answer
    callback: Callback = lambda callback: [callback]
    acknowledges: bool = False


class Proxy:
    """Serves one mutant in front of a server; a context manager. `url` is where."""

    def __init__(self, target: str, mutant: Mutant) -> None:
        self._target = urlsplit(target)
        self._mutant = mutant
        self._server = ThreadedServer(self._handled)
        self.url = f"http://127.0.0.1:{self._server.port}"

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._server.__exit__(*exc)

    def _handled(self, sent: Message) -> Message:
        sent = replace(sent, headers=_kept(sent.headers))
        if sent.path.startswith(FORWARD):
            return self._called_back(sent)
        forwarded = replace(sent, body=RECEIVER.sub(self._forwarding, sent.body)) if sent.path == EXTEND else sent
        answer = _sent(self._target.netloc, forwarded)
        if sent.path.startswith(RECORD_INFO):
            restored = re.sub(rb"http://127\.0\.0\.1:\d+/forward/([^\"\\]*)", _restored, answer.body)
            return self._mutant.polled(sent, replace(answer, body=restored))
        return self._mutant.answer(sent, answer) if sent.path == EXTEND else answer

    def _forwarding(self, found: re.Match[bytes]) -> bytes:
        return f"{self.url}{FORWARD}{quote(found[0].decode(), safe='')}".encode()

    def _called_back(self, came: Message) -> Message:
        """Send on a callback; the receiver's last answer goes back."""
        to = urlsplit(unquote(came.path.removeprefix(FORWARD)))
        path = f"{to.path}?{to.query}" if to.query else to.path
        answer = Message()
        for each in self._mutant.callback(replace(came, path=path)):
            answer = _sent(to.netloc, each)
        return Message() if self._mutant.acknowledges else answer


def _sent(netloc: str, message: Message) -> Message:
    connection = HTTPConnection(netloc, timeout=10)
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
