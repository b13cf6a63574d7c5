"""Which certificates of receivers are trusted, over real sockets."""

import asyncio
import os
import ssl
from pathlib import Path

import pytest

from mock_server.callbacks.host_policy import HostPolicy
from mock_server.callbacks.http_delivery import HttpDelivery
from mock_server.callbacks.trust import Trust
from mock_server.core.errors import BadSetting
from mock_server.domain.attempt import Attempt, Outcome
from mock_server.testing.mock_server import MockServer
from tests.certificates import Authority, listening
from tests.mock_server.callbacks.test_http_delivery import OK, Kept, answering
from tests.mock_server.callbacks.wire import Serve

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


async def called(server: ssl.SSLContext | None, trust: Trust | None = None, serve: Serve | None = None) -> Attempt:
    """A callback to https at a receiver, which has TLS or none."""
    receiver = await asyncio.start_server(serve or answering(OK), "127.0.0.1", 0, ssl=server)
    delivery = HttpDelivery(HostPolicy(), 5, trust)
    try:
        return await delivery.attempt(address(receiver), b"{}", (200, 200))
    finally:
        await delivery.close()
        receiver.close()


def address(receiver: asyncio.Server) -> str:
    return f"https://127.0.0.1:{receiver.sockets[0].getsockname()[1]}/cb"


def without_port(detail: str) -> str:
    return " ".join("N" if word.isdigit() and len(word) > 3 else word for word in detail.split(" "))


async def test_a_certificate_that_nobody_knows_is_named_with_the_way_out(authority: Authority) -> None:
    result = await called(authority.server())
    assert result.outcome is Outcome.UNREACHABLE
    assert without_port(result.detail) == (
        "https to 127.0.0.1 port N failed: its certificate is not trusted (unable to get local issuer certificate); "
        "trust it with --callback-ca FILE or SSL_CERT_FILE, or check nothing: --insecure-callbacks"
    )


async def test_a_file_that_is_not_there_is_named_too(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere.pem")
    assert (await called(authority.server())).detail.endswith("; SSL_CERT_FILE is '/nowhere.pem', which is not there")


async def test_a_certificate_for_another_name_is_named(authority: Authority) -> None:
    result = await called(authority.server("receiver.test"), Trust(str(authority.file)))
    assert without_port(result.detail) == (
        "https to 127.0.0.1 port N failed: its certificate is for another name "
        "(IP address mismatch, certificate is not valid for '127.0.0.1'); "
        "call it by a name that the certificate has, or check nothing: --insecure-callbacks"
    )


async def test_a_certificate_of_another_time_is_named(authority: Authority) -> None:
    result = await called(authority.server(expired=True), Trust(str(authority.file)))
    assert without_port(result.detail) == (
        "https to 127.0.0.1 port N failed: its certificate does not hold any more (certificate has expired); "
        "renew it, or check nothing: --insecure-callbacks"
    )


WITHOUT_TLS = {
    b"HTTP/1.1 400 Bad Request\r\n\r\n": "it speaks http, without TLS; write http:// in callBackUrl",
    b"": "it closed the connection before TLS; one that speaks no TLS does so: write http:// in callBackUrl",
}


@pytest.mark.parametrize("answer", WITHOUT_TLS)
async def test_https_to_an_http_receiver_is_named(answer: bytes) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(answer)
        writer.close()

    result = await called(None, serve=refuse)
    assert result.outcome is Outcome.UNREACHABLE
    assert result.detail.endswith(WITHOUT_TLS[answer])


@pytest.mark.parametrize("insecure", [False, True])
async def test_a_certificate_of_the_file_is_trusted(authority: Authority, insecure: bool) -> None:
    result = await called(authority.server(), Trust(str(authority.file), insecure=insecure))
    assert (result.outcome, result.detail) == (Outcome.ACCEPTED, "HTTP 200")


async def test_a_certificate_of_ssl_cert_file_is_trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    assert (await called(authority.server())).outcome is Outcome.ACCEPTED


def test_mocks_share_the_certificates_of_the_system_until_they_change(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_system = Trust().context
    assert Trust().context is of_system
    assert Trust(insecure=True).context is not of_system
    assert of_system.verify_mode is ssl.CERT_REQUIRED
    file = tmp_path / "certificates.pem"
    file.write_bytes(authority.file.read_bytes())
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    own = Trust().context
    os.utime(file, (0, 0))
    assert Trust().context is not own is not of_system


@pytest.mark.parametrize("name", ["127.0.0.1", "receiver.test"])
async def test_insecure_takes_any_certificate(authority: Authority, name: str) -> None:
    result = await called(authority.server(name, expired=True), Trust(insecure=True))
    assert result.outcome is Outcome.ACCEPTED


async def test_insecure_opens_no_address() -> None:
    delivery = HttpDelivery(HostPolicy(), 5, Trust(insecure=True))
    result = await delivery.attempt("https://192.0.2.1/cb", b"{}", (200, 200))
    assert result.outcome is Outcome.BLOCKED


async def test_the_certificate_of_a_receiver_itself_may_be_in_the_file(authority: Authority, tmp_path: Path) -> None:
    receiver = await asyncio.start_server(Kept(), "127.0.0.1", 0, ssl=authority.server())
    host, port = receiver.sockets[0].getsockname()
    own = tmp_path / "own.pem"
    own.write_text(await asyncio.to_thread(ssl.get_server_certificate, (host, port)))
    delivery = HttpDelivery(HostPolicy(), 5, Trust(str(own)))
    assert (await delivery.attempt(address(receiver), b"{}", (200, 200))).outcome is Outcome.ACCEPTED
    await delivery.close()
    receiver.close()


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "No such file or directory"), ("", "it has no certificate"), ("x", "it has no certificate")],
)
def test_a_file_that_cannot_be_used_is_refused_at_the_start(tmp_path: Path, content: str | None, why: str) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(BadSetting) as refused:
        Trust(str(file))
    assert str(refused.value) == (
        f"callback CA '{file}' cannot be used: {why}. Allowed: a file of certificates in PEM."
    )


def test_a_mock_is_told_whom_to_trust(authority: Authority) -> None:
    with listening(authority.server()) as address:
        url = f"https://{address}/cb"
        for told, outcome in ((str(authority.file), Outcome.ACCEPTED), ("", Outcome.UNREACHABLE)):
            with MockServer(pace="manual", callback_ca=told) as mock:
                mock.trigger("only-complete", url)
                mock.clock.advance(180)
                assert mock.attempts[0].outcome is outcome


def test_a_mock_whose_file_cannot_be_used_does_not_start() -> None:
    with pytest.raises(BadSetting, match=r"^callback CA '/nowhere.pem' cannot be used: No such file or directory"):
        MockServer(callback_ca="/nowhere.pem")
