"""Profiles that are compared, side by side, and a fact of one: what is so, and which keys say so. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mock_server.contract.body_validator import Rule
from mock_server.contract.documents import Pointer
from mock_server.contract.editions import Edition


@dataclass(frozen=True, slots=True)
class Fact:
    """What is so under a profile, and the keys of the profile that it tells, with all that stands below them."""

    text: str
    keys: tuple[Pointer, ...] = ()


Facts = Mapping[str, Fact]
"""By what they are about. Where what a key says is another, so is the text of each fact that has it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Side:
    """One of the profiles that are compared: its edition, all that its files say (`tree`), the endpoints and models
    that every one has (`shared`), and whether every one reads the same document."""

    edition: Edition
    tree: Mapping[str, Any]
    shared: frozenset[str]
    one_document: bool

    @property
    def posts(self) -> list[str]:
        """The operations that every profile serves and whose requests have a body."""
        served = self.edition.profile.operations.values()
        return [each.name for each in served if each.method == "POST" and each.name in self.shared]

    @property
    def models(self) -> list[str]:
        """The models that every profile offers."""
        return [model for model in self.edition.profile.models if model in self.shared]


def holding(side: Side) -> list[Rule]:
    """The rules of the operations that every profile serves."""
    profile = side.edition.profile
    return [rule for name in side.posts for rule in profile.holding(name, side.edition.names)]


def plain(number: float) -> str:
    """A number to its last digit."""
    return str(int(number)) if number == int(number) else str(number)
