"""Tells whether a URL leads to this machine or to another."""

from typing import Final
from urllib.parse import urlsplit

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


def is_live(base_url: str | None) -> bool:
    """Whether a target is on another machine, where a task may cost money. No URL stands for the mock on this one."""
    return bool(base_url) and urlsplit(base_url).hostname not in LOOPBACK
