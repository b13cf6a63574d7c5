"""The words of the harness for what is wrong with TLS."""

import ssl

import pytest

from contract_tests.target.tls import told


def refused(code: int, message: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, message
    return error


def failed(reason: str) -> ssl.SSLError:
    error = ssl.SSLError(1, "[SSL] something")
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (refused(18, "self-signed certificate"), "its certificate is not trusted (self-signed certificate); name it, "),
        (refused(62, "Hostname mismatch."), "its certificate is for another name (Hostname mismatch); give a name "),
        (refused(10, "certificate has expired"), "its certificate does not hold any more (certificate has expired); "),
        (failed("WRONG_VERSION_NUMBER"), "it speaks http, without TLS; write http://"),
        (failed("TLSV1_ALERT_PROTOCOL_VERSION"), "the handshake failed (tlsv1 alert protocol version); look at the "),
    ],
)
def test_the_innermost_error_is_told(error: ssl.SSLError, text: str) -> None:
    wrapped = RuntimeError("wrapped")
    wrapped.__cause__ = error
    assert told(wrapped).startswith(f"RuntimeError: TLS fails: {text}")


def test_any_other_error_is_told_as_it_is() -> None:
    assert told(ConnectionRefusedError("nobody")) == "ConnectionRefusedError: nobody"
