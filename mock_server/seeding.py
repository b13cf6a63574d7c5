"""Everything that looks random: a function of the seed and of what is being named, and of nothing else.

Ids depend on (seed, account, ordinal of the request) and deliberately not on the request's body: a test whose
callBackUrl has a free port gets the same ids on every run.
"""

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")


def digest(seed: int, *names: str | int) -> bytes:
    """16 bytes. The texts of the parts hold no NUL, so ("ab", "c") and ("a", "bc") differ."""
    return blake2b("\0".join([str(seed), *map(str, names)]).encode(), digest_size=16).digest()


def task_id(seed: int, account: str, ordinal: int) -> str:
    """32 lower-case hexadecimal digits, as the family's task ids."""
    return digest(seed, account, ordinal).hex()


def track_id(seed: int, task: str, index: int) -> str:
    """A UUID in the form of version 4, as the family's track ids."""
    return str(UUID(bytes=digest(seed, task, "track", index), version=4))


def fraction(seed: int, *names: str | int) -> float:
    """A number from 0 (included) to 1 (excluded)."""
    return int.from_bytes(digest(seed, *names)[:6]) / 2**48


def pick(options: Sequence[T], seed: int, *names: str | int) -> T:
    return options[int(fraction(seed, *names) * len(options))]


def media_name(track: str) -> str:
    """The last part of a media URL: the track id in base64 without padding."""
    return urlsafe_b64encode(track.encode()).decode().rstrip("=")
