"""Connects to a receiver: looks its name up, checks the addresses that were found, and calls no other."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from ipaddress import ip_address

from aiohappyeyeballs import AddrInfoType, start_connection
from yarl import URL

from mock_server.callbacks.connection import Connection
from mock_server.callbacks.host_policy import HostPolicy
from mock_server.callbacks.in_thread import in_thread
from mock_server.callbacks.trust import Trust

NEXT_AFTER = 0.25
"""Seconds after which the next address of a name is tried beside the one before (RFC 8305, section 8)."""
Resolve = Callable[[str, int], Awaitable[Sequence[AddrInfoType]]]
"""The addresses of a host, as `socket.getaddrinfo` gives them."""


class Unconnected(Exception):
    """No connection came about. `error` says why."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


async def look_up(host: str, port: int) -> Sequence[AddrInfoType]:
    """The addresses that the system knows."""
    kind, flags = socket.SOCK_STREAM, socket.AI_ADDRCONFIG
    return await in_thread(partial(socket.getaddrinfo, host, port, type=kind, flags=flags))


class Connector:
    """Connects where the policy lets it, with TLS where the URL says so."""

    def __init__(self, policy: HostPolicy, trust: Trust, resolve: Resolve = look_up) -> None:
        self._policy = policy
        self._trust = trust
        self._resolve = resolve

    async def connect(self, target: URL) -> Connection:
        """A new connection. Raises Unconnected, Blocked, and ValueError for a host that cannot be looked up."""
        host, port = target.host or "", target.port or 0
        try:
            addresses = await self._addresses(host, port)
        except OSError as error:
            raise Unconnected(error) from error
        for address in addresses:
            self._policy.check(host, str(address[4][0]))
        try:
            return await self._connected(addresses, target)
        except OSError as error:
            raise Unconnected(error) from error

    async def _addresses(self, host: str, port: int) -> Sequence[AddrInfoType]:
        try:
            family = socket.AF_INET if ip_address(host).version == 4 else socket.AF_INET6
        except ValueError:
            return await self._resolve(host, port)
        return [(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port))]

    async def _connected(self, addresses: Sequence[AddrInfoType], target: URL) -> Connection:
        reached = await start_connection(addresses, happy_eyeballs_delay=NEXT_AFTER)
        secured = target.scheme == "https"
        try:
            _, connection = await asyncio.get_running_loop().create_connection(
                Connection,
                sock=reached,
                ssl=self._trust.context if secured else None,
                server_hostname=(target.host or "").rstrip(".") if secured else None,
            )
        except BaseException:
            reached.close()
            raise
        return connection
