"""One request to a target and its answer. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer. `error` says why there is none; times in seconds of the monotonic clock."""

    method: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    sent: bytes
    status: int
    content_type: str
    body: bytes
    error: str
    started: float
    answered: float
    retry_after: str = ""

    @property
    def envelope(self) -> Any:
        """The answer's JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    @property
    def code(self) -> int | None:
        """The envelope's code, if it has one."""
        code = self.envelope.get("code") if isinstance(self.envelope, dict) else None
        return code if isinstance(code, int) and not isinstance(code, bool) else None

    @property
    def task_id(self) -> str | None:
        """The taskId, if the answer carries one anywhere in its data."""
        data = self.envelope.get("data") if isinstance(self.envelope, dict) else None
        task = data.get("taskId") if isinstance(data, dict) else None
        return task if isinstance(task, str) and task else None
