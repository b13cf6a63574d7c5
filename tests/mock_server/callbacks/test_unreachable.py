"""Why a receiver gave no answer, and what to do about it."""

import errno
import os
import socket
from pathlib import Path

import pytest
from yarl import URL

from mock_server.callbacks import unreachable
from mock_server.callbacks.answer_reader import NoAnswer, Unreadable
from mock_server.callbacks.connecting import Unconnected
from mock_server.callbacks.unreachable import Silence, in_container, listens

pytestmark = pytest.mark.anyio
OUTSIDE = (
    "; the mock runs in a container, where this is the container itself: "
    "for a receiver outside write host.docker.internal or the service's name"
)


def refused(url: str) -> Silence:
    error = ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))
    return Silence(URL(url), Unconnected(error))


def unknown(url: str) -> Silence:
    error = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return Silence(URL(url), Unconnected(error))


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens anywhere."""

    async def nobody(host: str, port: int) -> bool:
        return False

    monkeypatch.setattr(unreachable, "listens", nobody)


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.2"])
async def test_a_refused_connection_on_loopback_says_what_would_listen(host: str) -> None:
    way_out = "nothing listens there: start your receiver, or `suno-mock receive --port 3000`"
    assert await refused(f"http://{host}:3000/cb").way_out(contained=False) == way_out
    assert await refused(f"http://{host}:3000/cb").way_out(contained=True) == way_out + OUTSIDE


@pytest.mark.usefixtures("nobody")
async def test_receive_listens_on_one_loopback_address() -> None:
    assert await refused("http://[::1]:3000/cb").way_out(contained=False) == (
        "nothing listens there: start your receiver, or `suno-mock receive --port 3000`, which listens at 127.0.0.1"
    )


@pytest.mark.usefixtures("nobody")
async def test_receive_speaks_no_tls() -> None:
    assert await refused("https://127.0.0.1:3000/cb").way_out(contained=False) == (
        "nothing listens there: start your receiver"
    )


@pytest.mark.parametrize(("host", "other"), [("127.0.0.1", "::1"), ("[::1]", "127.0.0.1")])
async def test_who_listens_at_the_other_loopback_address_is_told(
    host: str, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def only_there(host: str, port: int) -> bool:
        return (host, port) == (other, 3000)

    monkeypatch.setattr(unreachable, "listens", only_there)
    assert await refused(f"http://{host}:3000/cb").way_out(contained=False) == (
        f"{other} port 3000 does listen: write localhost in callBackUrl"
    )


async def test_whether_somebody_listens_is_asked(closed_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert await listens("127.0.0.1", server.getsockname()[1])
    assert not await listens("127.0.0.1", int(closed_url.rpartition(":")[2]))


@pytest.mark.parametrize("contained", [False, True])
async def test_elsewhere_containers_are_not_spoken_of(contained: bool) -> None:
    assert await refused("http://192.168.0.1:3000/cb").way_out(contained=contained) == ""
    assert await unknown("http://receiver.test/cb").way_out(contained=contained) == ""


@pytest.mark.parametrize("host", ["host.docker.internal", "host.containers.internal"])
async def test_the_host_of_a_container_has_a_name_on_demand(host: str) -> None:
    silence = unknown(f"http://{host}:3000/cb")
    assert silence.reason.startswith(f"cannot connect to {host} port 3000: ")
    assert await silence.way_out(contained=True) == (
        f"a container on Linux knows that name once it is started with --add-host={host}:host-gateway; "
        "outside of containers write 127.0.0.1"
    )
    assert await refused(f"http://{host}:3000/cb").way_out(contained=True) == (
        "the receiver has to listen at 0.0.0.0 of the machine, not at 127.0.0.1 alone"
    )


async def test_a_connection_that_ends_without_an_answer_may_have_wanted_tls() -> None:
    error = NoAnswer()
    plain, secured = Silence(URL("http://127.0.0.1:1/"), error), Silence(URL("https://127.0.0.1:1/"), error)
    assert plain.reason == "127.0.0.1 port 1 closed the connection without an answer"
    assert await plain.way_out(contained=True) == (
        "look at the receiver's log; one that speaks TLS does so, too: write https://"
    )
    assert await secured.way_out(contained=True) == "look at the receiver's log"


async def test_what_cannot_be_read_is_told_on_one_line() -> None:
    silence = Silence(URL("http://127.0.0.1:1/"), Unreadable("it begins with\n'x'"))
    assert silence.reason == "what the receiver answered cannot be read as HTTP/1.1: it begins with\\n'x'"
    assert await silence.way_out(contained=True) == ""


async def test_what_the_mock_itself_lacks_is_no_fault_of_the_receiver() -> None:
    silence = Silence(URL("http://127.0.0.1:1/"), Unconnected(OSError(errno.EMFILE, "Too many open files")))
    assert silence.reason == (
        "cannot connect to 127.0.0.1 port 1: "
        "the mock lacks what it needs: it has no descriptor left; raise its limit (ulimit -n)"
    )


def test_a_container_shows_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sign = tmp_path / ".dockerenv"
    monkeypatch.setattr(unreachable, "SIGNS_OF_CONTAINERS", [sign])
    monkeypatch.delenv("KUBERNETES_SERVICE_HOST", raising=False)
    assert not in_container()
    sign.touch()
    assert in_container()
    sign.unlink()
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
    assert in_container()
