"""The journal's entries as JSON, and back. Pure."""

from collections.abc import Mapping
from typing import Any

from mock_server.domain.attempt import Outcome
from mock_server.domain.call import Call
from mock_server.domain.kept_answer import KeptAnswer
from mock_server.state.journal_entries import Attempted, Entry, Requested
from mock_server.state.packed import BYTES


def of_entry(entry: Entry) -> dict[str, Any]:
    return _of_request(entry) if isinstance(entry, Requested) else _of_attempt(entry)


def entry(value: Mapping[str, Any]) -> Entry:
    return _request(value) if "call" in value else _attempt(value)


def _of_request(entry: Requested) -> dict[str, Any]:
    call = entry.call
    return {
        "id": entry.id,
        "at": entry.at,
        "call": {
            "method": call.method,
            "path": call.path,
            "query": call.query.decode(BYTES),
            "key": call.key,
            "content_type": call.content_type,
            "prefer": call.prefer,
            "body": None if call.body is None else call.body.decode(BYTES),
            "headers": [(name.decode(BYTES), value.decode(BYTES)) for name, value in call.headers],
            "values": call.values,
            "content_encoding": call.content_encoding,
            "base_url": call.base_url,
            "left_out": call.left_out,
        },
        "status": entry.status,
        "code": entry.code,
        "msg": entry.msg,
        "rules": entry.rules,
        "scenario": entry.scenario,
        "readings": entry.readings,
        "task_id": entry.task_id,
        "callback": entry.callback,
        "answer_type": entry.answer_type,
        "answer_headers": dict(entry.answer_headers),
        "answer_body": entry.answer_body.decode(BYTES),
        "answer_size": entry.answer_size,
    }


def _request(value: Mapping[str, Any]) -> Requested:
    came = value["call"]
    call = Call(
        **{
            **came,
            "query": came["query"].encode(BYTES),
            "body": None if came["body"] is None else came["body"].encode(BYTES),
            "headers": [(name.encode(BYTES), text.encode(BYTES)) for name, text in came["headers"]],
        }
    )
    answer_body = value["answer_body"].encode(BYTES)
    return Requested(**{**value, "call": call, "rules": tuple(value["rules"]), "answer_body": answer_body})


def _of_attempt(entry: Attempted) -> dict[str, Any]:
    return {
        "id": entry.id,
        "at": entry.at,
        "key": entry.key,
        "task_id": entry.task_id,
        "stage": entry.stage,
        "code": entry.code,
        "number": entry.number,
        "url": entry.url,
        "outcome": entry.outcome,
        "detail": entry.detail,
        "took": entry.took,
        "body": entry.body.decode(BYTES),
        "redelivered": entry.redelivered,
        "sent": list(entry.sent),
        "answer": None if entry.answer is None else _of_answer(entry.answer),
    }


def _attempt(value: Mapping[str, Any]) -> Attempted:
    answer = value["answer"]
    return Attempted(
        **{
            **value,
            "outcome": Outcome(value["outcome"]),
            "body": value["body"].encode(BYTES),
            "sent": _headers(value["sent"]),
            "answer": None if answer is None else _answer(answer),
        }
    )


def _of_answer(answer: KeptAnswer) -> dict[str, Any]:
    return {
        "status": answer.status,
        "headers": list(answer.headers),
        "body": answer.body.decode(BYTES),
        "size": answer.size,
    }


def _answer(value: Mapping[str, Any]) -> KeptAnswer:
    return KeptAnswer(**{**value, "headers": _headers(value["headers"]), "body": value["body"].encode(BYTES)})


def _headers(pairs: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, text) for name, text in pairs)
