"""What came and what was answered, on one line."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.commands.client.arrivals import Answered, line, record, refused, told

ACCEPTED = Answered(status=200)


def body(**changes: object) -> bytes:
    data = {"callbackType": "first", "task_id": "1035b5", "data": [{}]} | changes
    return json.dumps({"code": 200, "msg": "First track generated successfully.", "data": data}).encode()


def test_a_callback_tells_its_stage_task_text_and_tracks() -> None:
    shown = line("POST /callback", told(body()), ACCEPTED)
    assert shown == "<-- first     1035b5  200 First track generated successfully.  1 track   answered 200"
    assert "  0 tracks  " in line("POST /callback", told(body(data=None)), ACCEPTED)


def test_a_callback_without_stages_tells_what_it_holds() -> None:
    data = {"audioWavUrl": "http://mock/a.wav", "task_id": "1035b5"}
    came = json.dumps({"code": 200, "msg": "success", "data": data}).encode()
    assert line("POST /", told(came), ACCEPTED) == "<-- -         1035b5  200 success  audioWavUrl  answered 200"
    other = json.dumps({"code": 501, "msg": "failed", "data": {"taskId": "1035b5"}}).encode()
    assert line("POST /", told(other), ACCEPTED) == "<-- -         1035b5  501 failed            answered 200"


WHOM = {
    Answered(status=201, forwarded_to="http://app/cb", took=0.0124): "answered 201 by http://app/cb in 12 ms",
    Answered(status=502, forwarded_to="http://app/cb", why="is down"): "answered 502: http://app/cb is down",
}


@pytest.mark.parametrize("answered", WHOM)
def test_it_tells_who_answered(answered: Answered) -> None:
    assert line("POST /", told(body()), answered).endswith(f"  {WHOM[answered]}")


NONE = {
    b"": "no body",
    b"{": "no JSON: {",
    b"\xff": "no JSON: \\xff",
    b"[" * 100_000: "no JSON: [[[",
    b"\x1f\x8b\x08": "no JSON, it is compressed with gzip: \\x1f\\x8b\\x08",
    b"[]": "no data.callbackType and no data.task_id: []",
    b'{"data": {"a": 1}}': "no data.callbackType and no data.task_id: ",
}


@pytest.mark.parametrize("came", NONE, ids=repr)
def test_what_says_nothing_is_shown(came: bytes) -> None:
    assert line("POST /cb", told(came), ACCEPTED).startswith(f"<-- POST /cb  is no callback, {NONE[came]}")


@given(st.binary(max_size=50) | st.text(max_size=50).map(lambda text: body(callbackType=text, task_id=text)), st.text())
def test_no_body_makes_more_than_one_printable_line(came: bytes, request: str) -> None:
    for shown in (
        line(request, told(came), ACCEPTED),
        refused(request, 400, "why"),
        record(request, came, told(came), ACCEPTED),
    ):
        assert shown.isprintable()


def test_the_record_has_the_body_as_it_came() -> None:
    shown = json.loads(record("POST /cb", body(), told(body()), ACCEPTED))
    assert (shown["body"], shown["stage"], shown["tracks"], shown["status"]) == (body().decode(), "first", 1, 200)
