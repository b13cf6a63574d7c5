"""Where callbacks may go: loopback and private networks, public hosts only when allowed, some addresses never."""

from collections.abc import Sequence
from fnmatch import fnmatch
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from socket import AF_INET, AddressFamily
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult

LOCAL: Final = tuple(
    ip_network(block)
    for block in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
)
NEVER: Final = tuple(
    ip_network(block)
    for block in (
        "169.254.0.0/16",
        "fe80::/10",
        "fd00:ec2::254/128",
        "100.100.100.200/32",
        "64:ff9b::/96",
        "2002::/16",
        "0.0.0.0/8",
        "::/128",
        "224.0.0.0/4",
        "ff00::/8",
        "255.255.255.255/32",
    )
)
"""Link-local and cloud metadata addresses, IPv6 that hides an IPv4 address, unspecified, multicast and broadcast."""


class Blocked(OSError):
    """A callback to an address that the policy forbids. The text says which, and what to do."""


class HostPolicy:
    """`allowed` are shell patterns of public host names or addresses, such as `*.example.com`."""

    def __init__(self, allowed: Sequence[str] = ()) -> None:
        self._allowed = tuple(pattern.lower() for pattern in allowed)

    def check(self, host: str, address: str) -> None:
        """Raise Blocked unless a callback to `host`, which resolved to `address`, may be sent."""
        resolved = _plain(address)
        name = host if host == address else f"{host} ({address})"
        if any(resolved in network for network in NEVER):
            raise Blocked(f"{name} is a link-local, metadata or unspecified address; no callback is ever sent there")
        if any(resolved in network for network in LOCAL):
            return
        if not any(fnmatch(host.lower(), pattern) for pattern in self._allowed):
            raise Blocked(f"{name} is public; allow it with --allow-callbacks-to {host}")

    def check_literal(self, host: str) -> None:
        """The same for a host that is written as an address and never reaches a resolver."""
        try:
            ip_address(host)
        except ValueError:
            if host.replace(".", "").isdigit():
                raise Blocked(f"{host} is an address in an unusual form; write it as four numbers") from None
            return
        self.check(host, host)


class GuardedResolver(AbstractResolver):
    """Resolves a name and checks every address that a connection could use, at the moment of connecting."""

    def __init__(self, policy: HostPolicy, resolver: AbstractResolver) -> None:
        self._policy = policy
        self._resolver = resolver

    async def resolve(self, host: str, port: int = 0, family: AddressFamily = AF_INET) -> list[ResolveResult]:
        results = await self._resolver.resolve(host, port, family)
        for result in results:
            self._policy.check(host, result["host"])
        return results

    async def close(self) -> None:
        await self._resolver.close()


def _plain(address: str) -> IPv4Address | IPv6Address:
    """The address without a zone, and as IPv4 where it is IPv4 in the clothes of IPv6."""
    parsed = ip_address(address.partition("%")[0])
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed
