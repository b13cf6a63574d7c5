"""A client of a running mock's control plane, over HTTP."""

import shlex
from collections.abc import Iterator, Mapping
from typing import Any, Final, Self
from urllib.parse import quote

import httpx

from mock_server.commands.client import answer_schema
from mock_server.commands.client.api_client import sendable
from mock_server.commands.client.caller import Caller, Heard, Unreadable
from mock_server.commands.client.tls import perhaps_tls, tls_failure, told_of
from mock_server.core.errors import BadSetting
from mock_server.core.settings import BASE_URL
from mock_server.core.text import cut, printable, shown
from mock_server.domain.masking import masked_url
from mock_server.http.base_urls import PREFIX

PATIENCE: Final = 15.0
"""Seconds that an answer may take, beyond those for which the mock was asked to wait."""
HEALTH: Final = "health"
LONGEST_ERROR: Final = 2000
"""Characters of an error text that are shown."""
LISTS: Final = {"journal": "entries", "tasks": "tasks"}
"""The fields of the answers that have pages."""
PAGE: Final = 1000
"""What a page has at most."""
HERE: Final = ("ready", "trouble")
"""The states of a mock that answers."""
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
        self._caller = Caller(url, transport, headers=headers, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._caller.close()

    def health(self) -> Mapping[str, Any]:
        """The health of the mock, read once. Nothing else is sent before it shows that a suno-mock answers."""
        if not self._health:
            heard = self._sent("GET", HEALTH, PATIENCE)
            body = self._object(heard)
            if body.get("status") not in HERE or not all(isinstance(body.get(name), str) for name in SERVED):
                raise BadSetting(self._stranger(f"HTTP {heard.status} with {shown(body)}"))
            self._health = self._as_documented("GET", HEALTH, heard.status, body)
        return self._health

    def get(self, path: str, **query: Any) -> Any:
        """The answer to GET. A query parameter that is None is left out; `within` is time that the answer may take."""
        given = {name: value for name, value in query.items() if value is not None}
        return self._asked("GET", path, PATIENCE + given.get("within", 0), params=given)

    def listed(self, path: str, most: int | None = None, **query: Any) -> Iterator[Any]:
        """What a list of the control plane has, page by page; `most` of it where that is given."""
        cursor = None
        while most is None or most > 0:
            limit = PAGE if most is None else min(most, PAGE)
            page = self.get(path, **query, limit=limit, cursor=cursor)
            found = page[LISTS[path]][:limit]
            yield from found
            if not page["more"] or not found:
                return
            cursor, most = page["cursor"], None if most is None else most - len(found)

    def entry(self, entry: Mapping[str, Any]) -> Any:
        """An entry of a list of the journal, whole; as the list has it, where the journal has it no more."""
        try:
            return self.get(f"journal/entries/{entry['id']}")
        except Refused as refused:
            if refused.status != 404:
                raise
            return entry

    def post(self, path: str, fields: Mapping[str, Any] | None = None, patience: float | None = None) -> Any:
        """The answer to POST; None for one without a body. It may take PATIENCE where nothing else is said."""
        return self._asked("POST", path, PATIENCE if patience is None else patience, json=dict(fields or {}))

    def task(self, task_id: str) -> Any:
        """One task with its timeline."""
        return self.get(f"tasks/{quote(task_id.encode(errors='replace'), safe='')}")

    def command(self, text: str) -> str:
        """A command of `suno-mock` about this mock, to paste."""
        name, _, rest = text.partition(" ")
        return f"suno-mock {name}{self._given} {rest}".rstrip()

    def _asked(self, method: str, path: str, patience: float, **how: Any) -> Any:
        self.health()
        return self._read(method, path, self._sent(method, path, patience, **how))

    def _sent(self, method: str, path: str, patience: float, **how: Any) -> Heard:
        try:
            return self._caller.ask(method, f"{self._to}{PREFIX}/{path}", patience, **how)
        except Unreadable as error:
            raise BadSetting(f"what answers at {self.url} to {method} {path} sends {error}. {WHERE}") from None
        except (httpx.ReadTimeout, httpx.WriteTimeout):
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

    def _read(self, method: str, path: str, heard: Heard) -> Any:
        if heard.status == 401:
            raise Refused(401, self._locked())
        has_body = answer_schema.has_body(method, path, heard.status)
        if has_body is False:
            return None
        body = self._object(heard)
        if heard.status >= 400 and isinstance(body.get("error"), str):
            raise Refused(heard.status, printable(cut(body["error"], LONGEST_ERROR)))
        if has_body is None:
            raise BadSetting(self._stranger(f"HTTP {heard.status} with {shown(body)}"))
        return self._as_documented(method, path, heard.status, body)

    def _object(self, heard: Heard) -> dict[str, Any]:
        try:
            return heard.json_object()
        except Unreadable as error:
            raise BadSetting(self._stranger(str(error))) from None

    def _as_documented(self, method: str, path: str, status: int, body: dict[str, Any]) -> dict[str, Any]:
        """The answer, if it is as the document says. Raises BadSetting."""
        if flaw := answer_schema.flaw(method, path, status, body):
            raise BadSetting(
                f"the answer to {method} {path} from {self.url} is not as {answer_schema.DOCUMENT} says, {flaw}. "
                f"It is another version of suno-mock, or none. {WHERE}"
            )
        return body

    def _locked(self) -> str:
        came = "the one that came is another" if self._token else "none came"
        way = "give it with --admin-token or SUNO_MOCK_ADMIN_TOKEN"
        return f"the mock at {self.url} has an admin token, and {came}; {way}."

    def _stranger(self, came: str) -> str:
        return f"what answers at {self.url} is no suno-mock: {came}. {WHERE}"
