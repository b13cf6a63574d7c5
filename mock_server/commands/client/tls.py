"""Why TLS with a server failed, and what whoever typed its URL can do."""

from collections.abc import Mapping
from typing import Final

import httpx

from mock_server.core.tls import TlsFault, tls_trouble
from mock_server.domain.masking import masked_url

WAYS_OUT: Final[Mapping[TlsFault, str]] = {
    TlsFault.UNTRUSTED: "Trust it: set SSL_CERT_FILE to a file of certificates in PEM that holds it, or who signed it.",
    TlsFault.OTHER_NAME: "Say a name that the certificate has: {option}.",
    TlsFault.OTHER_TIME: "Have it renewed, or look at the clock of this machine.",
    TlsFault.NO_TLS: "Write http:// in {option}.",
    TlsFault.HANDSHAKE: "Look at the server's log.",
}


def tls_failure(error: httpx.HTTPError, option: str = "--url") -> str:
    """What is wrong with TLS, and the way out, by the option that named the server; empty where nothing is wrong."""
    trouble = tls_trouble(error)
    return f"{trouble.says}. {WAYS_OUT[trouble.fault].format(option=option)}" if trouble else ""


def told_of(url: str, failure: str) -> str:
    """The failure as a text of its own."""
    return f"TLS with {masked_url(url)} failed: {failure}"


def perhaps_tls(url: str, error: httpx.HTTPError) -> str:
    """What may be meant by a connection over http that ends without an answer, as a sentence."""
    ended = isinstance(error, httpx.RemoteProtocolError | httpx.ReadError)
    return " If it speaks TLS, write https:// in --url." if ended and url.startswith("http:") else ""
