"""Origins of pages, as browsers write them. Pure."""

import re
from collections.abc import Iterable
from typing import Final

from mock_server.core.errors import BadSetting
from mock_server.core.text import cut, words

DEFAULT_PORTS: Final = {"http": "80", "https": "443"}
ORIGIN: Final = re.compile(r"([a-z][a-z0-9+.-]*)://([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([0-9]{1,5}))?")


def parse_origins(texts: str | Iterable[str]) -> list[str]:
    """Origins of pages as browsers write them; `*` is every one, `null` that of a page without one, such as a file."""
    return [each if each in ("*", "null") else _origin(str(each)) for each in words(texts)]


def _origin(text: str) -> str:
    parts = ORIGIN.fullmatch(text.lower())
    if parts is None:
        raise BadSetting(
            f"origin {cut(text)!r} is not SCHEME://HOST:PORT without a path. Example: http://localhost:3000. "
            "Also allowed: * for every page, and null for pages that are files."
        )
    scheme, host, port = parts.groups()
    return f"{scheme}://{host}" if port in (None, DEFAULT_PORTS.get(scheme)) else f"{scheme}://{host}:{port}"
