"""What is searched for in the inbox: words, and filters as text such as `status:failed code:422 after:10m`. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from mock_server.contract.scenarios import STAGES
from mock_server.core.errors import BadSetting, unknown
from mock_server.core.text import cut
from mock_server.pages.delivered import BAD, GOOD, Stages

FAILED: Final = "failed"
"""In place of a status: everything that came to no good end."""
WENT: Final[Mapping[str, str]] = {"failed": BAD, "received": GOOD}
"""The tones of a delivery, by the words for them."""
UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
AGO: Final = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)([smhd])")
WORDS: Final = re.compile(r'(?:[a-z]+:)?"[^"]*"|\S+')
"""The words of a search; one in quotes may hold blanks."""
LONGEST: Final = 1000
"""Characters of a search that are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search looks at in a row: `texts` are asked for only where a word is searched."""

    status: str
    code: int
    keys: Sequence[str]
    at: float
    bad: bool
    stages: Stages
    texts: Callable[[], Sequence[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Words that all have to be there, in lower case, and filters that all have to hold, each a name and a value."""

    words: Sequence[bytes] = ()
    filters: Sequence[tuple[str, str]] = ()

    def wants(self, found: Found, now: float) -> bool:
        """Whether a row is meant, at a time of the mock's clock."""
        if not all(FILTERS[name](value, found, now) for name, value in self.filters):
            return False
        if not self.words:
            return True
        texts = [text.lower() for text in found.texts()]
        return all(any(word in text for text in texts) for word in self.words)


@lru_cache(maxsize=64)
def search_of(text: str) -> Search:
    """What a text searches for. Raises BadSetting for a filter that does not exist, and for a value that it cannot
    have."""
    words, filters = list[bytes](), list[tuple[str, str]]()
    for word in WORDS.findall(text[:LONGEST]):
        name, colon, value = word.partition(":")
        if colon and name in FILTERS:
            filters.append((name, _allowed(name, value.strip('"'))))
        elif colon and name.isascii() and name.isalpha() and not value.startswith("//"):
            raise unknown("filter", name, FILTERS)
        else:
            words.append(word.strip('"').lower().encode(errors="surrogateescape"))
    return Search(words=[word for word in words if word], filters=filters)


def _allowed(name: str, value: str) -> str:
    """The value of a filter. Raises BadSetting for one that it cannot have."""
    if name in VALUES and value not in VALUES[name]:
        raise unknown(name, value, VALUES[name])
    if name == "code" and not value.isdecimal():
        raise BadSetting(f"code:{cut(value)} is no code. Allowed: a number, such as code:422.")
    if name in ("after", "before"):
        moment(value, 0)
    return value


def moment(text: str, now: float) -> float:
    """The time that a text names, in epoch seconds: `10m` is ten minutes ago, others are dates of ISO 8601, in UTC.
    Raises BadSetting."""
    if ago := AGO.fullmatch(text):
        return now - float(ago[1]) * UNITS[ago[2]]
    try:
        named = datetime.fromisoformat(text)
        return (named if named.tzinfo else named.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise BadSetting(
            f"{cut(text)!r} is no time. Allowed: how long ago, such as 90s, 10m, 2h, 1d; "
            "or a date such as 2026-11-27T12:30 of the mock's clock."
        ) from None


def _stage(value: str, found: Found, now: float) -> bool:
    return value in found.stages


def _delivery(value: str, found: Found, now: float) -> bool:
    return any(each.tone == WENT[value] for each in found.stages.values())


def _status(value: str, found: Found, now: float) -> bool:
    return found.bad if value == FAILED else found.status.lower() == value.lower()


FILTERS: Final[Mapping[str, Callable[[str, Found, float], bool]]] = {
    "status": _status,
    "code": lambda value, found, now: found.code == int(value),
    "key": lambda value, found, now: any(key.startswith(value) for key in found.keys),
    "stage": _stage,
    "delivery": _delivery,
    "after": lambda value, found, now: found.at >= moment(value, now),
    "before": lambda value, found, now: found.at < moment(value, now),
}
"""Whether a filter of a value holds for a row at a time, by its name."""
VALUES: Final[Mapping[str, Sequence[str]]] = {"stage": STAGES, "delivery": tuple(WENT)}
"""The values that filters can have, where they are few."""
