"""Tells the keys of one recording apart, by numbers that say nothing of them."""

from hashlib import blake2b
from secrets import token_bytes
from typing import Final

from contract_tests.recording.message import Headers
from contract_tests.target.keys import MASKED

HEADER: Final = "authorization"
UNKNOWN: Final = 0
MOST: Final = 10_000
"""Keys that are told apart; what comes with a further one has no number."""


class KeysApart:
    """Numbers keys from 1, or from `first`, in the order in which they came. Of a key a digest is kept that nobody else
    can make."""

    def __init__(self, first: int = 1) -> None:
        self._first = first
        self._salt = token_bytes(16)
        self._numbers: dict[bytes, int] = {}

    def number(self, headers: Headers) -> int:
        """The number of the key in the headers of a request; 0 where there is none, or it is masked."""
        value = next((value.strip() for name, value in headers if name.lower() == HEADER), "")
        if not value or MASKED in value:
            return UNKNOWN
        digest = blake2b(value.encode(errors="surrogatepass"), key=self._salt, digest_size=16).digest()
        if digest not in self._numbers and len(self._numbers) == MOST:
            return UNKNOWN
        return self._numbers.setdefault(digest, len(self._numbers) + self._first)
