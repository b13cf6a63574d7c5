"""What was learned: a line of a profile with what was seen of it, and what stays open with the reason. Pure."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from contract_tests.target.exchange import Exchange

SHOWN = 3
"""Numbers of requests that a line names."""


class Line(NamedTuple):
    """`value` is what a profile says at `path`, a key in a key; `seen` says in words how often and where."""

    path: tuple[str | int, ...]
    value: Any
    seen: str


class Left(NamedTuple):
    """What is not in the profile, and why: it was not seen, or was seen in several ways."""

    what: str
    why: str


Found = Line | Left


def lines_of(found: Iterable[Found]) -> list[Line]:
    """What was learned, without what stays open."""
    return [each for each in found if isinstance(each, Line)]


def name(found: Found) -> str:
    """What it is about, as one word."""
    return ".".join(map(str, found.path)) if isinstance(found, Line) else found.what


def times(exchanges: Iterable[Exchange]) -> str:
    """How often something was seen, and the numbers of the first requests in the journal."""
    numbers = sorted(each.number for each in exchanges)
    told = ", ".join(map(str, numbers[:SHOWN])) + (", …" if len(numbers) > SHOWN else "")
    return f"{len(numbers)} times: requests {told}" if len(numbers) != 1 else f"once: request {told}"
