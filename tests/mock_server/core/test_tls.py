"""The words for what is wrong with TLS."""

import ssl

import pytest

from mock_server.core.tls import TlsFault, TlsTrouble, tls_trouble


def refused(code: int, message: str) -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_code, error.verify_message = code, message
    return error


def failed(reason: str | None) -> ssl.SSLError:
    error = ssl.SSLError(1, "[SSL] something")
    error.reason = reason  # type: ignore[assignment]
    return error


@pytest.mark.parametrize(
    ("error", "fault", "says"),
    [
        (
            refused(18, "self-signed certificate"),
            TlsFault.UNTRUSTED,
            "its certificate is not trusted (self-signed certificate)",
        ),
        (
            refused(62, "Hostname mismatch, certificate is not valid for 'a'."),
            TlsFault.OTHER_NAME,
            "its certificate is for another name (Hostname mismatch, certificate is not valid for 'a')",
        ),
        (
            refused(10, "certificate has expired"),
            TlsFault.OTHER_TIME,
            "its certificate does not hold any more (certificate has expired)",
        ),
        (
            refused(9, "certificate is not yet valid"),
            TlsFault.OTHER_TIME,
            "its certificate does not hold yet (certificate is not yet valid)",
        ),
        (failed("WRONG_VERSION_NUMBER"), TlsFault.NO_TLS, "it speaks http, without TLS"),
        (
            failed("TLSV1_ALERT_PROTOCOL_VERSION"),
            TlsFault.HANDSHAKE,
            "the handshake failed (tlsv1 alert protocol version)",
        ),
        (failed(None), TlsFault.HANDSHAKE, "the handshake failed ([ssl] something)"),
    ],
)
def test_what_is_wrong_is_told(error: ssl.SSLError, fault: TlsFault, says: str) -> None:
    assert tls_trouble(error) == TlsTrouble(fault, says)


def test_the_innermost_error_knows() -> None:
    outer = RuntimeError("wrapped")
    outer.__cause__ = failed("TLSV1_ALERT_PROTOCOL_VERSION")
    outer.__cause__.__context__ = refused(18, "self-signed certificate")
    trouble = tls_trouble(outer)
    assert trouble is not None
    assert trouble.fault is TlsFault.UNTRUSTED


def test_what_has_nothing_to_do_with_tls_is_nothing() -> None:
    assert tls_trouble(ConnectionRefusedError()) is None
