"""What requests and settings say of where the mock is: a Host, the origin of a page, a base URL."""

import re
from typing import Final
from urllib.parse import urlsplit

from mock_server.core.addresses import address_of, is_loopback

LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
AUTHORITY: Final = re.compile(
    rf"(?P<host>{LABEL}(?:\.{LABEL})*\.?|\[(?P<six>[0-9a-f:.]{{2,45}})\])(?::(?P<port>[0-9]{{1,5}}))?"
)
LONGEST_NAME: Final = 253
"""Characters of a name (RFC 1035, section 2.3.4)."""
LONGEST_AUTHORITY: Final = LONGEST_NAME + len(".:65535")
DEFAULT_PORTS: Final = {"http": 80, "https": 443}


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
    return found[0] if ":" in six and address_of(six) else ""


def page_origin(url: str) -> str:
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


def wrong_with(url: str) -> str:
    """Why a URL cannot begin other URLs; empty where it can."""
    if not re.fullmatch(r"(?i:https?)://[!-~]+", url) or not page_origin(url):
        return "is no URL"
    parts = urlsplit(url)
    if "@" in parts.netloc:
        return "holds a user, who would stand in every URL that the mock sends"
    return "holds a query or a fragment, behind which no path can follow" if "?" in url or "#" in url else ""


def is_for_others(url: str) -> bool:
    """Whether a base URL is one by which others than this machine may reach the mock: an address that is not loopback,
    or a name with a dot."""
    name = (urlsplit(url).hostname or "").removesuffix(".")
    if address_of(name) is not None:
        return not is_loopback(name)
    return "." in name and not name.endswith(".localhost")


def is_everywhere(host: str) -> bool:
    """Whether an address stands for all that a machine has: 0.0.0.0 or ::."""
    address = address_of(host)
    return address is not None and address.is_unspecified
