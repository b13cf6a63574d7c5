"""One request to a target and its answer. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from contract_tests.documents.any_json import parsed

NOT_SENT: Final = ("ConnectError", "ConnectTimeout", "LocalProtocolError", "UnsupportedProtocol", "InvalidURL")
"""Errors after which nothing has reached the target."""
NOBODY: Final = ("ConnectError", "ConnectTimeout")
"""Those of a target that takes no connection."""
RATE_WINDOW: Final = 10.0
"""Seconds in which the documented rate is counted."""
LONGEST_WAIT: Final = 60.0
"""Seconds that a Retry-After may ask for."""
TOO_SLOW: Final = "--timeout waits longer"
"""How an error ends where the target had no more time to answer."""


@lru_cache(maxsize=1000)
def _read(body: bytes) -> Any:
    """A body as JSON, which nobody changes. Read once for some ninety rules, and not kept with every exchange: of a
    recording there may be a hundred thousand."""
    return parsed(body)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer. `error` says why there is none; times in seconds of the monotonic clock. `key_env`
    is the environment variable of the key that was sent. `resumed` marks an exchange of the run that this one resumes:
    its times are of another clock. `shows_key` marks an answer in which the
    own key stood, before it was masked. `number` is that of the exchange in the journal, from 1."""

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
    key_env: str = ""
    resumed: bool = False
    shows_key: bool = False
    answer_headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    number: int = 0

    @property
    def envelope(self) -> Any:
        """The answer's body as JSON; None where it is not JSON."""
        return _read(self.body)

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

    @property
    def record(self) -> Any:
        """What a GET tells of a task or of credits: `data` of the answer; None where it has none."""
        return self.envelope.get("data") if isinstance(self.envelope, dict) else None

    @property
    def msg(self) -> Any:
        """`msg` of the envelope; None where it has none."""
        return self.envelope.get("msg") if isinstance(self.envelope, dict) else None

    @property
    def asks_to_wait(self) -> float:
        """Seconds to wait after a 429: as many as the target asks for, else the window of the documented rate."""
        return min(float(self.retry_after), LONGEST_WAIT) if self.retry_after.isdecimal() else RATE_WINDOW

    @property
    def failed(self) -> bool:
        """Whether the server says that it failed, so that nobody knows what it did."""
        return self.code is not None and self.code >= 500

    @property
    def tasks(self) -> int:
        """1 if the server may have started a task: it said so, or nobody knows."""
        unreadable = self.code is None and not 400 <= self.status < 500
        unknown = (unreadable or self.failed) and self.method == "POST" and not self.error.startswith(NOT_SENT)
        return int(unknown or self.code == 200 or self.task_id is not None)
