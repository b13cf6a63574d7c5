"""How a plain server behaves, as one value: a legal variant or a fault is a function from one behaviour to another."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from contract_tests.targets.checks import Body, Check, checks
from contract_tests.targets.edition import Edition

KEY: Final = "plain-key"
OTHER_KEY: Final = "plain-key-of-another"
EMPTY_KEY: Final = "plain-key-without-credits"
BUSY_KEY: Final = "plain-key-that-asks-too-often"
JSON: Final = "application/json"
REFUNDED: Final = 531
"""The code of the failure that gives the credits back, by the documents."""
Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it came. `body` is None where there is none that can be read."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    raw: bytes
    body: Any = None

    @property
    def authorization(self) -> str:
        return self.headers.get("authorization", "")

    @property
    def extends(self) -> bool:
        return self.method == "POST"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer. `raw` is sent in place of the content, where it is given; `later` are seconds that it takes; with
    `dropped` the connection ends in its place."""

    status: int
    content: Any
    kind: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    later: float = 0.0
    dropped: bool = False

    @property
    def code(self) -> Any:
        return self.content.get("code") if isinstance(self.content, dict) else None

    def merged(self, changes: Mapping[str, Any]) -> "Answer":
        return replace(self, content=merged(self.content, changes))


@dataclass(slots=True, kw_only=True)
class Task:
    """One accepted request and what became of it. `fails` is the code that it fails with."""

    id: str
    key: str
    body: Body
    url: str
    tracks: list[Json]
    status: str = "PENDING"
    listed: int = 0
    fails: int | None = None


@dataclass(frozen=True, slots=True)
class Callback:
    """One callback as it is sent, `later` seconds after it is due."""

    stage: str
    url: str
    content: Any
    method: str = "POST"
    kind: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    later: float = 0.0

    @property
    def data(self) -> Json:
        data = self.content.get("data") if isinstance(self.content, dict) else None
        return data if isinstance(data, dict) else {}

    def merged(self, changes: Mapping[str, Any]) -> "Callback":
        return replace(self, content=merged(self.content, changes))

    def with_tracks(self, change: Callable[[list[Json]], Any]) -> "Callback":
        return self.merged({"data": {"data": change([dict(track) for track in self.data.get("data", [])])}})


GONE: Final = ...
"""In place of a value: the member is left out."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A value that takes the place of an object, in place of changing it."""

    value: Any


def merged(value: Any, changes: Mapping[str, Any]) -> Any:
    """An object with some members changed, those of objects in it too."""
    if not isinstance(value, dict):
        return value
    whole = {**value, **{name: _changed(value.get(name), change) for name, change in changes.items()}}
    return {name: each for name, each in whole.items() if each is not GONE}


def _changed(value: Any, change: Any) -> Any:
    if isinstance(change, Whole):
        return change.value
    return merged(value, change) if isinstance(change, dict) and isinstance(value, dict) else change


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How callbacks are sent: how often at most, how long the receiver may take, how long to wait between attempts, and
    which statuses count as received."""

    attempts: int = 4
    patience: float = 1.5
    spacing: float = 0.03
    received: Callable[[int], bool] = lambda status: status == 200
    changed: Callable[[int, Callback], Callback] = lambda attempt, callback: callback


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How a server behaves. `mirrors` repeats an envelope's code as HTTP status, `refunds` says which failures
    give the price back, `rate` how many requests a key may send in how many seconds. The rest are the places where a
    server may do otherwise: who is let in, what a request is read as, what is checked, and what leaves the server."""

    edition: Edition
    checks: Mapping[str, Check]
    mirrors: bool = False
    price: float = 12
    rate: tuple[int, float] | None = None
    refunds: Callable[[int], bool] = lambda code: code == REFUNDED
    keys: tuple[str, ...] = (KEY, OTHER_KEY, EMPTY_KEY, BUSY_KEY)
    account: Callable[[Asked], str | None]
    polls: Callable[[Asked], str | None]
    media_type: Callable[[str], bool] = lambda kind: kind.partition(";")[0].strip().lower() == JSON
    decoded: Callable[[bytes], str] = lambda raw: raw.decode()
    read: Callable[[Any], Any] = lambda body: body
    kept: Callable[[Body], Body] = lambda body: body
    refusals: Callable[[Iterable[str]], str] = lambda problems: next(iter(problems), "")
    starts: Callable[[Task], None] = lambda task: None
    answered: tuple[Callable[[Asked, Answer], Answer], ...] = ()
    called: tuple[Callable[[Task, Callback], Iterable[Callback]], ...] = ()
    recorded: tuple[Callable[[Task, Json], Any], ...] = ()
    seen: Callable[[Task, str], bool] = lambda task, key: task.key == key
    delivery: Delivery = Delivery()
    waits: bool = False
    pause: float = 0.04

    def checked_by(self, changes: Mapping[str, Check | None]) -> "Behaviour":
        """With other checks in place of some, or without those that are None. Raises LookupError for one that is not
        there, unless its name ends with '+': then it comes behind all others."""
        known = {**self.checks}
        for name, check in changes.items():
            if name not in known and not name.endswith("+"):
                raise LookupError(f"no check {name!r}. Known: {', '.join(known)}.")
            known[name] = check or _never
        return replace(self, checks=known)

    def answering(self, change: Callable[[Asked, Answer], Answer]) -> "Behaviour":
        return replace(self, answered=(*self.answered, change))

    def calling(self, change: Callable[[Task, Callback], Iterable[Callback]]) -> "Behaviour":
        return replace(self, called=(*self.called, change))

    def recording(self, change: Callable[[Task, Json], Any]) -> "Behaviour":
        return replace(self, recorded=(*self.recorded, change))


def _never(body: Body, source: object) -> str:
    return ""


def bearer(keys: Iterable[str]) -> Callable[[Asked], str | None]:
    """Lets in whoever sends a known key as a bearer token, the scheme in any case."""
    known = frozenset(keys)

    def account(asked: Asked) -> str | None:
        scheme, _, key = asked.authorization.partition(" ")
        return key if scheme.lower() == "bearer" and key in known else None

    return account


def conforming(edition: Edition, *, mirrors: bool = False) -> Behaviour:
    """A behaviour that breaks no sentence of a document."""
    keys = bearer((KEY, OTHER_KEY, EMPTY_KEY, BUSY_KEY))
    return Behaviour(edition=edition, checks=checks(edition), mirrors=mirrors, account=keys, polls=keys)
