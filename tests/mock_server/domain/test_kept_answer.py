"""What is kept of answers, and how it is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.kept_answer import (
    BODY_KEPT,
    HEADERS_KEPT,
    VALUE_KEPT,
    KeptAnswer,
    body_shown,
    kept_headers,
    lines_of_answer,
    readable,
)


@given(st.lists(st.binary(max_size=3 * BODY_KEPT), max_size=5))
def test_the_beginning_is_kept_and_everything_counted(pieces: list[bytes]) -> None:
    answer = KeptAnswer(status=200, headers=())
    for piece in pieces:
        answer = answer.longer(piece)
    whole = b"".join(pieces)
    assert (answer.body, answer.size) == (whole[:BODY_KEPT], len(whole))


def test_only_so_many_headers_of_a_receiver_are_kept_and_only_so_much_of_each() -> None:
    headers = kept_headers([("X", "y" * 99_999)] * 10_000)
    assert headers[-1] == ("...", f"{10_000 - HEADERS_KEPT} more headers")
    assert sum(len(value) for _, value in headers) < (HEADERS_KEPT + 1) * (VALUE_KEPT + 100)


@given(st.binary(max_size=50))
def test_every_body_can_be_read(body: bytes) -> None:
    text = readable(body_shown(body))
    assert text == body.decode(errors="backslashreplace")
    text.encode()


@pytest.mark.parametrize("is_cut", [True, False])
def test_a_character_is_cut_where_a_body_is(is_cut: bool) -> None:
    assert readable(body_shown("né".encode()[:2], is_cut=is_cut)) == ("n" if is_cut else "n\\xc3")


def test_an_answer_is_written_as_it_came() -> None:
    answer = KeptAnswer(status=404, headers=[("Server", "me"), ("Cookie", "abcd=1")], body=b"no\nway", size=6)
    assert [*lines_of_answer(answer.shown(whole=True))] == ["HTTP 404", "Server: me", "Cookie: abc…", "", "no", "way"]


@pytest.mark.parametrize(
    ("body", "size", "last"),
    [
        (b"", 0, "HTTP 200"),
        (b"x" * BODY_KEPT, 5000, "... 904 more bytes, which are not kept"),
        (b"", 7, "... 7 more bytes, which are not kept"),
    ],
)
def test_what_is_not_kept_is_told(body: bytes, size: int, last: str) -> None:
    shown = KeptAnswer(status=200, headers=(), body=body, size=size).shown(whole=True)
    assert [*lines_of_answer(shown)][-1] == last


def test_a_header_is_found_in_any_spelling() -> None:
    answer = KeptAnswer(status=302, headers=[("LOCATION", "/a"), ("location", "/b")])
    assert (answer.header("location"), answer.header("server")) == ("/a", None)
