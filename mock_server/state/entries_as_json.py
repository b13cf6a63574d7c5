"""The journal's entries as JSON, keys masked: in short for lists, and whole. Pure."""

from typing import Any

from mock_server.core.json_pieces import Array, Text
from mock_server.core.text import cut
from mock_server.domain.accounts import LONGEST_KEY
from mock_server.domain.kept_answer import body_shown, masked_headers, texts
from mock_server.domain.masking import masked, masked_url, masked_whole
from mock_server.state.journal_entries import Attempted, Entry, Requested, line


def in_short(entry: Entry) -> dict[str, Any]:
    """The entry without its bodies, its headers and its curl."""
    return _request(entry) if isinstance(entry, Requested) else _attempt(entry)


def whole(entry: Entry, url: str) -> dict[str, Any]:
    """The entry with all headers, its body, the beginning of the answer's, and its curl; `url` is the mock's own base
    URL. What can be long is made as it is written."""
    answer = None if entry.answer is None else entry.answer.shown(whole=True)
    if isinstance(entry, Requested):
        call = entry.call
        headers = Array(masked_headers(texts([each]), call.key)[0] for each in call.headers)
        curl = Text(entry.curl_parts(url)) if entry.repeatable else None
        body = body_shown(call.body, is_cut=call.left_out > 0)
        return {**_request(entry), "answer": answer, "headers": headers, **body, "curl": curl}
    sent, body = masked_headers(entry.sent), body_shown(entry.body)
    curl = Text(entry.curl_parts()) if entry.repeatable else None
    return {**_attempt(entry), "url": masked_whole(entry.url), "answer": answer, "headers": sent, **body, "curl": curl}


def _request(entry: Requested) -> dict[str, Any]:
    return {
        "id": entry.id,
        "kind": "request",
        "at": entry.at,
        "method": entry.call.method,
        "path": entry.call.path,
        "key": _key(entry.call.key),
        "status": entry.status,
        "code": entry.code,
        "msg": entry.msg,
        "rules": entry.rules,
        "scenario": entry.scenario,
        "readings": entry.readings,
        "task_id": entry.task_id,
        "callback": entry.callback,
        "body_size": entry.call.body_size,
        "body_left_out": entry.call.left_out,
        "line": line(entry),
        "answer": entry.answer.shown(whole=False),
    }


def _attempt(entry: Attempted) -> dict[str, Any]:
    return {
        "id": entry.id,
        "kind": "attempt",
        "at": entry.at,
        "key": _key(entry.key),
        "task_id": entry.task_id,
        "stage": entry.stage,
        "code": entry.code,
        "number": entry.number,
        "redelivered": entry.redelivered,
        "url": masked_url(entry.url),
        "outcome": entry.outcome,
        "detail": entry.detail,
        "took": entry.took,
        "body_size": len(entry.body),
        "body_left_out": 0,
        "line": line(entry),
        "answer": None if entry.answer is None else entry.answer.shown(whole=False),
    }


def _key(key: str | None) -> str | None:
    """A key, masked; one that is as long as none can be, was refused."""
    shown = masked(key)
    return None if shown is None else cut(shown, LONGEST_KEY)
