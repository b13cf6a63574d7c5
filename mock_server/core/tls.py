"""Why TLS with a server failed, in words, from the error that a client raises."""

import ssl
from collections.abc import Iterator, Mapping
from enum import Enum, auto
from typing import Final, NamedTuple


class TlsFault(Enum):
    """What is wrong, as far as it decides on the way out."""

    UNTRUSTED = auto()
    OTHER_NAME = auto()
    OTHER_TIME = auto()
    NO_TLS = auto()
    HANDSHAKE = auto()


class TlsTrouble(NamedTuple):
    """What is wrong, and how it is told of the server."""

    fault: TlsFault
    says: str


BY_CODE: Final[Mapping[int, tuple[TlsFault, str]]] = {
    9: (TlsFault.OTHER_TIME, "its certificate does not hold yet"),
    10: (TlsFault.OTHER_TIME, "its certificate does not hold any more"),
    62: (TlsFault.OTHER_NAME, "its certificate is for another name"),
    64: (TlsFault.OTHER_NAME, "its certificate is for another name"),
}
"""By the code with which OpenSSL refuses a certificate (X509_V_ERR_…); with any other one it is not trusted."""
UNTRUSTED: Final = (TlsFault.UNTRUSTED, "its certificate is not trusted")
NO_TLS: Final = {"HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE", "WRONG_VERSION_NUMBER"}
"""What OpenSSL calls it when what comes is no TLS."""


def tls_trouble(error: BaseException) -> TlsTrouble | None:
    """What is wrong with TLS, from an error or what caused it; None where nothing is.

    Clients wrap the errors of ssl in their own, so that the innermost is the one that knows.
    """
    found = [each for each in _causes(error) if isinstance(each, ssl.SSLError)]
    return _told(found[-1]) if found else None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _told(error: ssl.SSLError) -> TlsTrouble:
    if isinstance(error, ssl.SSLCertVerificationError):
        fault, says = BY_CODE.get(error.verify_code, UNTRUSTED)
        return TlsTrouble(fault, f"{says} ({error.verify_message.rstrip('.')})")
    if error.reason in NO_TLS:
        return TlsTrouble(TlsFault.NO_TLS, "it speaks http, without TLS")
    return TlsTrouble(TlsFault.HANDSHAKE, f"the handshake failed ({_words(error)})")


def _words(error: ssl.SSLError) -> str:
    """`tlsv1 alert protocol version`, as OpenSSL names it."""
    return (error.reason or str(error)).replace("_", " ").lower()
