"""Which entries of the journal are meant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mock_server.contract.scenarios import STAGES
from mock_server.core.errors import BadSetting, unknown
from mock_server.domain.attempt import Outcome
from mock_server.state.journal_entries import Entry, Requested

VALUES: Final[Mapping[str, Sequence[str]]] = {
    "kind": ("request", "attempt"),
    "stage": STAGES,
    "outcome": tuple(Outcome),
}
"""The values that a field of an entry can have, where they are few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which entries are meant: those that agree with everything that is given."""

    kind: str | None = None
    key: str | None = None
    task_id: str | None = None
    code: int | None = None
    path: str | None = None
    stage: str | None = None
    outcome: str | None = None

    @classmethod
    def of(cls, **fields: Any) -> "Match":
        """A match. Raises BadSetting for a field or a value that no entry has."""
        for name, value in fields.items():
            if name not in cls.__slots__:
                raise unknown("field of an entry", name, cls.__slots__)
            if name in VALUES and value is not None and value not in VALUES[name]:
                raise unknown(name, value, VALUES[name])
        code = fields.get("code")
        if code is not None and type(code) is not int:
            raise BadSetting(f"code is {code!r}. Allowed: a whole number.")
        return cls(**fields)

    def __call__(self, entry: Entry) -> bool:
        request = isinstance(entry, Requested)
        return (
            self.kind in (None, "request" if request else "attempt")
            and self.key in (None, entry.key)
            and self.task_id in (None, entry.task_id)
            and self.code in (None, entry.code)
            and self.path in (None, entry.call.path if isinstance(entry, Requested) else None)
            and self.stage in (None, None if isinstance(entry, Requested) else entry.stage)
            and self.outcome in (None, None if isinstance(entry, Requested) else entry.outcome)
        )
