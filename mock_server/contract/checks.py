"""The checks that a request goes through, in their order (`openapi/checks.yaml`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from mock_server.contract.documents import OPENAPI, load


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCheck:
    """One check: what it asks, what makes it strike, and the code of its refusal, where it has one; `serve` are options
    of the command under which it strikes, and it needs what the checks `after` which it comes have found."""

    name: str
    check: str
    cause: str
    code: int | None = None
    any: bool = False
    serve: str = ""
    after: tuple[str, ...] = ()


@cache
def checks() -> tuple[NamedCheck, ...]:
    """All of them. Each endpoint makes those that it has, in this order."""
    entries: list[dict[str, Any]] = load(OPENAPI / "checks.yaml")
    return tuple(NamedCheck(**{**entry, "after": tuple(entry.get("after", ()))}) for entry in entries)


def ordered(first: Sequence[str]) -> tuple[NamedCheck, ...]:
    """All of them, in the order of a profile that makes some `first`."""
    named = {each.name: each for each in checks()}
    return tuple(named[name] for name in dict.fromkeys([*first, *named]))
