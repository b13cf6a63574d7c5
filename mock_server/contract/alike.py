"""Which recorded requests a request is like, and in what it differs from the nearest. Pure."""

import json
from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from jiter import from_json

from mock_server.contract.body_validator import is_http_url
from mock_server.contract.course import Recorded
from mock_server.contract.decode import is_json
from mock_server.contract.recording import is_masked
from mock_server.contract.without_effect import without_effect

IDS: Final = ("audioId", "taskId", "personaId", "uploadUrl")
"""The members of a request whose values belong to one account or one run."""
CALLBACK_URL: Final = "callBackUrl"
QUERY: Final = "the query"
KEY: Final = "the key"
NO_OBJECT: Final = "the body"
KIND: Final = "Content-Type"
COMPARED: Final = 1000
"""Recorded requests of an operation that are looked at for the nearest."""
UNKNOWN: Final = -1
"""In place of the number of a member with a value that no recorded request has."""
Members = Mapping[str, str]
"""A request, member by member, each as JSON."""
Numbered = tuple["array[int]", Recorded]
"""A recorded request with the numbers of its members."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Match:
    """The recorded requests that a request is like, to be played in turn; `name` tells them from all others. `same` are
    the members that are never compared."""

    name: tuple[Any, ...]
    recorded: Sequence[Recorded]
    same: Collection[str]


def members(body: bytes, content_type: str, query: str, *, keyed: bool) -> Members:
    """A request as it is compared. A callBackUrl that can be called is like any other."""
    told = {QUERY: json.dumps(query), KEY: json.dumps(keyed)}
    if not body:
        return told
    told[KIND] = json.dumps(is_json(content_type))
    try:
        value = from_json(body, allow_inf_nan=False, catch_duplicate_keys=True)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        return {**told, NO_OBJECT: body.decode(errors="backslashreplace")}
    return {**told, **{name: _written(name, each) for name, each in value.items()}}


def _written(name: str, value: Any) -> str:
    if name != CALLBACK_URL:
        return json.dumps(value, sort_keys=True)
    # A recording has the form of this member alone.
    if not isinstance(value, str):
        return json.dumps(type(value).__name__)
    return "URL" if is_http_url(value) else json.dumps([bool(value), ":" in value])


class Alike:
    """The recorded requests of one operation. A request is like those that are the same, else those that differ in ids
    alone, else those that differ in what is shown to make no difference. Where `tells_keys` is false nobody sent one,
    as in archives of browsers, which leave keys out. What is compared is kept as numbers: a recording may have a
    hundred thousand requests."""

    def __init__(self, recorded: Sequence[Recorded], *, tells_keys: bool) -> None:
        self._numbers: dict[tuple[str, str], int] = {}
        every = [(self._numbered(_members_of(each)), each) for each in recorded]
        masked = {name for name, value in self._numbers if is_masked(value) and name != CALLBACK_URL}
        nobody = set() if tells_keys else {KEY}
        self._same = frozenset(masked | nobody)
        self._ids = self._same | {*IDS}
        self._shown = self._ids | self._without_effect(every, self._ids)
        self._levels = [(free, self._by_signature(every, free)) for free in (self._same, self._ids, self._shown)]
        self._compared = [(_members_of(each), each.line) for each in recorded[:COMPARED]]

    def found(self, told: Members, accepts: Callable[[], bool]) -> Match | None:
        """Those that a request is like; None where it is like none. `accepts` tells whether the profile has nothing
        against the request, which is asked where more than ids differ."""
        for level, (free, by_signature) in enumerate(self._levels):
            signature = self._signature(told, free)
            recorded = by_signature.get(signature, ())
            same = len({each.outcome for each in recorded}) == 1
            if recorded and (level == 0 or same) and (free is not self._shown or free == self._ids or accepts()):
                return Match(name=(level, signature), recorded=recorded, same=self._same)
        return None

    def nearest(self, told: Members) -> str:
        """What is said of the recorded request that is most like one."""
        found = [(_differing(told, other, self._same), line) for other, line in self._compared]
        names, line = min(found, key=lambda each: len(each[0]), default=((), 0))
        return f"the nearest is on line {line} and differs in {', '.join(names)}" if names else "none was recorded"

    def _numbered(self, told: Members) -> "array[int]":
        """A request as the numbers of its members with their values."""
        return array("L", (self._numbers.setdefault(each, len(self._numbers)) for each in told.items()))

    def _signature(self, told: Members, free: Collection[str]) -> bytes:
        """What is the same in all requests that are alike; empty where no recorded one has it."""
        numbers = [self._numbers.get(_freed(each, free), UNKNOWN) for each in told.items()]
        return b"" if UNKNOWN in numbers else _in_order(numbers)

    def _signatures(self, every: Sequence[Numbered], free: Collection[str]) -> Iterator[bytes]:
        """The same of recorded ones."""
        freed = self._freed(free)
        for told, _ in every:
            yield _in_order([freed[number] for number in told])

    def _freed(self, free: Collection[str]) -> Sequence[int]:
        """By the number of a member that of what it is compared as."""
        return [self._numbers.setdefault(_freed(each, free), len(self._numbers)) for each in [*self._numbers]]

    def _by_signature(self, every: Sequence[Numbered], free: Collection[str]) -> Mapping[bytes, Sequence[Recorded]]:
        found: dict[bytes, list[Recorded]] = defaultdict(list)
        for signature, (_, each) in zip(self._signatures(every, free), every, strict=True):
            found[signature].append(each)
        return dict(found)

    def _without_effect(self, every: Sequence[Numbered], free: Collection[str]) -> frozenset[str]:
        """The members of which the recording has several values beside the same others, and always the same outcome."""
        members = [*self._numbers]
        return without_effect(
            requests=[(told, each.outcome) for told, each in every],
            members=members,
            compared=self._freed(free),
            kinds=[_kind(value) for _, value in members],
            never={*free, QUERY, KEY, KIND, NO_OBJECT, CALLBACK_URL},
        )


def differing(told: Members, recorded: Recorded, same: Collection[str]) -> Sequence[str]:
    """The members in which a request differs from a recorded one."""
    return _differing(told, _members_of(recorded), same)


def _members_of(recorded: Recorded) -> Members:
    message = recorded.message
    query = message.path.partition("?")[2]
    return members(message.sent, message.header("content-type"), query, keyed=recorded.keyed)


def _freed(member: tuple[str, str], free: Collection[str]) -> tuple[str, str]:
    """A member as it is compared: of one that may differ, that it is there."""
    name, value = member
    return (name, _kind(value)) if name in free else member


def _in_order(numbers: Iterable[int]) -> bytes:
    return array("L", sorted(numbers)).tobytes()


def _kind(value: str) -> str:
    """A text, a number, true or false, and so on."""
    return "0" if value[:1] in "-0123456789" else "t" if value[:1] in "tf" else value[:1]


def _differing(told: Members, other: Members, free: Iterable[str]) -> Sequence[str]:
    names = [*dict.fromkeys([*told, *other])]
    return [name for name in names if told.get(name) != other.get(name) and name not in {*free}]
