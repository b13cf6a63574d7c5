"""Where callbacks may go: loopback and private networks, public hosts that are allowed, some addresses never."""

import re
import shlex
import socket
from collections.abc import Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final

from yarl import URL

from mock_server.callbacks.address_kinds import LOCAL, PUBLIC, kind_of, plain_address
from mock_server.core.addresses import plain_origin
from mock_server.core.errors import BadSetting
from mock_server.core.text import cut, shown

NUMBER: Final = re.compile(r"(?:[0-9]+|0x[0-9a-f]*)\.?", re.IGNORECASE)
"""The last part of a host that can be nothing but an IPv4 address (URL Standard, 3.5, "ends in a number")."""
NO_HOST: Final = re.compile(r"[/:@\s\[\]]")
NEARBY: Final = (".local", ".localhost", ".internal", ".lan", ".home.arpa")
"""What names end in that only a network of one's own knows."""
CACHED: Final = 1000
"""Characters of a host whose verdict is remembered, and how many are."""


class Blocked(OSError):
    """A callback to an address that the policy forbids. The text says which, and what to do."""


class HostPolicy:
    """`allowed` are public hosts: names, shell patterns of names such as `*.example.com`, addresses and networks.

    Raises BadSetting for what is none of these.
    """

    def __init__(self, allowed: Sequence[str] = ()) -> None:
        self._networks = [network for each in allowed if (network := _network(each)) is not None]
        self._patterns = [_pattern(each) for each in allowed if _network(each) is None]
        self._remembered = lru_cache(CACHED)(self._refusal)

    def refusal(self, url: str) -> str:
        """Why no callback is sent to a URL, as far as its host tells without being looked up; else nothing."""
        plain = plain_origin(url)
        try:
            host = plain.host if plain is not None else URL(url, encoded=True).host or ""
        except ValueError as error:
            return f"{cut(url)} is no address to call: {error}"
        return (self._remembered if len(host) <= CACHED else self._refusal)(host)

    def refusal_unresolved(self, host: str) -> str:
        """Why a name that cannot be looked up is not called; empty for one that may be that of a receiver nearby, which
        is only not there yet."""
        name = _name(host)
        if "." not in name or name.endswith(NEARBY) or any(fnmatchcase(name, pattern) for pattern in self._patterns):
            return ""
        return (
            f"{cut(host)} cannot be looked up, and counts as public; "
            f"allow it with --allow-callbacks-to {shlex.quote(cut(host))}"
        )

    def check(self, host: str, address: str) -> None:
        """Raise Blocked unless a callback to `host`, which resolved to `address`, may be sent."""
        kind = kind_of(address)
        name = cut(host if host == address else f"{host} ({address})")
        if kind not in (LOCAL, PUBLIC):
            raise Blocked(f"{name} is {kind}; no callback is ever sent there")
        if kind == PUBLIC and not self._allows(host, address):
            raise Blocked(f"{name} is public; allow it with --allow-callbacks-to {shlex.quote(cut(host))}")

    def check_literal(self, host: str) -> None:
        """The same for a host that is written as an address and never reaches a resolver.

        An IPv4 address in any other form than four decimal numbers is refused: programs disagree on what it means.
        """
        try:
            ip_address(host)
        except ValueError:
            if NUMBER.fullmatch(host.removesuffix(".").rpartition(".")[2]):
                raise Blocked(f"{cut(host)} is {_unusual(host)}") from None
            return
        self.check(host, host)

    def _allows(self, host: str, address: str) -> bool:
        name = _name(host)
        return any(fnmatchcase(name, pattern) for pattern in self._patterns) or any(
            plain_address(address) in network for network in self._networks
        )

    def _refusal(self, host: str) -> str:
        try:
            self.check_literal(host)
        except Blocked as blocked:
            return str(blocked)
        return ""


def _unusual(host: str) -> str:
    try:
        means = socket.inet_ntoa(socket.inet_aton(host.removesuffix(".")))
    except OSError:
        return "no address, and no name ends in a number; write an address as four decimal numbers"
    return f"an address in an unusual form; write it as four decimal numbers, if you mean {means}"


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text.removeprefix("[").removesuffix("]"), strict=False)
    except ValueError:
        return None


def _pattern(text: str) -> str:
    if not text or NO_HOST.search(text):
        raise BadSetting(
            f"callbacks are to be allowed to {shown(text)}, which is no host. "
            "Allowed: a name such as api.example.com, a pattern such as *.example.com, an address or a network."
        )
    return _name(text)


def _name(host: str) -> str:
    """A host as names are compared: in ASCII and lower case, without the dot that may end it."""
    with suppress(UnicodeError):
        host = host.encode("idna").decode("ascii")
    return host.lower().removesuffix(".")
