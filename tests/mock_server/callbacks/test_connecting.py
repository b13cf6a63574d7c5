"""Which addresses of a name are called: those that were checked, and all of them are."""

import socket
from collections.abc import Sequence

import pytest
from aiohappyeyeballs import AddrInfoType
from yarl import URL

from mock_server.callbacks.connecting import Connector, Resolve, Unconnected, look_up
from mock_server.callbacks.host_policy import Blocked, HostPolicy
from mock_server.callbacks.trust import Trust
from tests.mock_server.callbacks.wire import connected, listening, saying

pytestmark = pytest.mark.anyio
LOCAL = ("127.0.0.1", "10.1.2.3", "172.31.0.1", "192.168.1.1", "::1", "fd12::1")


def finding(*addresses: str) -> Resolve:
    """Finds the same addresses for every name."""

    async def resolve(host: str, port: int) -> Sequence[AddrInfoType]:
        families = [socket.AF_INET6 if ":" in each else socket.AF_INET for each in addresses]
        return [
            (family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (each, port))
            for family, each in zip(families, addresses, strict=True)
        ]

    return resolve


@pytest.mark.parametrize("address", ["169.254.169.254", "93.184.216.34"])
async def test_one_bad_address_blocks_all(address: str) -> None:
    connector = Connector(HostPolicy(), Trust(), finding(*LOCAL, address))
    with pytest.raises(Blocked, match=rf"^rebinding\.example \({address}\) is "):
        await connector.connect(URL("http://rebinding.example/"))


@pytest.mark.parametrize("addresses", [("127.0.0.1",), ("127.0.0.1", "127.0.0.1"), ("::1", "127.0.0.1")])
async def test_a_name_is_called_at_an_address_where_somebody_listens(addresses: Sequence[str]) -> None:
    async with listening(saying(b"hello\n")) as url:
        target = URL(url).with_host("receiver.local")
        connection = await Connector(HostPolicy(), Trust(), finding(*addresses)).connect(target)
        assert await connection.line(10) == b"hello"
        connection.close()


async def test_an_address_is_looked_up_by_nobody() -> None:
    async with connected(saying(b"hello\n")) as connection:
        assert await connection.line(10) == b"hello"


async def test_the_system_knows_localhost() -> None:
    assert {each[4][0] for each in await look_up("localhost", 80)} <= {"127.0.0.1", "::1"}


async def test_a_name_that_nobody_knows_is_not_connected() -> None:
    async def unknown(host: str, port: int) -> Sequence[AddrInfoType]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(Unconnected) as unconnected:
        await Connector(HostPolicy(), Trust(), unknown).connect(URL("http://receiver.local/"))
    assert isinstance(unconnected.value.error, socket.gaierror)


async def test_where_nobody_listens_there_is_no_connection(closed_url: str) -> None:
    with pytest.raises(Unconnected, match="Connect"):
        await Connector(HostPolicy(), Trust()).connect(URL(closed_url))
