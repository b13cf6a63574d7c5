"""Hosts of URLs, and those that are written as addresses."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final
from urllib.parse import urlsplit

PLAIN_URL: Final = re.compile(
    r"https?://((?!xn--)[a-z0-9]+(?:[.-](?!xn--)[a-z0-9]+)*)(?::[0-9]{1,4})?(?:/[A-Za-z0-9._~/-]*)?(?:\?[A-Za-z0-9._~=&/-]*)?"
)

LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
AUTHORITY: Final = re.compile(
    rf"(?P<host>{LABEL}(?:\.{LABEL})*\.?|\[(?P<six>[0-9a-f:.]{{2,45}})\])(?::(?P<port>[0-9]{{1,5}}))?"
)
LONGEST_NAME: Final = 253
"""Characters of a name (RFC 1035, section 2.3.4)."""
LONGEST_AUTHORITY: Final = LONGEST_NAME + len(".:65535")
DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def plain_host(url: str) -> str | None:
    """The host of an http or https URL in which every parser sees the same; None for any other URL.

    Most callback URLs are so plain, and to parse them takes longer than all else that is checked of them.
    """
    found = PLAIN_URL.fullmatch(url)
    return None if found is None else found[1]


def authority(host: str) -> str:
    """A Host header in lower case, if it is a name or an address, and a port or none; else empty."""
    found = AUTHORITY.fullmatch(host.lower()) if host.isascii() and len(host) <= LONGEST_AUTHORITY else None
    if found is None or not 0 < int(found["port"] or 80) < 65536:
        return ""
    name, six = found["host"].removesuffix("."), found["six"]
    # Parsers of URLs read a name that ends in a number as IPv4, and refuse one that is not.
    numeric = name.rpartition(".")[2].isdecimal()
    if six is None:
        return found[0] if len(name) <= LONGEST_NAME and (not numeric or address_of(name)) else ""
    return found[0] if isinstance(_parsed(six), IPv6Address) else ""


def origin(url: str) -> str:
    """Scheme, host and port of a URL as a browser's Origin has them; empty for what is no URL."""
    try:
        parts = urlsplit(url.lower())
        port = parts.port
    except ValueError:
        return ""
    if not parts.scheme or not parts.hostname:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + ("" if port in (None, DEFAULT_PORTS.get(parts.scheme)) else f":{port}")


def is_for_others(url: str) -> bool:
    """Whether a base URL is one by which others than this machine may reach the mock: an address that is not loopback,
    or a name with a dot."""
    name = (urlsplit(url).hostname or "").removesuffix(".")
    if address_of(name) is not None:
        return not is_loopback(name)
    return "." in name and not name.endswith(".localhost")


def is_loopback(host: str) -> bool:
    """Whether an address is of this machine alone."""
    address = address_of(host)
    return address is not None and address.is_loopback


def is_everywhere(host: str) -> bool:
    """Whether an address stands for all that a machine has: 0.0.0.0 or ::."""
    address = address_of(host)
    return address is not None and address.is_unspecified


def address_of(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host is written as; None for a name. IPv4 in the clothes of IPv6 is IPv4."""
    address = _parsed(host)
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _parsed(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
