"""Judges single messages by the schemas of one document, with openapi-core.

The prose of a document is not judged here. SET_ASIDE holds the formats that are not checked, LEFT_OPEN what the schemas
allow although no server should do it.
"""

import decimal
import json
from codecs import BOM_UTF8
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any, Final

import httpx
import yaml
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.deserializing.media_types.exceptions import MediaTypeDeserializeError
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue

from contract_tests.documents.extend import EXTEND
from contract_tests.documents.files import Loader

PROBLEMS: Final = 20
"""How many problems of one message are told."""
REMEMBERED: Final = 50_000
"""Messages whose verdicts are remembered, without the messages: about 10 MB."""
CALLBACK: Final = "/callback"
JSON: Final = "application/json"

SET_ASIDE: Final[Mapping[str, str]] = {
    "date-time": "createTime's own example breaks it (openapi/questions.yaml, create_time)",
    "uri": "openapi-core enforces it only beside packages that it does not require",
}
"""Formats that are not judged unless asked for, and why."""

LEFT_OPEN: Final[Mapping[str, str]] = {
    "empty answer": "no member of an answer is required, so {} conforms",
    "failed answer": "apikley declares HTTP 500 without content, so any body conforms; classic does not declare it",
    "empty callback": "no member of a callback is required, so {} conforms",
    "missing callback": "the body of a callback is not required, so no bytes conform",
}
"""What the published documents allow."""


class Oracle:
    """Judges messages of POST /api/v1/generate/extend by the document at a path.

    Every method returns what is wrong, each problem with its path in the body, and an empty list where the message
    conforms. `set_aside=()` judges every format that openapi-core knows.
    """

    def __init__(self, document: Path, *, set_aside: Collection[str] = tuple(SET_ASIDE)) -> None:
        published = yaml.load(document.read_text("utf-8"), _ExactLoader)  # noqa: S506, it is a SafeLoader
        # openapi-core would refuse apikley's document for its contact, an e-mail address that the page hides.
        published["info"] = {name: part for name, part in published["info"].items() if name != "contact"}
        config = Config(
            extra_media_type_deserializers={JSON: _decoded},
            extra_format_validators={name: lambda value: True for name in set_aside},
        )
        self._server: str = published.get("servers", [{"url": "http://localhost"}])[0]["url"]
        self._extend = OpenAPI.from_dict(published, config)
        self._callback = OpenAPI.from_dict(_callback_as_path(published), config)
        self._remembering = Lock()
        self._known: dict[tuple[int | None, str, bytes], tuple[str, ...]] = {}

    def request(self, body: bytes | str, headers: Mapping[str, str]) -> list[str]:
        """A request with its headers, of which Content-Type and Authorization are judged."""
        sent = httpx.Headers(dict(headers))
        raw = body.encode() if isinstance(body, str) else body
        media = _media_type(sent.get("content-type", ""))
        request = _Request(self._server, EXTEND, media, raw, RequestParameters(header=sent))
        return _problems(self._extend.iter_request_errors(request))

    def answer(self, status: int, content_type: str, body: bytes) -> list[str]:
        """An answer with its HTTP status."""
        return self._remembered(status, _media_type(content_type), _unmarked(body))

    def callback(self, body: bytes, content_type: str = JSON) -> list[str]:
        """A callback that the server sends."""
        return self._remembered(None, _media_type(content_type), _unmarked(body))

    def _remembered(self, status: int | None, kind: str, body: bytes) -> list[str]:
        """What is wrong with an answer, or with a callback, which has no status. A course is judged anew with each of
        its messages, a recording for each report of it, and many answers are alike."""
        key = (status, kind, blake2b(body, digest_size=16).digest())
        found = self._known.get(key)
        if found is None:
            found = self._judged(status, kind, body)
            self._remember(key, found)
        return [*found]

    def _remember(self, key: tuple[int | None, str, bytes], found: tuple[str, ...]) -> None:
        """Remembers in place of what was judged first."""
        with self._remembering:  # the proxy judges in several threads
            while len(self._known) >= REMEMBERED:
                del self._known[next(iter(self._known))]
            self._known[key] = found

    def _judged(self, status: int | None, kind: str, body: bytes) -> tuple[str, ...]:
        if status is None:
            request = _Request("http://localhost", CALLBACK, kind, body)
            return tuple(_problems(self._callback.iter_request_errors(request)))
        answer = _Response(status, kind, body)
        return tuple(_problems(self._extend.iter_response_errors(_Request(self._server, EXTEND), answer)))


class _Exact(Decimal):
    """A number of a body; texts show it as it was written."""

    __repr__ = Decimal.__str__


class _ExactLoader(Loader):
    """Reads 0.01 as a decimal: divided by the float, ten of the 101 legal weights leave a rest."""


_ExactLoader.add_constructor("tag:yaml.org,2002:float", lambda _, node: Decimal(node.value))


@dataclass(slots=True)
class _Request:
    """A request in the form of openapi_core.protocols.Request."""

    host_url: str
    path: str
    content_type: str = JSON
    body: bytes | None = None
    parameters: RequestParameters = field(default_factory=RequestParameters)
    method: str = "post"


@dataclass(slots=True)
class _Response:
    """An answer in the form of openapi_core.protocols.Response."""

    status_code: int
    content_type: str
    data: bytes
    headers: Mapping[str, Any] = field(default_factory=dict)


def _callback_as_path(published: Mapping[str, Any]) -> dict[str, Any]:
    """The document with its callback as an operation of its own: openapi-core ignores `callbacks`."""
    (expressions,) = published["paths"][EXTEND]["post"]["callbacks"].values()
    (path_item,) = expressions.values()
    kept = {name: part for name, part in published.items() if name in ("openapi", "info", "components")}
    return {**kept, "paths": {CALLBACK: path_item}}


def _media_type(content_type: str) -> str:
    """The media type alone: no document names its parameters, and openapi-core fails on some of them."""
    return content_type.partition(";")[0].strip().lower()


def _unmarked(body: bytes) -> bytes:
    """What a server sent without a byte order mark, which is judged elsewhere."""
    return body.removeprefix(BOM_UTF8)


def _decoded(body: bytes, **_: str) -> Any:
    try:
        return json.loads(body.decode(), parse_float=_Exact, parse_constant=_refused)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")


def _problems(errors: Iterable[Exception]) -> list[str]:
    # The rest of a number too large for 28 digits is NaN then, which is refused like any other rest.
    with decimal.localcontext() as context:
        context.traps[decimal.InvalidOperation] = False
        return [text for error in errors for text in islice(_texts(error), PROBLEMS)]


def _texts(error: Exception) -> Iterator[str]:
    match error.__cause__:
        case InvalidSchemaValue() as cause:
            broken: Iterable[Any] = cause.schema_errors
            yield from (f"{each.json_path}: {_message(each)}" for each in broken)
        case MediaTypeDeserializeError() as cause:
            yield f"the body is not JSON in UTF-8: {cause.__context__}"
        case _:
            yield str(error.__cause__ or error)


def _message(error: Any) -> str:
    """What is wrong with a value, which and what is allowed stand there as the API writes them."""
    text: str = error.message
    for value in (error.instance, error.validator_value):
        shown = str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False, default=float)
        text = text.replace(repr(value), shown, 1)
    return text
