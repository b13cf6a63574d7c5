"""What the commands say of a server with which TLS fails, over real sockets."""

import httpx
import pytest

from mock_server.commands.client.admin_client import Remote, Unreached
from mock_server.commands.client.api_client import Asking
from mock_server.commands.client.forward import Forwarding
from mock_server.commands.client.tls import perhaps_tls
from mock_server.core.errors import BadSetting
from mock_server.testing.receiver_http import Received
from tests.certificates import Authority, listening


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


UNKNOWN = "its certificate is not trusted (unable to get local issuer certificate)"
TRUST = "Trust it: set SSL_CERT_FILE to a file of certificates in PEM that holds it, or who signed it."


def test_an_api_whose_certificate_nobody_knows_is_named_with_the_way_out(authority: Authority) -> None:
    with listening(authority.server()) as address, pytest.raises(BadSetting) as refused:
        Asking(f"https://{address}", "key").extend(b"{}", {})
    assert str(refused.value) == f"TLS with https://{address} failed: {UNKNOWN}. {TRUST}"


def test_a_mock_whose_certificate_nobody_knows_is_named_with_the_way_out(authority: Authority) -> None:
    with listening(authority.server()) as address, pytest.raises(Unreached) as refused:
        Remote(f"https://me:hush@{address}").get("clock")
    assert str(refused.value) == f"TLS with https://...@{address} failed: {UNKNOWN}. {TRUST}"


def test_a_receiver_whose_certificate_nobody_knows_is_named_with_the_way_out(authority: Authority) -> None:
    received = Received(method="POST", path="/", headers={}, body=b"{}")
    with listening(authority.server()) as address:
        reply, answered = Forwarding(f"https://{address}")(received)
    assert (reply.status, answered.why) == (502, f"cannot be reached: {UNKNOWN}. {TRUST}")


def test_ssl_cert_file_is_read_near_too(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with listening(authority.server()) as address, Asking(f"https://{address}", "key") as asking:
        assert asking.extend(b"{}", {}).status == 200


def test_a_certificate_for_another_name_is_named(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with listening(authority.server("api.test")) as address, pytest.raises(BadSetting) as refused:
        Asking(f"https://{address}", "key").extend(b"{}", {})
    assert str(refused.value) == (
        f"TLS with https://{address} failed: its certificate is for another name "
        "(IP address mismatch, certificate is not valid for '127.0.0.1'). "
        "Say a name that the certificate has: --url."
    )


def test_https_to_a_server_of_http_is_named() -> None:
    with listening(None) as address, pytest.raises(BadSetting) as refused:
        Asking(f"https://{address}", "key").extend(b"{}", {})
    assert str(refused.value) == (
        f"TLS with https://{address} failed: it speaks http, without TLS. Write http:// in --url."
    )


@pytest.mark.parametrize("error", [httpx.RemoteProtocolError("disconnected"), httpx.ReadError("reset")], ids=repr)
def test_http_to_a_server_of_https_may_be_meant(error: httpx.HTTPError) -> None:
    assert perhaps_tls("http://api", error) == " If it speaks TLS, write https:// in --url."
    assert perhaps_tls("https://api", error) == ""
    assert perhaps_tls("http://api", httpx.WriteError("broken pipe")) == ""
