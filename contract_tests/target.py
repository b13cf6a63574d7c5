"""The server that is tried: every request goes through here, within the budget, the rate and bounded time."""

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TextIO
from urllib.parse import quote

import httpx

from contract_tests.exchanges import Exchange
from contract_tests.published import EXTEND, RECORD_INFO
from contract_tests.requests import JSON, Probe

ANSWER_LIMIT: Final = 1024 * 1024
"""Bytes of an answer that are read."""
PATIENCE: Final = 20.0
"""Seconds that an answer may take in all."""
RETRIES: Final = 3
"""How often a request is repeated after a 429 that the probe did not want."""
MASKED: Final = "***"
SILENCES: Final = 5
"""Requests in a row without an answer after which no more are sent."""
RATE_WINDOW: Final = 10.0
"""Seconds in which the documented rate is counted."""
NOT_SENT: Final = ("ConnectError", "ConnectTimeout", "LocalProtocolError", "UnsupportedProtocol", "InvalidURL")
"""Errors after which nothing has reached the target."""
LONGEST_WAIT: Final = 60.0
"""Seconds that a Retry-After may ask for."""
POLL_AFTER: Final = 5.0
"""Seconds between two looks at a task that is under way."""
UNDER_WAY: Final = ("PENDING", "TEXT_SUCCESS", "FIRST_SUCCESS")


class Spent(Exception):
    """The budget does not allow the request."""


class Silent(Exception):
    """The target has stopped to answer."""


@dataclass(slots=True, kw_only=True)
class Limits:
    """`budget` is how many tasks may be started, None for any number; `spacing` the least seconds between requests."""

    budget: int | None = None
    spacing: float = 0.0


class Target:
    """A server under test. `journal` gets a line of JSON per exchange, the keys masked."""

    def __init__(
        self,
        base_url: str,
        keys: Mapping[str, str],
        limits: Limits,
        journal: TextIO,
        *,
        sleep: Callable[[float], None] = time.sleep,
        patience: float = PATIENCE,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._keys = {name: key.strip() for name, key in keys.items()}
        self._limits = limits
        self._journal = journal
        self._sleep = sleep
        self._patience = patience
        self._http = httpx.Client(timeout=patience, follow_redirects=False)
        self._last = 0.0
        self._silences = 0
        self.spent = 0

    def close(self) -> None:
        self._http.close()

    def allows(self, cost: int) -> bool:
        """Whether the budget has room for so many more tasks; a refusal needs none, but no overdrawn budget either."""
        return self._limits.budget is None or self.spent + cost <= self._limits.budget

    def send(self, probe: Probe, callback_url: str) -> Exchange:
        """The probe's request. Raises Spent without sending it when the budget has no room, Silent when the target
        has left the last requests without an answer."""
        if self._silences >= SILENCES:
            raise Silent(f"the target left {SILENCES} requests in a row without an answer")
        if not self.allows(probe.cost):
            raise Spent(f"{self.spent} of {self._limits.budget} tasks are spent")
        headers = {"Content-Type": JSON, **probe.headers}
        if probe.key is not None:
            headers["Authorization"] = f"{probe.scheme}{self._keys[probe.key]}".strip()
        body = probe.body.replace(b"$URL", callback_url.encode())
        exchange = self._patiently(probe.method, EXTEND, headers, body, 429 in probe.expected.codes)
        self.spent += _may_have_cost(probe, exchange)
        return exchange

    def poll(self, task_id: str) -> Exchange:
        """The record of a task."""
        headers = {"Authorization": f"Bearer {self._keys['own']}"}
        path = f"{RECORD_INFO}?taskId={quote(task_id, safe='', errors='replace')}"
        return self._patiently("GET", path, headers, b"", wants_429=False)

    def finished(self, task_id: str, within: float) -> Any:
        """The record of a task once it is no longer under way, or as it is after `within` seconds."""
        deadline = time.monotonic() + within
        while True:
            envelope = self.poll(task_id).envelope
            record = envelope.get("data") if isinstance(envelope, dict) else None
            under_way = not isinstance(record, dict) or record.get("status") in UNDER_WAY
            if not under_way or time.monotonic() >= deadline:
                return record
            self._sleep(POLL_AFTER)

    def _patiently(self, method: str, path: str, headers: dict[str, str], body: bytes, wants_429: bool) -> Exchange:
        """One request, repeated where the server asks for patience."""
        for attempt in range(RETRIES + 1):
            exchange = self._once(method, path, headers, body)
            if wants_429 or 429 not in (exchange.status, exchange.code) or attempt == RETRIES:
                break
            self._sleep(_asked(exchange))
        return exchange

    def _once(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Exchange:
        wait = self._last + self._limits.spacing - time.monotonic()
        if wait > 0:
            self._sleep(wait)
        self._last = started = time.monotonic()
        status, content_type, retry_after, raw, error = 0, "", "", b"", ""
        watch = threading.Timer(self._patience, self._http.close)
        watch.daemon = True
        watch.start()
        try:
            with self._http.stream(method, self.base_url + path, headers=headers, content=body) as response:
                status = response.status_code
                content_type = self._masked(response.headers.get("content-type", ""))
                retry_after = response.headers.get("retry-after", "")
                raw = self._read(response, started + self._patience)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, RuntimeError, ValueError) as problem:
            error = self._masked(f"{type(problem).__name__}: {problem}")
        if error and time.monotonic() - started >= self._patience:
            error = f"ReadTimeout: the answer did not end within {self._patience:g} s"
        self._calm(watch, started)
        self._silences = self._silences + 1 if error and not status else 0
        exchange = Exchange(
            method=method,
            url=self.base_url + path,
            headers={name: self._masked(value) for name, value in headers.items()},
            sent=body,
            status=status,
            content_type=content_type,
            body=self._masked_bytes(raw),
            error=error,
            started=started,
            answered=time.monotonic(),
            retry_after=retry_after,
        )
        self._note(exchange)
        return exchange

    def _calm(self, watch: threading.Timer, started: float) -> None:
        """A request that took too long has cost the connections; the next one gets new ones."""
        watch.cancel()
        if time.monotonic() - started >= self._patience or self._http.is_closed:
            watch.join()
            self._http.close()
            self._http = httpx.Client(timeout=self._patience, follow_redirects=False)

    def _read(self, response: httpx.Response, deadline: float) -> bytes:
        """The answer's body, at most ANSWER_LIMIT bytes of it. Raises ReadTimeout past the deadline."""
        chunks = []
        size = 0
        for chunk in response.iter_bytes():
            chunks.append(chunk)
            size += len(chunk)
            if size > ANSWER_LIMIT:
                raise ValueError(f"the answer is longer than {ANSWER_LIMIT} bytes")
            if time.monotonic() > deadline:
                raise httpx.ReadTimeout(f"the answer did not end within {self._patience:g} s")
        return b"".join(chunks)

    def _masked(self, text: str) -> str:
        for key in filter(None, self._keys.values()):
            for form in (key, repr(key)[1:-1], json.dumps(key)[1:-1]):
                text = text.replace(form, MASKED)
        return text

    def _masked_bytes(self, raw: bytes) -> bytes:
        """The same for bytes, whatever they say."""
        return self._masked(raw.decode(errors="surrogateescape")).encode(errors="surrogateescape")

    def _note(self, exchange: Exchange) -> None:
        line = {
            "method": exchange.method,
            "url": exchange.url,
            "headers": dict(exchange.headers),
            "sent": exchange.sent.decode(errors="backslashreplace"),
            "status": exchange.status,
            "body": exchange.body.decode(errors="backslashreplace"),
            "error": exchange.error,
            "took": round(exchange.answered - exchange.started, 4),
        }
        self._journal.write(json.dumps(line) + "\n")
        self._journal.flush()


def _asked(exchange: Exchange) -> float:
    """The seconds to wait after a 429: what the target asks for, else until the documented rate allows more."""
    return min(float(exchange.retry_after), LONGEST_WAIT) if exchange.retry_after.isdecimal() else RATE_WINDOW


def _may_have_cost(probe: Probe, exchange: Exchange) -> int:
    """1 if the server may have started a task: it said so, or nobody knows."""
    unreadable = exchange.code is None and not 400 <= exchange.status < 500
    unknown = unreadable and probe.method == "POST" and not exchange.error.startswith(NOT_SENT)
    return int(unknown or exchange.code == 200 or exchange.task_id is not None)
