"""What an address is: local, public, or one that is never called (`fixtures/networks.yaml`). Pure."""

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, NamedTuple

from mock_server.contract.documents import FIXTURES, load

LOCAL: Final = "local"
PUBLIC: Final = "public"
STANDS_FOR: Final = "an IPv6 address that stands for an IPv4 address"
ISATAP: Final = (b"\x00\x00\x5e\xfe", b"\x02\x00\x5e\xfe")
"""What stands before an IPv4 address in an interface identifier (RFC 5214, section 6.1)."""
EMBEDDED: Final[Sequence[Sequence[int]]] = (
    (4, 5, 6, 7),
    (5, 6, 7, 9),
    (6, 7, 9, 10),
    (7, 9, 10, 11),
    (9, 10, 11, 12),
    (12, 13, 14, 15),
)
"""The bytes of an IPv6 address in which a translator finds an IPv4 address, for each length of its prefix (RFC 6052,
section 2.2). The prefix is the network's own, so that any address can be one of these."""
REMEMBERED: Final = 1000


class Listed(NamedTuple):
    """One network, what its addresses are, and whether an IPv6 address that may embed one of them is refused."""

    network: IPv4Network | IPv6Network
    kind: str
    refused_embedded: bool


@lru_cache(REMEMBERED)
def kind_of(address: str) -> str:
    """What an address is, as `fixtures/networks.yaml` calls it. Raises ValueError for what is no address."""
    plain = plain_address(address)
    listed = _listed(plain)
    if isinstance(plain, IPv4Address) or listed.kind not in (LOCAL, PUBLIC):
        return listed.kind
    if plain.packed[8:12] in ISATAP:
        return STANDS_FOR
    # Most addresses that look as if they embed another do not, so only what must never be called counts.
    for hidden in _embedded(plain):
        found = _listed(hidden)
        if found.refused_embedded:
            return f"{STANDS_FOR}, {hidden}, {found.kind}"
    return listed.kind


def plain_address(address: str) -> IPv4Address | IPv6Address:
    """The address without a zone, and as IPv4 where it is IPv4 in the clothes of IPv6. Raises ValueError."""
    parsed = ip_address(address.partition("%")[0])
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed


def _embedded(address: IPv6Address) -> Iterator[IPv4Address]:
    for places in EMBEDDED:
        yield IPv4Address(bytes(address.packed[place] for place in places))


def _listed(address: IPv4Address | IPv6Address) -> Listed:
    return max((each for each in _networks() if address in each.network), key=lambda each: each.network.prefixlen)


@cache
def _networks() -> Sequence[Listed]:
    entries = load(FIXTURES / "networks.yaml")
    return [Listed(ip_network(each["network"]), each["is"], each.get("embedded") == "refused") for each in entries]
