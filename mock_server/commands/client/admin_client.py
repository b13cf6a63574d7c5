"""A client of a running mock's control plane, over HTTP."""

import shlex
from collections.abc import Mapping
from typing import Any, Final, Self
from urllib.parse import quote

import httpx

from mock_server.commands.client.api_client import CONNECTING, client, json_object, sendable
from mock_server.commands.client.tls import perhaps_tls, tls_failure, told_of
from mock_server.core.errors import BadSetting
from mock_server.core.settings import BASE_URL
from mock_server.core.text import cut, printable
from mock_server.domain.masking import masked_url

PATIENCE: Final = 15.0
"""Seconds that an answer may take, beyond those for which the mock was asked to wait."""
HEALTH: Final = "health"
SERVED: Final = ("profile", "base_url")
"""What the health of a mock tells, as text."""
WHERE: Final = "Say where it is: --url or SUNO_MOCK_URL."


class Unreached(BadSetting):
    """No server answers at the URL."""


class Silent(Unreached):
    """A server listens at the URL, and does not answer."""


class Refused(BadSetting):
    """The control plane answered with an error: its HTTP status and its text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class Remote:
    """The control plane of the mock at a URL; a context manager. Each method raises Unreached, Refused with an error
    that the control plane answers, and BadSetting where no suno-mock answers, which is looked at first."""

    def __init__(self, url: str, token: str = "", transport: httpx.BaseTransport | None = None) -> None:
        self.url = masked_url(url.rstrip("/"))
        sendable("the admin token", token)
        self._to = url.rstrip("/")
        self._given = "" if self.url == BASE_URL else f" --url {shlex.quote(self.url)}"
        self._token = token
        self._health: Mapping[str, Any] = {}
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        # A proxy that is set for the internet leads nowhere near the mock.
        self._client = client(url, transport, headers=headers, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._client.close()

    def health(self) -> Mapping[str, Any]:
        """The health of the mock, read once. Nothing else is sent before it shows that a suno-mock answers."""
        if not self._health:
            answer = self._sent("GET", HEALTH, PATIENCE)
            body = json_object(answer)
            if body.get("status") != "ready" or not all(isinstance(body.get(name), str) for name in SERVED):
                raise BadSetting(self._stranger(answer))
            self._health = body
        return self._health

    def get(self, path: str, **query: Any) -> Any:
        """The answer to GET. A query parameter that is None is left out; `within` is time that the answer may take."""
        given = {name: value for name, value in query.items() if value is not None}
        return self._asked("GET", path, PATIENCE + given.get("within", 0), params=given)

    def post(self, path: str, fields: Mapping[str, Any] | None = None, patience: float | None = PATIENCE) -> Any:
        """The answer to POST; None for one without a body. A `patience` of None waits for ever."""
        return self._asked("POST", path, patience, json=dict(fields or {}))

    def task(self, task_id: str) -> Any:
        """One task with its timeline."""
        return self.get(f"tasks/{quote(task_id.encode(errors='replace'), safe='')}")

    def command(self, text: str) -> str:
        """A command of `suno-mock` about this mock, to paste."""
        name, _, rest = text.partition(" ")
        return f"suno-mock {name}{self._given} {rest}".rstrip()

    def _asked(self, method: str, path: str, patience: float | None, **how: Any) -> Any:
        self.health()
        answer = self._sent(method, path, patience, **how)
        return None if answer.status_code == 204 else self._read(answer)

    def _sent(self, method: str, path: str, patience: float | None, **how: Any) -> httpx.Response:
        timeout = httpx.Timeout(patience, connect=CONNECTING)
        try:
            return self._client.request(method, f"{self._to}/__admin/{path}", timeout=timeout, **how)
        except httpx.ReadTimeout:
            self._health = {}
            raise Silent(f"what listens at {self.url} did not answer within {patience:g} s. {WHERE}") from None
        except httpx.HTTPError as error:
            self._health = {}  # who answers next may be somebody else
            raise Unreached(self._unreached(error)) from None
        except httpx.InvalidURL as error:
            raise BadSetting(f"what is asked for cannot be sent: {printable(str(error))}.") from None
        except UnicodeEncodeError as error:
            raise BadSetting(f"{cut(ascii(error.object), 60)} is no text that can be sent.") from None

    def _unreached(self, error: httpx.HTTPError) -> str:
        if failure := tls_failure(error):
            return told_of(self._to, failure)
        hint = perhaps_tls(self._to, error)
        start = f"Start one with `suno-mock serve{self._port()}`, or say where it is: --url or SUNO_MOCK_URL."
        return (
            f"no mock answers at {self.url}: {printable(str(error).rstrip('.') or type(error).__name__)}.{hint} {start}"
        )

    def _port(self) -> str:
        port = httpx.URL(self._to).port
        return "" if not self._given or port is None else f" --port {port}"

    def _read(self, answer: httpx.Response) -> Any:
        body = json_object(answer)
        if answer.status_code == 401:
            raise Refused(401, self._locked())
        if answer.is_error and isinstance(body.get("error"), str):
            raise Refused(answer.status_code, printable(body["error"]))
        if not answer.is_success or not body:
            raise BadSetting(self._stranger(answer))
        return body

    def _locked(self) -> str:
        came = "the one that came is another" if self._token else "none came"
        way = "give it with --admin-token or SUNO_MOCK_ADMIN_TOKEN"
        return f"the mock at {self.url} has an admin token, and {came}; {way}."

    def _stranger(self, answer: httpx.Response) -> str:
        text = printable(cut(answer.text, 60))
        return f"what answers at {self.url} is no suno-mock: HTTP {answer.status_code} {text!r}. {WHERE}"
