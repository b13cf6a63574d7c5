"""The listening socket, and what a fault does to a real connection."""

import json
import socket
from contextlib import closing
from http.client import HTTPConnection, HTTPResponse, IncompleteRead
from urllib.parse import urlsplit

import httpx
import pytest

from mock_server import MockServer, Settings
from mock_server.contract.operations import path
from mock_server.core.errors import BadSetting
from mock_server.http.server import base_url, listen, reached_at
from mock_server.state.faults import WHOLE
from mock_server.state.journal_entries import line
from mock_server.testing.key import KeyView
from tests.builders import request


def connected(mock: MockServer) -> closing[HTTPConnection]:
    address = urlsplit(mock.url)
    return closing(HTTPConnection(address.hostname or "", address.port, timeout=10))


def ask(connection: HTTPConnection, account: KeyView) -> HTTPResponse:
    """GET the credits of a key; the answer is not read yet."""
    connection.request("GET", path("chat-credit"), headers=account.headers)
    return connection.getresponse()


def test_a_reset_connection_is_reset() -> None:
    with MockServer() as mock, connected(mock) as connection:
        mock.account("key").fault("reset")
        with pytest.raises(ConnectionResetError):
            ask(connection, mock.account("key"))


def test_a_truncated_answer_is_shorter_than_announced() -> None:
    with MockServer() as mock, connected(mock) as connection:
        mock.account("key").fault("truncated")
        response = ask(connection, mock.account("key"))
        assert int(response.headers["Content-Length"]) == len(WHOLE)
        with pytest.raises(IncompleteRead) as caught:
            response.read()
        assert caught.value.partial == WHOLE[: len(WHOLE) // 2]


def test_a_connection_is_cut_in_the_middle_of_its_life() -> None:
    with MockServer() as mock, connected(mock) as connection, connected(mock) as another:
        account = mock.account("key")
        assert ask(connection, account).read()
        account.fault("reset", times=1)
        with pytest.raises(ConnectionResetError):
            ask(connection, account)
        assert ask(another, account).status == 200


def test_no_other_connection_ends() -> None:
    with MockServer() as mock, connected(mock) as kept, connected(mock) as cut:
        assert ask(kept, mock.account("other")).read()
        mock.account("key").fault("reset")
        with pytest.raises(ConnectionResetError):
            ask(cut, mock.account("key"))
        assert ask(kept, mock.account("other")).status == 200


@pytest.mark.parametrize("answer", ["reset", "truncated"])
def test_an_ended_connection_leaves_nothing_on_standard_error(answer: str, capfd: pytest.CaptureFixture[str]) -> None:
    with MockServer() as mock, connected(mock) as connection:
        account = mock.account("key")
        account.fault(answer)
        with pytest.raises((ConnectionResetError, IncompleteRead)):
            ask(connection, account).read()
        account.wait_for(1, kind="request", code=0)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("wish", ["h2c", "websocket", "TLS/1.0"])
def test_who_asks_for_another_protocol_keeps_its_body_and_prints_nothing(
    wish: str, capfd: pytest.CaptureFixture[str]
) -> None:
    asking = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": wish, "HTTP2-Settings": "AAMAAABkAAQAoAAAAAIAAAAA"}
    with MockServer() as mock, connected(mock) as connection:
        for _ in range(2):
            headers = {**mock.headers, **asking, "Content-Type": "application/json"}
            connection.request("POST", path("extend"), json.dumps(request()), headers)
            response = connection.getresponse()
            assert (response.status, json.load(response)["code"]) == (200, 200)
    assert capfd.readouterr().err == ""


def test_https_to_the_port_of_http_is_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    with MockServer() as mock:
        with pytest.raises(httpx.ConnectError):
            httpx.get(mock.url.replace("http://", "https://"))
        mock.wait_for(1, kind="request")
        (told,) = map(line, mock.entries)
    assert told == (
        "--> TLS  HTTP 400, https:// was spoken to a port that speaks http://; allowed: the same URL with http://, or "
        "a proxy in front of it that ends TLS"
    )
    assert capfd.readouterr().err == ""


def test_an_address_of_another_machine_is_a_clear_error() -> None:
    with pytest.raises(BadSetting, match=r"cannot listen on 203\.0\.113\.7 port 0: "):
        listen("203.0.113.7", 0)


@pytest.mark.parametrize("host", ["nowhere.invalid", "300.1.1.1", "[::1", "*", "a..b"])
def test_what_is_no_host_is_a_clear_error(host: str) -> None:
    with pytest.raises(BadSetting) as raised:
        listen(host, 0)
    assert str(raised.value) == (
        f"--host {host!r} is no address of this machine. Allowed: 127.0.0.1, ::1, 0.0.0.0 or :: for all addresses, "
        "or another address or name of this machine."
    )


def test_the_base_url_of_each_family() -> None:
    with listen("127.0.0.1", 0) as four:
        assert base_url(four) == f"http://127.0.0.1:{four.getsockname()[1]}"
    if socket.has_ipv6:
        with listen("::1", 0) as six:
            assert base_url(six) == f"http://[::1]:{six.getsockname()[1]}"


def test_media_urls_begin_with_the_socket_unless_they_are_told_otherwise() -> None:
    with listen("127.0.0.1", 0) as listening:
        assert reached_at(listening, Settings()).base_url == base_url(listening)
        assert reached_at(listening, Settings(base_url="http://mock")).base_url == "http://mock"
    with bound("0.0.0.0") as everywhere:
        assert reached_at(everywhere, Settings()).base_url == ""
        assert base_url(everywhere) == f"http://127.0.0.1:{everywhere.getsockname()[1]}"


def bound(host: str) -> socket.socket:
    """A socket that has an address and listens to nobody."""
    own = socket.socket()
    own.bind((host, 0))
    return own


def test_beyond_loopback_a_token_is_made_up() -> None:
    with bound("0.0.0.0") as everywhere, bound("127.0.0.1") as here:
        first, second = (reached_at(everywhere, Settings()).admin_token for _ in range(2))
        assert first != second
        assert len(first) >= 20
        assert reached_at(everywhere, Settings(admin_token="given")).admin_token == "given"
        assert reached_at(here, Settings()).admin_token == ""
        assert reached_at(here, Settings(admin_token="given")).admin_token == "given"


@pytest.mark.parametrize(
    "base_url", ["https://mock.example.com", "http://192.168.1.5:4010", "http://host.docker.internal"]
)
def test_a_base_url_that_others_reach_makes_a_token(base_url: str) -> None:
    with bound("127.0.0.1") as here:
        made = reached_at(here, Settings(base_url=base_url))
        assert (made.base_url, len(made.admin_token) >= 20) == (base_url, True)
        assert reached_at(here, Settings(base_url=base_url, admin_token="given")).admin_token == "given"


@pytest.mark.parametrize("base_url", ["http://localhost:4010", "https://suno.localhost", "http://suno-mock:4010"])
def test_a_base_url_of_this_machine_makes_none(base_url: str) -> None:
    with bound("127.0.0.1") as here, bound("0.0.0.0") as everywhere:
        assert reached_at(here, Settings(base_url=base_url)).admin_token == ""
        assert reached_at(everywhere, Settings(base_url=base_url)).admin_token != ""
