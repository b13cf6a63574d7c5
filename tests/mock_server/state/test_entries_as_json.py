"""Entries of the journal as JSON: in short, as lists have them, and whole."""

import json
from dataclasses import replace
from typing import Any

import pytest

from mock_server.core.errors import Forced, Invalid, Maintenance, NotFound, RateLimited, Unauthorized
from mock_server.core.json_pieces import pieces
from mock_server.domain.answer import accepted, refused
from mock_server.domain.attempt import Outcome
from mock_server.domain.kept_answer import KeptAnswer
from mock_server.http.read_request import call as read
from mock_server.state import entries_as_json
from mock_server.state.entries_as_json import in_short
from mock_server.state.journal_entries import UNREAD_KEPT, Entry, Requested, line
from tests.builders import CREATED, attempted, edition, requested, task

URL = "http://127.0.0.1:4010"


def whole(entry: Entry, url: str) -> dict[str, Any]:
    """A whole entry as who asks for it reads it."""
    shown: dict[str, Any] = json.loads("".join(pieces(entries_as_json.whole(entry, url))))
    return shown


def test_an_accepted_request_is_shown() -> None:
    entry = requested(accepted(task(scenario="late").record, edition(), ""), query=b"a=b")
    assert in_short(entry) == {
        "id": 0,
        "kind": "request",
        "at": CREATED,
        "method": "POST",
        "path": "/api/v1/generate/extend",
        "key": "sec…",
        "status": 200,
        "code": 200,
        "msg": "success",
        "rules": (),
        "scenario": "late",
        "readings": "",
        "task_id": "5c790000000040008000000000000be8",
        "callback": "",
        "body_size": 2,
        "body_left_out": 0,
        "line": "--> POST /api/v1/generate/extend  200 task 5c790000000040008000000000000be8",
        "answer": {"status": 200, "size": 81},
    }


def test_a_refused_request_shows_why() -> None:
    shown = in_short(requested(refused(NotFound("no track", "extend.audioId.known"), edition())))
    assert (shown["code"], shown["rules"], shown["task_id"]) == (404, ("extend.audioId.known",), None)
    assert shown["msg"] == "Not Found - The requested resource or endpoint does not exist: no track"


def test_the_readings_that_were_drawn_are_shown() -> None:
    answer = replace(accepted(task().record, edition(), ""), headers={"suno-mock-readings": "first_items=both"})
    assert in_short(requested(answer))["readings"] == "first_items=both"


def test_callbacks_that_will_not_be_sent_are_told_with_the_answer() -> None:
    entry = requested(accepted(task().record, edition(), "", "8.8.8.8 is public"))
    assert in_short(entry)["callback"] == "blocked; 8.8.8.8 is public"
    assert line(entry).endswith(f"200 task {entry.task_id}, callbacks blocked; 8.8.8.8 is public")


def test_an_attempt_is_shown() -> None:
    entry = attempted(outcome=Outcome.TIMED_OUT, detail="no complete answer within 15 s", took=15.0, body=b'{"a": 1}')
    assert in_short(entry) == {
        "id": 0,
        "kind": "attempt",
        "at": CREATED,
        "key": "key…",
        "task_id": "5c79",
        "stage": "text",
        "code": 200,
        "number": 1,
        "url": "http://127.0.0.1:3000/callback",
        "outcome": "timed_out",
        "detail": "no complete answer within 15 s",
        "redelivered": False,
        "took": 15.0,
        "body_size": 8,
        "body_left_out": 0,
        "line": "<-- text of 5c79 to http://127.0.0.1:3000/callback  "
        "timed_out in 15000 ms: no complete answer within 15 s",
        "answer": None,
    }


def test_what_was_never_attempted_has_no_curl() -> None:
    shown = whole(attempted(outcome=Outcome.UNDELIVERED), URL)
    assert (shown["body"], shown["curl"]) == (None, None)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        pytest.param(None, None, id="too large"),
        pytest.param(b"", None, id="empty"),
        pytest.param("é\0\n".encode(), "é\0\n", id="a text"),
        pytest.param(b"\xff", None, id="no text"),
    ],
)
def test_a_body_is_shown_where_it_is_a_text(body: bytes | None, text: str | None) -> None:
    assert whole(requested(body=body), URL)["body"] == text


def test_whole_an_entry_has_its_bodies_its_headers_and_its_curl() -> None:
    headers = [(b"host", b"mock"), (b"authorization", b"Bearer secret-key"), (b"x-odd", b"\xff")]
    call = read("POST", "/api/v1/generate/extend", b"a=b", headers, b"{}")
    entry = Requested.answered(CREATED, call, accepted(task().record, edition(), ""))
    shown = whole(entry, URL)
    assert shown["headers"] == [["host", "mock"], ["authorization", "Bearer sec…"], ["x-odd", "\\xff"]]
    assert (shown["body"], shown["body_base64"]) == ("{}", None)
    assert shown["curl"] == (
        f"curl -sS -g -X POST '{URL}/api/v1/generate/extend?a=b' "
        "-H \"Authorization: Bearer ${SUNO_MOCK_KEY:-test-key}\" -H Content-Type: --data-raw '{}'"
    )
    assert shown["answer"]["body"] == entry.answer.body.decode()
    assert {*in_short(entry)} < {*shown}


def test_whole_an_attempt_has_what_was_sent_and_answered() -> None:
    answer = KeptAnswer(status=418, headers=(("X-Why", "tea"),), body=b"{}", size=2)
    entry = attempted(body=b'{"a": 1}', sent=(("Host", "127.0.0.1"),), answer=answer)
    shown = whole(entry, URL)
    assert (shown["headers"], shown["body"], shown["answer"]) == (
        [["Host", "127.0.0.1"]],
        '{"a": 1}',
        {"status": 418, "headers": [["X-Why", "tea"]], "size": 2, "body": "{}", "body_base64": None},
    )
    assert shown["curl"] == (
        "curl -sS -g -X POST http://127.0.0.1:3000/callback -H 'Content-Type: application/json' --data-raw '{\"a\": 1}'"
    )
    assert in_short(entry)["answer"] == {"status": 418, "size": 2}


UNREAD = [
    Unauthorized("no key"),
    Maintenance("closed"),
    RateLimited("later", 1),
    Forced(500, "callback-500", ""),
]


@pytest.mark.parametrize("refusal", UNREAD, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("filling", [b"x", "é".encode(), b"\xff"])
def test_of_what_is_refused_unread_the_beginning_of_the_body_is_kept(refusal: Unauthorized, filling: bytes) -> None:
    body = b"{" + filling * 500_000
    entry = requested(refused(refusal, edition()), body=body)
    shown = whole(entry, URL)
    assert (shown["body_size"], shown["body_left_out"], shown["curl"]) == (len(body), len(body) - UNREAD_KEPT, None)
    assert entry.call.body == body[:UNREAD_KEPT]
    assert entry.size < 2 * UNREAD_KEPT
    assert (shown["body"] is None) == (filling == b"\xff")


@pytest.mark.parametrize("refusal", UNREAD, ids=lambda each: type(each).__name__)
def test_an_ordinary_body_is_kept_whole_though_it_is_refused_unread(refusal: Unauthorized) -> None:
    shown = whole(requested(refused(refusal, edition()), body=b"x" * UNREAD_KEPT), URL)
    assert (shown["body_size"], shown["body_left_out"], shown["body"]) == (UNREAD_KEPT, 0, "x" * UNREAD_KEPT)
    assert shown["curl"]


def test_a_body_that_was_judged_is_kept_whole() -> None:
    for answer in (refused(Invalid([]), edition()), accepted(task().record, edition(), "")):
        assert whole(requested(answer, body=b"x" * 1_000_000), URL)["body"] == "x" * 1_000_000


def test_of_a_body_that_was_too_large_to_read_the_size_is_not_known() -> None:
    assert (in_short(requested(body=None))["body_size"], whole(requested(body=None), URL)["body"]) == (None, None)
