"""Everything that looks random: a function of the seed and of what is being named, and of nothing else.

Ids depend on (seed, account, ordinal of the request) and deliberately not on the request's body: a test whose
callBackUrl has a free port gets the same ids on every run.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import blake2b
from string import hexdigits
from typing import Final, TypeVar

T = TypeVar("T")

VARIANT: Final = {digit: f"{int(digit, 16) & 3 | 8:x}" for digit in hexdigits.lower()}
"""The digit with the variant of a UUID in its two upper bits."""


def digest(seed: int, *names: str | int) -> bytes:
    """16 bytes. The texts of the parts hold no NUL, so ("ab", "c") and ("a", "bc") differ."""
    return _hashed("\0".join([str(seed), *map(str, names)])).digest()


def task_id(seed: int, account: str, ordinal: int) -> str:
    """32 lower-case hexadecimal digits, as the family's task ids; those of a UUID of version 4."""
    digits = _hashed(f"{seed}\0{account}\0{ordinal}").hexdigest()
    return f"{digits[:12]}4{digits[13:16]}{VARIANT[digits[16]]}{digits[17:]}"


def track_ids(seed: int, task: str, count: int) -> tuple[str, ...]:
    """UUIDs of version 4, as the family's track ids."""
    digits = "".join([_hashed(f"{seed}\0track\0{task}\0{pair}", 32).hexdigest() for pair in range((count + 1) // 2)])
    return tuple([_uuid(digits[start : start + 32]) for start in range(0, 32 * count, 32)])


def persona_id(seed: int, account: str, track: str) -> str:
    """32 lower-case hexadecimal digits, one per account and track."""
    return digest(seed, account, "persona", track).hex()


def _uuid(digits: str) -> str:
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{VARIANT[digits[16]]}{digits[17:20]}-{digits[20:]}"


def _hashed(text: str, size: int = 16) -> blake2b:
    return blake2b(text.encode(), digest_size=size)


def fraction(seed: int, *names: str | int) -> float:
    """A number from 0 (included) to 1 (excluded)."""
    return int.from_bytes(digest(seed, *names)[:6]) / 2**48


def pick(options: Sequence[T], seed: int, *names: str | int) -> T:
    return options[int(fraction(seed, *names) * len(options))]


def media_name(track: str) -> str:
    """The last part of a media URL: the track id in base64 without padding."""
    return urlsafe_b64encode(track.encode()).decode().rstrip("=")


def named_media(name: str) -> str | None:
    """The track of a media URL's last part, without its ending; None for a name that is not one."""
    try:
        return urlsafe_b64decode(name + "=" * (-len(name) % 4)).decode()
    except ValueError:
        return None
