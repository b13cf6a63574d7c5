"""What the proxy says of bytes that are no request: TLS, HTTP/2, and heads that are broken."""

import socket
from urllib.parse import urlsplit

import pytest

from tests.contract_tests.proxy.standing import standing

KEY = "canary-key-of-a-client"


def answered(url: str, sent: bytes) -> bytes:
    to = urlsplit(url)
    with socket.create_connection((to.hostname, to.port), timeout=10) as connection:
        connection.sendall(sent)
        return connection.makefile("rb").read()


@pytest.mark.parametrize(
    ("sent", "spoken"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + KEY.encode(), "TLS"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + KEY.encode(), "HTTP/2"),
        (
            b"GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + KEY.encode() + b"\x00\r\n\r\n",
            "what is no HTTP/1.1",
        ),
        (b"GET / HTTP/1.1\r\nHost: x\r\nBad Name: " + KEY.encode() + b"\r\n\r\n", "what is no HTTP/1.1"),
    ],
    ids=["TLS", "HTTP/2", "a zero in a header", "a space in a name"],
)
def test_one_line_says_what_came_and_what_to_give(sent: bytes, spoken: str, caplog: pytest.LogCaptureFixture) -> None:
    with standing("http://127.0.0.1:1") as stood:
        assert b" 400 " in answered(stood.proxy.url, sent).partition(b"\r\n")[0]
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert record.getMessage() == (
        f"127.0.0.1 spoke {spoken} and was answered 400. The proxy speaks HTTP/1.1 without TLS: give its URL as it was "
        "printed, with http://"
    )
    assert KEY not in caplog.text
    assert stood.messages == []
