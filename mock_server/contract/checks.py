"""The checks that a request goes through, in their order (`openapi/checks.yaml`)."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from mock_server.contract.documents import OPENAPI, load


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCheck:
    """One check: what it asks, what makes it strike, and the code of its refusal, where it has one; `serve` are options
    of the command under which it strikes."""

    name: str
    check: str
    cause: str
    code: int | None = None
    any: bool = False
    serve: str = ""


@cache
def checks() -> tuple[NamedCheck, ...]:
    """All of them. Each endpoint makes those that it has, in this order."""
    entries: list[dict[str, Any]] = load(OPENAPI / "checks.yaml")
    return tuple(NamedCheck(**entry) for entry in entries)
