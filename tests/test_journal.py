"""Entries of the journal, and what it forgets."""

from hypothesis import given
from hypothesis import strategies as st

from mock_server.answers import accepted, refused
from mock_server.calls import Call
from mock_server.delivery import Outcome
from mock_server.entries import Attempted, Entry, Requested, masked, shown_url
from mock_server.errors import NotFound
from mock_server.journal import ENTRIES_KEPT, Journal
from tests.builders import CREATED, edition, task

CALL = Call("POST", "/api/v1/generate/extend", b"", "secret-key", "application/json", "", b"{}")


def attempted(number: int = 1) -> Attempted:
    return Attempted(
        at=CREATED,
        key="key",
        task_id="5c79",
        stage="text",
        code=200,
        number=number,
        url="http://127.0.0.1:3000/callback",
        outcome=Outcome.TIMED_OUT,
        detail="no complete answer within 15 s",
        took=15.0,
    )


def test_an_accepted_request_is_shown() -> None:
    assert Requested(CREATED, CALL, accepted(task(scenario="late"), "")).shown() == {
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
        "task_id": "5c790000000000000000000000000be8",
    }


def test_a_refused_request_shows_why() -> None:
    shown = Requested(CREATED, CALL, refused(NotFound("no track", "extend.audioId.known"), edition())).shown()
    assert (shown["code"], shown["rules"], shown["task_id"]) == (404, ("extend.audioId.known",), None)
    assert shown["msg"] == "Not Found - The requested resource or endpoint does not exist: no track"


def test_an_attempt_is_shown() -> None:
    assert attempted().shown() == {
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
        "took": 15.0,
    }


def test_entries_keep_their_order() -> None:
    journal, entries = Journal(), [attempted(number) for number in range(3)]
    for entry in entries:
        journal.record(entry)
    assert list(journal) == entries
    assert journal.dropped == 0


def test_reading_allows_recording() -> None:
    journal = Journal()
    journal.record(attempted())
    for entry in journal:
        journal.record(entry)
    assert len(list(journal)) == 2


def test_the_oldest_entries_are_forgotten() -> None:
    journal, entries = Journal(), [attempted(number) for number in range(ENTRIES_KEPT + 2)]
    for entry in entries:
        journal.record(entry)
    assert list(journal) == entries[2:]
    assert journal.dropped == 2


def test_the_listener_hears_every_entry() -> None:
    heard: list[Entry] = []
    journal, entry = Journal(heard.append), attempted()
    journal.record(entry)
    assert heard == [entry]


def test_no_key_stays_none() -> None:
    assert masked(None) is None


@given(st.text(min_size=4))
def test_a_key_shows_three_characters(key: str) -> None:
    assert masked(key) == f"{key[:3]}…"


@given(st.text().map("mock-".__add__))
def test_a_magic_key_is_shown(key: str) -> None:
    assert masked(key) == key


def test_a_url_is_shown_without_its_password() -> None:
    assert shown_url("http://user:secret@127.0.0.1/cb?a=b@c") == "http://...@127.0.0.1/cb?a=b@c"
    assert shown_url("http://127.0.0.1/" + "x" * 999) == "http://127.0.0.1/" + "x" * 183 + "... (1016 characters)"
