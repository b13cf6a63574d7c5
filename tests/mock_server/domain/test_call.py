"""A request as it came: what it takes, and whether its body was lost on the way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.call import Call

UPGRADE = (b"upgrade", b"h2c")
SIZE = (b"content-length", b"312")
CHUNKED = (b"transfer-encoding", b"chunked")
headers = st.lists(
    st.sampled_from([UPGRADE, SIZE, CHUNKED, (b"accept", b"*/*"), (b"content-length", b"0")]), max_size=4
)


def call(*sent: tuple[bytes, bytes], body: bytes | None = b"") -> Call:
    return Call("POST", "/", b"", None, "application/json", "", body, sent)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ((SIZE, UPGRADE), "; it came with Content-Length: 312 and Upgrade: h2c, and the server"),
        ((CHUNKED, UPGRADE), "; it came with Transfer-Encoding and Upgrade: h2c, and the server"),
    ],
)
def test_a_body_that_a_server_dropped_is_told_with_the_way_out(sent: list[tuple[bytes, bytes]], said: str) -> None:
    lost = call(*sent).lost
    assert lost.startswith(said)
    assert lost.endswith("run suno-mock serve, or uvicorn with --http h11, or send no Upgrade")


@given(headers, st.none() | st.binary(min_size=1))
def test_a_body_that_came_was_not_lost(sent: list[tuple[bytes, bytes]], body: bytes | None) -> None:
    assert call(*sent, body=body).lost == ""


@given(headers.filter(lambda sent: UPGRADE not in sent))
def test_without_another_protocol_nothing_was_lost(sent: list[tuple[bytes, bytes]]) -> None:
    assert call(*sent).lost == ""


@pytest.mark.parametrize("sent", [[UPGRADE], [UPGRADE, (b"content-length", b"0")]])
def test_what_was_sent_without_a_body_lost_none(sent: list[tuple[bytes, bytes]]) -> None:
    assert call(*sent).lost == ""
