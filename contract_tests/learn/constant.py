"""What is the same in all bodies of one kind, as lines of a profile; what is not stays open with the reason. Pure."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

import orjson

from contract_tests.documents.any_json import parsed
from contract_tests.learn.evidence import Found, Left, Line, times
from contract_tests.target.exchange import Exchange

TWICE: Final = 2
"""Requests that have to show a value, at least: what was seen once may be of that request alone."""
SHOWN: Final = 2
"""Values that are shown where there are several."""
LONGEST: Final = 60
"""Characters of a value that is shown."""
MOST: Final = 1000
"""Bytes of a value that is learned."""


class Told(NamedTuple):
    """Members, or headers, that came with an exchange, by their names."""

    exchange: Exchange
    members: Mapping[str, Any]


class Usual(NamedTuple):
    """What the mock has already, by names, and which of it its profile says."""

    members: Mapping[str, Any]
    said: Collection[str]


def constant(path: tuple[str, ...], told: Sequence[Told], usual: Usual) -> Iterator[Found]:
    """A line for each member that all of `told` have with one value and the mock has not; and why there is none for
    another."""
    seen: dict[str, list[tuple[Exchange, Any]]] = defaultdict(list)
    for exchange, members in told:
        for name, value in members.items():
            seen[name].append((exchange, value))
    for name, came in seen.items():
        requests = {exchange.number: exchange for exchange, _ in came}.values()
        value = came[0][1]
        why = _why_not(came, len(told))
        if why:
            yield Left(".".join((*path, name)), why)
        elif name not in usual.members or _written(usual.members[name]) != _written(value):
            yield Line((*path, name), value, times(requests))
    for name in usual.said:
        if name not in seen:
            yield Left(".".join((*path, name)), f"seen in none of {len(told)}, and no profile takes it away")


def _why_not(came: Sequence[tuple[Exchange, Any]], number: int) -> str:
    """Why no profile can say a member that came so in so many bodies; empty where one can."""
    values = dict.fromkeys(_written(value) for _, value in came)
    requests = {exchange.number: exchange for exchange, _ in came}.values()
    if len(came) < number:
        return f"seen in {len(came)} of {number}, and a profile says it of all"
    if len(values) > 1:
        return f"seen in several values, and a profile says one: {', '.join(map(cut, [*values][:SHOWN]))}"
    if len(requests) < TWICE:
        return "only one request shows it"
    if not _is_plain(came[0][1]):
        return f"no profile can hold it: {cut(next(iter(values)))}"
    return "it may repeat what was sent" if all(_repeats(came[0][1], each) for each in requests) else ""


def _written(value: Any) -> str:
    """A value as JSON, in which `true` is not 1."""
    return json.dumps(value, sort_keys=True)


def _is_plain(value: Any) -> bool:
    """Whether the mock can write a value: no number that is none, or has more than 64 bits, no half of a character,
    nothing that is longer than what is learned of texts."""
    try:
        json.dumps(value, allow_nan=False)
        return len(orjson.dumps(value)) <= MOST
    except (TypeError, ValueError, RecursionError):
        return False


def cut(text: str) -> str:
    """A value that is not too long for a list."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _repeats(value: Any, exchange: Exchange) -> bool:
    """Whether a text or a number is one of those that were sent."""
    if not value or isinstance(value, (bool, list, dict)):
        return False
    sent = parsed(exchange.sent)
    return isinstance(sent, dict) and value in [each for each in sent.values() if not isinstance(each, bool)]
