"""A client of the music API, of the mock or the real one: extends a track and reads a task's record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self, cast

import httpx

from mock_server.commands.client.caller import Caller, Heard, Unreadable, is_near
from mock_server.commands.client.tls import perhaps_tls, tls_failure, told_of
from mock_server.contract import operations
from mock_server.contract.own_profile import served
from mock_server.contract.profile import DOCUMENTED
from mock_server.core.errors import BadSetting
from mock_server.core.text import cut, printable, shown
from mock_server.domain.masking import masked_url

TIMEOUT: Final = 60.0
"""Seconds for one answer; under overload the mock takes five."""
UNSENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
"""How a request fails that never left."""
LONGEST_HEADER: Final = 1000
LONGEST_MSG: Final = 5000
"""Characters of a msg that are shown; the mock's own names every rule that is broken."""
FORGOTTEN: Final = 4
"""Answers in a row without the task after which a mock, which knows its tasks at once, is asked no more."""
UNKNOWN: Final = "the server does not know the task"
SLOWER: Final = 2.0
"""How much longer is waited before the next poll, each time that one has no answer."""
SLOWEST: Final = 60.0
PASSING: Final = (0, 429, 455, 500)
"""Codes of trouble that goes by; 0 is no answer of the API."""
ACCEPTED: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """An answer: its HTTP status, and code, msg and data of its body; code 0 for a body that is no envelope."""

    status: int
    code: int
    msg: str
    data: Any

    @property
    def accepted(self) -> bool:
        return self.code == ACCEPTED and isinstance(self.data, dict)

    @property
    def without_data(self) -> bool:
        """As a task is answered for that the server does not know (question unknown_task)."""
        return self.code == ACCEPTED and self.data is None


class Asking:
    """One key at one server, with the endpoints of a `profile`; a context manager. Raises BadSetting where nobody
    answers."""

    def __init__(
        self, url: str, key: str, transport: httpx.BaseTransport | None = None, profile: str = DOCUMENTED
    ) -> None:
        sendable("the key", key)
        self.url = url.rstrip("/")
        self._operations = served(profile)
        self._caller = Caller(url, transport, headers={"Authorization": f"Bearer {key}"})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._caller.close()

    def extend(self, body: bytes, headers: Mapping[str, str]) -> Envelope:
        """Send an extend request."""
        return self._asked("POST", operations.EXTEND, content=body, headers=headers)

    def record(self, task_id: str) -> Envelope:
        """What became of a task."""
        return self._asked("GET", operations.RECORD_INFO, params={"taskId": task_id})

    def _asked(self, method: str, operation: str, **how: Any) -> Envelope:
        try:
            heard = self._caller.ask(method, self.url + self._operations[operation].path, TIMEOUT, **how)
        except Unreadable as error:
            raise BadSetting(f"{masked_url(self.url)} answers {error}.{_sent(method)}") from None
        except UNSENT as error:
            raise BadSetting(_unreached(self.url, error)) from None
        except httpx.HTTPError as error:
            hint = perhaps_tls(self.url, error)
            raise BadSetting(f"{masked_url(self.url)} {_silent(error)}.{hint}{_sent(method)}") from None
        return envelope(heard)


def sendable(name: str, text: str) -> None:
    """Raise BadSetting for a text that cannot be in a header; it is not shown, for it may be a key."""
    if not (text.isascii() and text.isprintable() and text.strip() == text and len(text) <= LONGEST_HEADER):
        raise BadSetting(
            f"{name} cannot be sent. Allowed: letters, digits and signs of ASCII, at most {LONGEST_HEADER}, "
            "and no blank at its ends."
        )


def given_key(key: str | None) -> str | None:
    """A key that came as an option, an empty one as none. Raises BadSetting for one that no request can carry."""
    sendable("the key", key or "")
    return key or None


def envelope(heard: Heard) -> Envelope:
    """Read an answer that can be anything."""
    try:
        body = heard.json_object()
    except Unreadable as error:
        return Envelope(status=heard.status, code=0, msg=f"no answer of the API but {error}", data=None)
    if type(body.get("code")) is not int:
        return Envelope(status=heard.status, code=0, msg=f"no answer of the API but {shown(body)}", data=None)
    msg = printable(cut(str(body.get("msg")), LONGEST_MSG))
    return Envelope(status=heard.status, code=body["code"], msg=msg, data=body.get("data"))


@dataclass(slots=True, kw_only=True)
class Patience:
    """How a task is waited for: seconds in all and between two polls, and what the time is and how it passes."""

    timeout: float
    every: float
    clock: Callable[[], float]
    pause: Callable[[float], object]


def wait(
    asking: Asking,
    task_id: str,
    pending: frozenset[str],
    patience: Patience,
    tell: Callable[[float, str], object],
    warn: Callable[[str], object],
) -> Mapping[str, Any]:
    """The record of a task once its status is none of those `pending`; it can be anything that is an object.

    Each new status is told, behind the seconds that passed, and `warn` is told of each new trouble. Raises TimeoutError
    with the last of both, and LookupError with why there is no record.
    """
    began, status, trouble, every, unknown = patience.clock(), "", "", patience.every, 0
    while True:
        answer = _asked_again(asking, task_id)
        passed = patience.clock() - began
        if answer.accepted:
            found = printable(cut(str(answer.data.get("status"))))
            if found != status:
                status = found
                tell(passed, status)
            if status not in pending:
                return cast(Mapping[str, Any], answer.data)
        unknown = unknown + 1 if answer.without_data else 0
        came = _trouble(answer, given_up=unknown == FORGOTTEN and is_near(asking.url))
        if came not in ("", trouble):
            warn(f"after {passed:.1f} s: {came}")
        trouble = came
        every = patience.every if answer.accepted else min(every * SLOWER, SLOWEST)
        if passed + every > patience.timeout:
            raise TimeoutError("; ".join(filter(None, [status or "no status came", trouble])))
        patience.pause(every)


def _trouble(answer: Envelope, *, given_up: bool) -> str:
    """Why an answer is no record, and empty for one that is. Raises LookupError where asking on makes no sense."""
    if answer.accepted:
        return ""
    if answer.without_data:
        if given_up:
            raise LookupError(f"{UNKNOWN}: {FORGOTTEN} answers in a row had code {ACCEPTED} and no data")
        return f"{UNKNOWN} (yet)"
    if answer.code == ACCEPTED:
        raise LookupError(f"its record is {shown(answer.data)}. Allowed: a JSON object")
    said = f"{answer.code} {answer.msg}" if answer.code else answer.msg
    if answer.code not in PASSING:
        raise LookupError(f"polling is refused: {said}")
    return said


def _asked_again(asking: Asking, task_id: str) -> Envelope:
    """The record; nobody there is as good as no answer, for the task goes on."""
    try:
        return asking.record(task_id)
    except BadSetting as error:
        return Envelope(status=0, code=0, msg=str(error).rstrip("."), data=None)


def _sent(method: str) -> str:
    """What may have happened nevertheless, as a sentence."""
    return " The request was sent, so a task may have been started." if method == "POST" else ""


def _silent(error: httpx.HTTPError) -> str:
    if isinstance(error, httpx.TimeoutException):
        return f"did not answer within {TIMEOUT:g} s"
    return f"did not answer to the end: {printable(str(error).rstrip('.') or type(error).__name__)}"


def _unreached(url: str, error: httpx.HTTPError) -> str:
    if failure := tls_failure(error):
        return told_of(url, failure)
    start = " Start a mock with `suno-mock serve`, or say where it is: --url or SUNO_MOCK_URL." if is_near(url) else ""
    return f"nobody answers at {masked_url(url)}: {printable(str(error).rstrip('.'))}.{start}"
