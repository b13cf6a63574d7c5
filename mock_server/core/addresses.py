"""Hosts of URLs, and those that are written as addresses."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final

PLAIN_URL: Final = re.compile(
    r"https?://((?!xn--)[a-z0-9]+(?:[.-](?!xn--)[a-z0-9]+)*)(?::[0-9]{1,4})?(?:/[A-Za-z0-9._~/-]*)?(?:\?[A-Za-z0-9._~=&/-]*)?"
)


def plain_host(url: str) -> str | None:
    """The host of an http or https URL in which every parser sees the same; None for any other URL.

    Most callback URLs are so plain, and to parse them takes longer than all else that is checked of them.
    """
    found = PLAIN_URL.fullmatch(url)
    return None if found is None else found[1]


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
