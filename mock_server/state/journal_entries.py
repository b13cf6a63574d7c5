"""The journal's entries: requests and attempts, as values, as lines of text and as curls."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from mock_server.core.text import printable
from mock_server.domain.answer import BLOCKED, DRAWN, REPLAY, Answer
from mock_server.domain.attempt import Attempt, Outcome
from mock_server.domain.call import Call
from mock_server.domain.curl import curl_parts
from mock_server.domain.kept_answer import BODY_KEPT, Headers, KeptAnswer, size_of
from mock_server.domain.masking import masked_url
from mock_server.domain.owed import Owed

LISTED: Final = 20
"""Entries that the text of a TimeoutError lists."""
UNREAD_KEPT: Final = 16 * 1024
"""Bytes of a body that are kept where it was refused unread; every ordinary request has fewer."""
OVERHEAD: Final = 1024
"""Bytes that an entry takes beside its body, about."""


@dataclass(slots=True, eq=False)
class Requested:
    """One request and its answer, of whose body the beginning is kept. `code` is that of the envelope, `rules` are the
    ids of the rules that the request broke, `readings` what was drawn for it, `callback` what is known of its callbacks
    beforehand; `size` in bytes, about; `id` counts the journal's entries."""

    at: float
    call: Call
    status: int
    code: int
    msg: str
    rules: tuple[str, ...]
    scenario: str
    readings: str
    task_id: str | None
    callback: str = ""
    answer_type: str = ""
    answer_headers: Mapping[str, str] = field(default_factory=dict)
    answer_body: bytes = b""
    answer_size: int = 0
    id: int = 0
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = OVERHEAD + self.call.size + len(self.msg) + len(self.answer_body)
        if self.answer_headers:
            self.size += sum(map(len, self.answer_headers.values()))

    @classmethod
    def answered(cls, at: float, call: Call, answer: Answer) -> "Requested":
        """The entry for an answer."""
        headers = answer.headers
        drawn, blocked = (headers.get(DRAWN, ""), headers.get(BLOCKED, "")) if headers else ("", "")
        task_id = None if answer.record is None else answer.record.id
        return cls(
            at,
            call.beginning(UNREAD_KEPT) if answer.unread else call,
            answer.status,
            answer.code,
            answer.msg,
            answer.rules,
            answer.scenario,
            drawn,
            task_id,
            blocked,
            answer.content_type,
            headers,
            answer.body[:BODY_KEPT],
            len(answer.body),
        )

    @classmethod
    def downloaded(cls, at: float, call: Call, status: int, msg: str, headers: Mapping[str, str]) -> "Requested":
        """The entry for media, which have no envelope, so that its code is 0, and whose body nobody reads here."""
        size = int(headers.get("content-length", 0))
        return cls(at, call, status, 0, msg, (), "", "", None, answer_headers=headers, answer_size=size)

    @classmethod
    def misread(cls, at: float, spoken: str, msg: str) -> "Requested":
        """The entry for a connection that spoke another protocol, whose name stands for the method; it has no path."""
        return cls(at, Call(spoken, "", b"", None, "", "", b""), 400, 0, msg, (), "", "", None)

    @property
    def key(self) -> str | None:
        return self.call.key

    @property
    def answer(self) -> KeptAnswer:
        """What the mock answered."""
        own = {"content-type": self.answer_type, "content-length": str(self.answer_size)} if self.answer_type else {}
        headers = [*own.items(), *self.answer_headers.items()]
        return KeptAnswer(status=self.status, headers=headers, body=self.answer_body, size=self.answer_size)

    @property
    def repeatable(self) -> bool:
        """Whether its curl sends the same again: not where it was no HTTP, or its body is not kept whole."""
        return bool(self.call.path) and not self.call.left_out

    def curl(self, url: str) -> str:
        """The request as a command for a shell; `url` is the mock's own base URL."""
        return "".join(self.curl_parts(url))

    def curl_parts(self, url: str) -> Iterator[str]:
        """The same in parts of a bounded length."""
        call = self.call
        return curl_parts(call.method, (call.base_url or url) + call.target, call.key, call.described(), call.body)


@dataclass(slots=True, kw_only=True, eq=False)
class Attempted:
    """One attempt to deliver one callback, or the last word on one that was never attempted, whose `body` is empty.

    `code` is that of the callback's envelope, `took` in seconds, `size` in bytes, about. `redelivered`: somebody asked
    for it once more. `sent` are the headers that it was sent with, `answer` is what the receiver answered.
    """

    at: float
    key: str
    task_id: str
    stage: str
    code: int
    number: int
    url: str
    outcome: Outcome
    detail: str
    took: float
    body: bytes = b""
    redelivered: bool = False
    sent: Headers = ()
    answer: KeptAnswer | None = None
    id: int = 0
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = OVERHEAD + len(self.body) + len(self.url) + size_of(self.sent)
        if self.answer is not None:
            self.size += len(self.answer.body) + size_of(self.answer.headers)

    @classmethod
    def ended(
        cls, owed: Owed, at: float, attempt: Attempt, body: bytes = b"", *, redelivered: bool = False
    ) -> "Attempted":
        """The entry for an attempt at the callback that is owed next."""
        return cls(
            at=at,
            key=owed.key,
            task_id=owed.task_id,
            stage=owed.step.stage,
            code=owed.code,
            number=owed.retries + 1,
            redelivered=redelivered,
            url=owed.url,
            body=body,
            outcome=attempt.outcome,
            detail=attempt.detail,
            took=attempt.took,
            sent=attempt.sent,
            answer=attempt.answer,
        )

    @classmethod
    def undelivered(cls, owed: Owed, at: float, why: str) -> "list[Attempted]":
        """The entries that say that what is left of a task's callbacks is not delivered."""
        entries = []
        while not owed.ended:
            entries.append(cls.ended(owed, at, Attempt(outcome=Outcome.UNDELIVERED, detail=why, took=0.0)))
            owed = owed.turned()
        return entries

    @property
    def repeatable(self) -> bool:
        """Whether there is something to send again: not where it was never sent."""
        return bool(self.body)

    def curl(self) -> str:
        """The callback as a command for a shell."""
        return "".join(self.curl_parts())

    def curl_parts(self) -> Iterator[str]:
        """The same in parts of a bounded length."""
        return curl_parts("POST", self.url, None, {"Content-Type": "application/json"}, self.body)


Entry = Requested | Attempted


def line(entry: Entry) -> str:
    """One entry as one printable line: `-->` what came in, `<--` what went out."""
    text = _request(entry) if isinstance(entry, Requested) else _attempt(entry)
    return printable(text)


def listed(entries: Sequence[Entry]) -> str:
    """The newest entries, a line each, and how many there are more."""
    older = len(entries) - LISTED
    lines = [f" ({older} older ones left out)"] if older > 0 else []
    lines += [f"\n  {line(entry)}" for entry in entries[-LISTED:]]
    return "".join(lines) or " nothing"


def _request(entry: Requested) -> str:
    code = f"{entry.code} " if entry.code else ""
    said = f"{code}task {entry.task_id}" if entry.task_id else f"{code}{entry.msg}"
    http = "" if entry.status == 200 else f"HTTP {entry.status}, "
    callback = f", callbacks {entry.callback}" if entry.callback else ""
    replayed = entry.answer_headers.get(REPLAY, "")
    callback += f" ({replayed})" if replayed else ""
    what = f"{entry.call.method} {entry.call.path}".rstrip()
    return f"--> {what}  {http}{said}{callback}"


def _attempt(entry: Attempted) -> str:
    again = " (once more)" if entry.redelivered else f" (attempt {entry.number})" if entry.number > 1 else ""
    took = "" if entry.outcome is Outcome.UNDELIVERED else f" in {entry.took * 1000:.0f} ms"
    code = "" if entry.code == 200 else f" with code {entry.code}"
    return (
        f"<-- {entry.stage}{code} of {entry.task_id} to {masked_url(entry.url)}{again}  "
        f"{entry.outcome}{took}: {entry.detail}"
    )
