"""Why TLS with a server failed, and what can be done about it, from the error of a client."""

import ssl
from collections.abc import Mapping
from typing import Final

FAILS: Final = "TLS fails: "
BY_CODE: Final[Mapping[int, str]] = {
    9: "its certificate does not hold yet ({}); look at the clock of this machine",
    10: "its certificate does not hold any more ({}); renew it",
    62: "its certificate is for another name ({}); give a name that it has",
    64: "its certificate is for another name ({}); give a name that it has",
}
"""By OpenSSL's code of what is wrong with a certificate."""
UNTRUSTED: Final = "its certificate is not trusted ({}); name it, or who signed it, by SSL_CERT_FILE=FILE, in PEM"
NO_TLS: Final = ("HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE", "WRONG_VERSION_NUMBER")
"""What OpenSSL calls it when what comes is no TLS."""


def told(problem: BaseException) -> str:
    """An error as a text; what is wrong with TLS, and the way out, where that is it."""
    return f"{type(problem).__name__}: {_tls(problem) or problem}"


def _tls(problem: BaseException | None) -> str:
    """Empty where it is no error of TLS. Clients wrap those of ssl, so that the innermost is the one that knows."""
    found = ""
    while problem is not None:
        if isinstance(problem, ssl.SSLError):
            found = FAILS + _words(problem)
        problem = problem.__cause__ or problem.__context__
    return found


def _words(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return BY_CODE.get(error.verify_code, UNTRUSTED).format(error.verify_message.rstrip("."))
    if error.reason in NO_TLS:
        return "it speaks http, without TLS; write http://"
    return f"the handshake failed ({str(error.reason).replace('_', ' ').lower()}); look at the server's log"
