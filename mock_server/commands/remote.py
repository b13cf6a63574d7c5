"""A running mock seen from another process: its control plane, over HTTP."""

import shlex
from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import quote

import httpx

from mock_server.errors import BadSetting
from mock_server.settings import BASE_URL
from mock_server.wording import cut, printable

PATIENCE = 330.0
"""Seconds that an answer may take; the control plane waits for at most 300."""


class Unreached(BadSetting):
    """Nobody answers there."""


class Remote:
    """The control plane of the mock at a URL; a context manager. Each method raises Unreached, and BadSetting with the
    text of an error that the control plane answers."""

    def __init__(self, url: str, token: str = "", transport: httpx.BaseTransport | None = None) -> None:
        self.url = url.rstrip("/")
        self._given = "" if self.url == BASE_URL else f" --url {shlex.quote(self.url)}"
        if not (token.isascii() and token.isprintable()):
            raise BadSetting("the admin token is no token. Allowed: letters, digits and signs of ASCII.")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        # A proxy that is set for the internet leads nowhere near the mock.
        self._client = httpx.Client(headers=headers, timeout=PATIENCE, transport=transport, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._client.close()

    def get(self, path: str, **query: Any) -> Any:
        """What the control plane tells; a query parameter that is None is left out."""
        given = {name: value for name, value in query.items() if value is not None}
        return self._asked("GET", path, params=given)

    def post(self, path: str, fields: Mapping[str, Any] | None = None) -> Any:
        """Have the control plane do something; None when it has nothing to tell."""
        return self._asked("POST", path, json=dict(fields or {}))

    def task(self, task_id: str) -> Any:
        """One task with its timeline."""
        return self.get(f"tasks/{quote(task_id.encode(errors='replace'), safe='')}")

    def command(self, text: str) -> str:
        """A command of `suno-mock` about this mock, to paste."""
        name, _, rest = text.partition(" ")
        return f"suno-mock {name}{self._given} {rest}".rstrip()

    def _asked(self, method: str, path: str, **how: Any) -> Any:
        try:
            answer = self._client.request(method, f"{self.url}/__admin/{path}", **how)
        except httpx.HTTPError as error:
            raise Unreached(self._unreached(error)) from None
        except UnicodeEncodeError as error:
            raise BadSetting(f"{cut(ascii(error.object), 60)} is no text that can be sent.") from None
        if answer.status_code == 204:
            return None
        return self._read(answer)

    def _unreached(self, error: httpx.HTTPError) -> str:
        start = f"Start one with `suno-mock serve{self._port()}`, or say where it is: --url or SUNO_MOCK_URL."
        return f"no mock answers at {self.url}: {printable(str(error).rstrip('.') or type(error).__name__)}. {start}"

    def _port(self) -> str:
        port = httpx.URL(self.url).port
        return "" if not self._given or port is None else f" --port {port}"

    def _read(self, answer: httpx.Response) -> Any:
        try:
            body = answer.json()
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict) or (answer.is_error and "error" not in body):
            raise BadSetting(
                f"what answers at {self.url} is no suno-mock: HTTP {answer.status_code} "
                f"{printable(cut(answer.text, 60))!r}. Say where it is: --url or SUNO_MOCK_URL."
            )
        if answer.is_error:
            raise BadSetting(printable(str(body["error"])))
        return body
