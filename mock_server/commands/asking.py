"""A client of the music API, of the mock or the real one: extends a track and asks what became of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final, Self
from urllib.parse import urlsplit

import httpx

from mock_server import operations
from mock_server.errors import BadSetting
from mock_server.wording import cut, printable

TIMEOUT: Final = 60.0
"""Seconds for one answer; under overload the mock takes five."""
SLOWER: Final = 2.0
"""How much longer is waited before the next poll, each time that one has no answer."""
SLOWEST: Final = 60.0
PASSING: Final = (0, 429, 455, 500)
"""Codes of trouble that goes by; 0 is no answer of the API."""
ACCEPTED: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """An answer: its HTTP status, and code, msg and data of its body; code 0 for one that is no envelope."""

    status: int
    code: int
    msg: str
    data: Any

    @property
    def accepted(self) -> bool:
        return self.code == ACCEPTED and isinstance(self.data, dict)


class Asking:
    """One key at one server; a context manager. Raises BadSetting where nobody answers."""

    def __init__(self, url: str, key: str, transport: httpx.BaseTransport | None = None) -> None:
        sendable("the key", key)
        self.url = url.rstrip("/")
        self._client = client(url, transport, headers={"Authorization": f"Bearer {key}"}, timeout=TIMEOUT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._client.close()

    def extend(self, body: bytes, headers: Mapping[str, str]) -> Envelope:
        """Send an extend request."""
        return self._asked("POST", operations.EXTEND, content=body, headers=headers)

    def record(self, task_id: str) -> Envelope:
        """What became of a task."""
        return self._asked("GET", operations.RECORD_INFO, params={"taskId": task_id})

    def _asked(self, method: str, operation: str, **how: Any) -> Envelope:
        try:
            answer = self._client.request(method, self.url + operations.path(operation), **how)
        except httpx.ReadTimeout:
            sent = " The request was sent, so a task may have been started." if method == "POST" else ""
            raise BadSetting(f"{self.url} did not answer within {TIMEOUT:g} s.{sent}") from None
        except httpx.HTTPError as error:
            raise BadSetting(_unreached(self.url, str(error))) from None
        return envelope(answer)


def sendable(name: str, text: str) -> None:
    """Raise BadSetting for a text that cannot be in a header; it is not shown, for it may be a key."""
    if not (text.isascii() and text.isprintable() and text.strip() == text):
        raise BadSetting(f"{name} cannot be sent. Allowed: letters, digits and signs of ASCII.")


def client(url: str, transport: httpx.BaseTransport | None, **options: Any) -> httpx.Client:
    """A client for a server; a proxy that the environment sets is for servers that are not near. Raises BadSetting."""
    try:
        return httpx.Client(transport=transport, trust_env=not is_near(url), **options)
    except (ImportError, ValueError) as error:
        raise BadSetting(f"the proxy that the environment sets cannot be used: {error}") from None


def envelope(answer: httpx.Response) -> Envelope:
    """Read an answer that can be anything."""
    try:
        body = answer.json()
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict) or type(body.get("code")) is not int:
        msg = f"no answer of the API but {printable(cut(answer.text, 60))!r}"
        return Envelope(status=answer.status_code, code=0, msg=msg, data=None)
    msg = printable(str(body.get("msg")))
    return Envelope(status=answer.status_code, code=body["code"], msg=msg, data=body.get("data"))


def is_near(url: str) -> bool:
    """Whether a URL leads to this machine or a private network, as far as its host alone tells: where nothing costs
    money. A name without a dot is one of a container."""
    host = urlsplit(url).hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return "." not in host.rstrip(".") or host.endswith((".localhost", ".local", ".internal"))
    return address.is_private or address.is_loopback


@dataclass(slots=True, kw_only=True)
class Patience:
    """How a task is waited for: seconds in all and between two polls, and what the time is and how it passes."""

    timeout: float
    every: float
    clock: Callable[[], float]
    pause: Callable[[float], object]


def wait(
    asking: Asking, task_id: str, pending: frozenset[str], patience: Patience, tell: Callable[[str], object]
) -> Any:
    """The record of a task once its status is none of those `pending`. Each new status is told, with the seconds that
    passed. Raises TimeoutError with the last status, and LookupError with what refuses to tell."""
    began, status, every = patience.clock(), "", patience.every
    while True:
        answer = _asked_again(asking, task_id)
        if answer.code not in (ACCEPTED, *PASSING):
            raise LookupError(f"{answer.code} {answer.msg}")
        passed = patience.clock() - began
        found = str(answer.data.get("status")) if answer.accepted else answer.msg
        if found != status:
            status = found
            tell(f"{passed:7.1f} s  {printable(cut(status))}")
        if answer.accepted and status not in pending:
            return answer.data
        every = patience.every if answer.accepted else min(every * SLOWER, SLOWEST)
        if passed + every > patience.timeout:
            raise TimeoutError(printable(cut(status)))
        patience.pause(every)


def _asked_again(asking: Asking, task_id: str) -> Envelope:
    """The record; nobody there is as good as no answer, for the task goes on."""
    try:
        return asking.record(task_id)
    except BadSetting as error:
        return Envelope(status=0, code=0, msg=str(error), data=None)


def _unreached(url: str, why: str) -> str:
    start = " Start a mock with `suno-mock serve`, or say where it is: --url or SUNO_MOCK_URL." if is_near(url) else ""
    return f"nobody answers at {url}: {printable(why.rstrip('.'))}.{start}"
