"""One message that passed, with its answer; the form of a line of a recording. Pure."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from sys import intern
from types import MappingProxyType
from typing import Any, Final, TextIO

from contract_tests.documents.files import Document
from contract_tests.receiver.receiver import Arrival
from contract_tests.target.exchange import Exchange

FORMAT: Final[Mapping[str, Any]] = Document.read("recording.yaml").tree
"""What the mock reads too, where it plays a recording; docs/live.md says what is in one."""
VERSION: Final[int] = FORMAT["version"]
REQUEST: Final[str] = FORMAT["kinds"]["request"]
CALLBACK: Final[str] = FORMAT["kinds"]["callback"]
NOT_HANDED_ON: Final = "not handed on: "
"""What begins the error of a request that the proxy refused itself: it says nothing of the server."""
HELD_BACK: Final = "held back: "
"""What begins the error of an answer or a callback that the proxy kept to itself, since it violates a rule."""
LONGEST: Final = 1024 * 1024
"""Bytes of a body that are recorded; one that is longer is left out."""

Headers = Sequence[tuple[str, str]]


class NoMessage(ValueError):
    """A line is no message of this version; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A request of the client to the server, or a callback of the server to the receiver, with its answer.

    `number` counts all messages from 1, `course` is the number of the request that started the task it belongs to, 0
    where it belongs to none. `at` is in seconds since the recording began, `took` in seconds until the answer ended.
    `status` is 0 where none came, and `error` says why. `left_out` says of a body that is not there why not.
    `shows_key` says that the server sent a client's key, which is masked. `key` is the number of the key that a request
    came with, among those of the recording; 0 where it came without one, or nobody knows.
    """

    kind: str
    number: int
    course: int
    at: float
    took: float
    method: str
    path: str
    headers: Headers = field(repr=False)
    sent: bytes
    status: int
    answer_headers: Headers = field(default=(), repr=False)
    body: bytes = b""
    error: str = ""
    left_out: Mapping[str, str] = field(default_factory=dict)
    shows_key: bool = False
    key: int = 0

    @property
    def account(self) -> tuple[bool, int]:
        """Who asked, as far as it can be told: whether there was a key, and which."""
        return any(name.lower() == "authorization" for name, _ in self.headers), self.key

    def exchange(self, target: str) -> Exchange:
        """A request as the harness sees one. `target` is the server's base URL."""
        headers = _by_name(tuple(self.answer_headers), str.lower)
        return Exchange(
            method=self.method,
            url=target + self.path,
            headers=_by_name(tuple(self.headers), str.title),
            sent=self.sent,
            status=self.status,
            content_type=headers.get("content-type", ""),
            body=self.body,
            error="" if self.error.startswith(HELD_BACK) else self.error,
            started=self.at,
            answered=self.at + self.took,
            retry_after=headers.get("retry-after", ""),
            answer_headers=headers,
            number=self.number,
            shows_key=self.shows_key,
        )

    def arrival(self) -> Arrival:
        """A callback as the harness sees one."""
        return Arrival(
            at=self.at,
            method=self.method,
            target=self.path,
            headers=dict(self.headers),
            body=self.sent,
            status=self.status,
        )


@lru_cache(maxsize=1000)
def _by_name(headers: tuple[tuple[str, str], ...], spelled: Callable[[str], str]) -> Mapping[str, str]:
    """Headers as nobody changes them: messages of one client have most of them in common."""
    return MappingProxyType({spelled(name): value for name, value in headers})


def begun(about: Mapping[str, Any]) -> str:
    """The first line of a recording."""
    return _line({"recording": VERSION, **about})


def line(message: Message) -> str:
    """The line of a message. Bodies are text: those that are none are left out before."""
    return _line(
        {
            "message": message.kind,
            "number": message.number,
            "course": message.course,
            "at": round(message.at, 4),
            "took": round(message.took, 4),
            "method": message.method,
            "path": message.path,
            "headers": [*map(list, message.headers)],
            "sent": message.sent.decode(),
            "status": message.status,
            "answer_headers": [*map(list, message.answer_headers)],
            "body": message.body.decode(),
            "error": message.error,
            "left_out": dict(message.left_out),
            "shows_key": message.shows_key,
            "key": message.key,
        }
    )


def write(about: Mapping[str, Any], messages: Iterable[Message], out: TextIO) -> int:
    """Writes a recording, one message after the other, and returns how many."""
    out.write(begun(about))
    count = 0
    for each in messages:
        out.write(line(each))
        count += 1
    return count


def leaving(number: int) -> str:
    """The line of a request that may start a task, before it is sent."""
    return _line({"sending": number})


def allowing(tasks: int) -> str:
    """The line of a budget that counts from there on, for the file as a whole."""
    return _line({"budget": tasks})


def violation(rule: str, number: int, expected: str, got: str) -> str:
    """The line of a rule that a message breaks."""
    return _line({"violation": rule, "number": number, "expected": expected, "got": got})


def message_of(entry: Mapping[str, Any]) -> Message:
    """The message of a line. Raises NoMessage."""
    for name, kinds in FORM.items():
        if name not in entry:
            raise NoMessage(f"{name} is missing")
        value = entry[name]
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise NoMessage(f"{name} is {json.dumps(value)[:80]}; allowed: {WORDS[kinds]}")
    if entry["message"] not in (REQUEST, CALLBACK):
        raise NoMessage(f"message is {entry['message'][:80]!r}; allowed: {REQUEST}, {CALLBACK}")
    if not (0 <= entry["at"] <= FAR and 0 <= entry["took"] <= FAR):
        raise NoMessage(f"at or took is not between 0 and {FAR:.0f} seconds")
    return Message(
        kind=intern(entry["message"]),
        method=intern(entry["method"]),
        headers=_headers("headers", entry["headers"]),
        answer_headers=_headers("answer_headers", entry["answer_headers"]),
        sent=_raw("sent", entry),
        body=_raw("body", entry),
        left_out={str(name): str(why) for name, why in entry["left_out"].items()} or NOTHING,
        shows_key=entry.get("shows_key") is True,
        key=key if isinstance(key := entry.get("key"), int) else 0,
        **{name: entry[name] for name in ("number", "course", "at", "took", "path", "status", "error")},
    )


def number_of(name: str, entry: Mapping[str, Any]) -> int | None:
    """The number that a line without a message has; None where it has none of the name. Raises NoMessage."""
    value = entry.get(name)
    if name in entry and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
        raise NoMessage(f"{name} is {json.dumps(value)[:80]}; allowed: an integer from 0")
    return value


def _raw(name: str, entry: Mapping[str, Any]) -> bytes:
    try:
        raw: bytes = entry[name].encode()
    except UnicodeEncodeError:
        raise NoMessage(f"{name} holds half a surrogate pair, which is no text") from None
    return raw


def _headers(name: str, pairs: Sequence[Any]) -> Headers:
    for pair in pairs:
        if not (isinstance(pair, list) and len(pair) == PAIR and all(isinstance(each, str) for each in pair)):
            raise NoMessage(f"{name} holds {json.dumps(pair)[:80]}; allowed: a name and a value")
    return tuple(_shared(pair[0], pair[1]) for pair in pairs)


@lru_cache(maxsize=10_000)
def _shared(name: str, value: str) -> tuple[str, str]:
    """A header, which the messages of a recording have in common: most are the same each time."""
    return name, value


def _line(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry) + "\n"


NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
PAIR: Final = 2
FAR: Final[float] = FORMAT["longest_time"]
"""Seconds of a recording at most."""
Kinds = type | tuple[type, ...]
WORDS: Final[Mapping[Kinds, str]] = {
    str: "a text",
    int: "an integer",
    (int, float): "a number",
    list: "a list",
    dict: "an object",
}
"""The types of members, as they are called."""
FORM: Final[Mapping[str, Kinds]] = {
    name: next(kinds for kinds, word in WORDS.items() if word == said) for name, said in FORMAT["members"].items()
}
"""By member of a line of a message: its type."""
