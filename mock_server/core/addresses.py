"""Hosts that are written as addresses, and URLs that every parser reads alike."""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final, NamedTuple

ORIGIN: Final = re.compile(
    r"https?://(?P<receiver>(?P<host>(?![^:]{64})[a-z0-9]++(?:[.-][a-z0-9]++)*+)"
    r"(?::(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}))?)"
)
"""What a URL begins with in which nothing is to be decoded, stripped or compared until its path. Most are like that."""
LONGEST: Final = len("https://:65535") + 63
REMEMBERED: Final = 1000
"""Receivers that need not be looked at again, since the URLs of one differ in their paths alone."""


class Origin(NamedTuple):
    """Where a URL leads: a host, and the same with its port, if it has one."""

    host: str
    receiver: str


def plain_origin(url: str) -> Origin | None:
    """The origin of an absolute URL, where every parser would say the same: in a tenth of the time that one takes. None
    for a URL that is left to a parser."""
    path = url.find("/", len("https://"))
    origin = url if path < 0 else url[:path]
    return _origin(origin) if len(origin) <= LONGEST else None


@lru_cache(REMEMBERED)
def _origin(text: str) -> Origin | None:
    found = ORIGIN.fullmatch(text)
    return None if found is None else Origin(found["host"], found["receiver"])


def is_loopback(host: str) -> bool:
    """Whether an address is of this machine alone."""
    address = address_of(host)
    return address is not None and address.is_loopback


def address_of(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host is written as; None for a name. IPv4 in the clothes of IPv6 is IPv4."""
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
