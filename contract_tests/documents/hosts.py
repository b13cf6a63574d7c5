"""Which hosts are this machine."""

from typing import Final
from urllib.parse import urlsplit

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


def is_live(base_url: str | None) -> bool:
    """Whether the target is on another machine, where a task may cost money. The mock that has no URL yet is not."""
    return bool(base_url) and urlsplit(base_url).hostname not in LOOPBACK
