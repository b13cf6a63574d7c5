"""Requests and callbacks for other tools: JSON, HAR 1.2, curl, and a collection of Postman (v2.1.0). Pure.

Keys are masked as they are on the pages: the one of a request is `$SUNO_MOCK_KEY` in a shell, `{{key}}` in Postman.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

import orjson

from mock_server import __version__
from mock_server.core.json_pieces import Array, pieces
from mock_server.domain.kept_answer import KeptAnswer, body_shown, masked_headers, texts
from mock_server.domain.masking import masked_whole
from mock_server.state.entries_as_json import whole
from mock_server.state.journal_entries import Attempted, Entry, Requested, line

POSTMAN: Final = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """One request and its answer, whoever sent it; `took` in seconds, 0 where it was not measured."""

    at: float
    method: str
    url: str
    headers: Sequence[tuple[str, str]]
    body: bytes
    answer: KeptAnswer | None
    took: float
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """How a file of one kind is written of entries and the mock's base URL."""

    write: Callable[[Sequence[Entry], str], bytes]
    content_type: str
    ending: str


def exchanged(entry: Entry, base_url: str) -> Exchanged:
    """An entry as what went over the wire, keys and passwords masked."""
    if isinstance(entry, Attempted):
        content = [("Content-Type", "application/json")] if not entry.sent else []
        return Exchanged(
            at=entry.at,
            method="POST",
            url=masked_whole(entry.url),
            headers=[*content, *masked_headers(entry.sent)],
            body=entry.body,
            answer=entry.answer,
            took=entry.took,
            said=line(entry),
        )
    call = entry.call
    return Exchanged(
        at=entry.at,
        method=call.method,
        url=(call.base_url or base_url) + call.target,
        headers=masked_headers(texts(call.headers), call.key),
        body=call.body or b"",
        answer=entry.answer,
        took=0.0,
        said=line(entry),
    )


def as_json(entries: Sequence[Entry], base_url: str) -> bytes:
    """The entries as the control plane has them."""
    shown = Array(whole(each, base_url) for each in entries)
    return "".join(pieces({"entries": shown})).encode(errors="backslashreplace")


def as_har(entries: Sequence[Entry], base_url: str) -> bytes:
    """HAR 1.2: what came in and what went out, in one list."""
    creator = {"name": "suno-mock", "version": __version__}
    found = [_har_entry(exchanged(each, base_url)) for each in entries if _was_sent(each)]
    return orjson.dumps({"log": {"version": "1.2", "creator": creator, "entries": found}}, option=orjson.OPT_INDENT_2)


def as_curl(entries: Sequence[Entry], base_url: str) -> bytes:
    """A script for a shell; what can not be sent again is a comment."""
    lines = ["#!/bin/sh"]
    for each in entries:
        curl = each.curl(base_url) if isinstance(each, Requested) else each.curl()
        lines += [f"# {line(each)}", curl if each.repeatable else "# it cannot be sent again"]
    return "\n".join([*lines, ""]).encode(errors="backslashreplace")


def as_postman(entries: Sequence[Entry], base_url: str) -> bytes:
    """A collection whose variable `key` is the key of every request, and `baseUrl` where the mock is."""
    variables = [{"key": "baseUrl", "value": base_url}, {"key": "key", "value": "test-key"}]
    items = [_postman_item(each, base_url) for each in entries if each.repeatable]
    info = {"name": "suno-mock", "schema": POSTMAN}
    return orjson.dumps({"info": info, "item": items, "variable": variables}, option=orjson.OPT_INDENT_2)


FORMATS: Final[Mapping[str, Format]] = {
    "JSON": Format(write=as_json, content_type="application/json", ending="json"),
    "HAR": Format(write=as_har, content_type="application/json", ending="har"),
    "curl": Format(write=as_curl, content_type="text/x-shellscript; charset=utf-8", ending="sh"),
    "Postman": Format(write=as_postman, content_type="application/json", ending="postman_collection.json"),
}
"""What can be exported, by its name in the URL."""


def _was_sent(entry: Entry) -> bool:
    """Whether it was HTTP: not a connection of another protocol, nor a callback that was never attempted."""
    return bool(entry.body) if isinstance(entry, Attempted) else bool(entry.call.path)


def _har_entry(each: Exchanged) -> dict[str, Any]:
    took = round(each.took * 1000, 3)
    return {
        "startedDateTime": datetime.fromtimestamp(each.at, UTC).isoformat().replace("+00:00", "Z"),
        "time": took,
        "request": {
            "method": each.method,
            "url": each.url,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(each.headers),
            "queryString": _pairs(parse_qsl(urlsplit(each.url).query, keep_blank_values=True)),
            **({"postData": {"mimeType": _type(each.headers), "text": _text(each.body)}} if each.body else {}),
            "headersSize": -1,
            "bodySize": len(each.body),
        },
        "response": _har_response(each.answer),
        "cache": {},
        "timings": {"send": 0, "wait": took, "receive": 0},
        "comment": each.said,
    }


def _har_response(answer: KeptAnswer | None) -> dict[str, Any]:
    """An answer; of none, status 0, as browsers write it."""
    headers = [] if answer is None else masked_headers(answer.headers)
    body = b"" if answer is None else answer.body
    octets = body_shown(body)["body_base64"]
    return {
        "status": 0 if answer is None else answer.status,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _pairs(headers),
        "content": {
            "size": 0 if answer is None else answer.size,
            "mimeType": _type(headers),
            "text": _text(body) if octets is None else octets,
            **({} if octets is None else {"encoding": "base64"}),
        },
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    }


def _postman_item(entry: Entry, base_url: str) -> dict[str, Any]:
    each = exchanged(entry, base_url)
    url = each.url.replace(base_url, "{{baseUrl}}", 1) if isinstance(entry, Requested) else each.url
    keyed = isinstance(entry, Requested) and entry.key is not None
    headers = [("Content-Type", _type(each.headers))] if each.body else []
    headers += [("Authorization", "Bearer {{key}}")] if keyed else []
    body = {"body": {"mode": "raw", "raw": _text(each.body)}} if each.body else {}
    request = {"method": each.method, "url": url, "header": _keys(headers), **body}
    return {"name": each.said[:120], "request": request}


def _pairs(headers: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]


def _keys(headers: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"key": name, "value": value} for name, value in headers]


def _type(headers: Sequence[tuple[str, str]]) -> str:
    return next((value for name, value in headers if name.lower() == "content-type"), "")


def _text(body: bytes) -> str:
    return body.decode(errors="backslashreplace")
