"""An operation beside extend, as a profile has it: what it takes, and what is demanded of what comes. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from contract_tests.documents.extend import Rule

UPLOAD: Final = "uploadUrl"
TRACK: Final = ("taskId", "audioId")
"""The properties of a request that is about a track of a finished task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a message must tell: a `kind` of value (text, url or number) at one of the places. `of` is callback, record
    or answer. Nothing may stand there where it is not `needed`; it does not hold where one of the values of `unless`
    stands at the place there."""

    rule: str
    of: str
    kind: str
    at: tuple[str, ...]
    needed: bool = True
    unless: tuple[str, tuple[Any, ...]] = ("", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of a profile.

    `kind` is task or answer; `example` the documented request; `lengths` how many characters or words a field may have,
    with the unit; `codes` those of its callbacks; `of_whom` where a callback has the taskId; `status` where the record
    has the status, and `words` what it may say; `running`, `success` and `lost` those of a task that goes on, of one
    that went well, and of one whose callback was lost. `record_path` is empty where the profile has no record.
    `members` has the names that the profile gives `data`, by message; `agrees` the rule and the places of record and
    callback. With `makes_tracks` its tasks are judged as those of extend, but for how many `tracks` each makes;
    `beside` has, by property, the members of a request beside which it may stand, None for one that is left out;
    `models` are those that it takes, empty for all, and `by_model` has the lengths that hold for a model alone.
    """

    name: str
    kind: str
    path: str
    record_path: str
    example: Mapping[str, Any]
    rules: tuple[Rule, ...]
    lengths: Mapping[str, tuple[int, str]]
    codes: tuple[int, ...]
    of_whom: tuple[str, ...]
    status: tuple[str, ...]
    words: tuple[str, ...]
    running: tuple[str, ...]
    success: str
    lost: str
    told: tuple[Told, ...]
    agrees: tuple[str, tuple[str, ...], tuple[str, ...]] | None
    members: Mapping[str, tuple[str, ...]]
    makes_tracks: bool
    tracks: int
    beside: Mapping[str, Mapping[str, Any]]
    models: tuple[str, ...]
    by_model: Mapping[str, Mapping[str, tuple[int, str]]]

    @property
    def takes_track(self) -> bool:
        """Whether it is about a track of a task that has ended."""
        return all(name in self.example for name in TRACK)

    @property
    def takes_upload(self) -> bool:
        """Whether it is about a file somewhere."""
        return UPLOAD in self.example

    def has(self, ending: str) -> bool:
        """Whether it has a rule of the prose with this id behind its name."""
        return any(rule.id == f"{self.name}.{ending}" for rule in self.rules)
