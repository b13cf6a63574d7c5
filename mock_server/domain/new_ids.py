"""Ids of a replayed task that look like the recorded ones: the same signs around digits that the seed draws. Pure."""

import re
from collections.abc import Sequence
from hashlib import blake2b
from typing import Final

from mock_server.contract.forms import IdForm
from mock_server.core import seeded

UUID: Final = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
HEX: Final = re.compile("[0-9a-f]{32}")
SHORT_HEX: Final = re.compile("(?=[0-9]*[a-f])[0-9a-f]{12,}|(?=[0-9]*[A-F])[0-9A-F]{12,}")
"""Hexadecimal digits, of which one is a letter: what stands before them is a prefix, as in SM65a0a6951f7c."""
RUN: Final = re.compile("[0-9A-Za-z]{12,}")
"""Signs of an id that are drawn anew, where it is neither a UUID nor as the family's are."""
DIGITS: Final = "0123456789"
LOWER: Final = "abcdefghijklmnopqrstuvwxyz"


def task_like(recorded: str, ids: IdForm, seed: int, account: str, ordinal: int) -> str:
    """The id of a key's task; as the profile has it where the recorded one is too short to be drawn anew."""
    drawn = ids.task_id(seed, account, ordinal)
    return _like(
        recorded, drawn, seeded.track_ids(seed, drawn + "\0task", 1)[0], seeded.task_id(seed, account, ordinal)
    )


def tracks_like(recorded: Sequence[str], ids: IdForm, seed: int, task: str) -> tuple[str, ...]:
    """The ids of a task's tracks."""
    plain = seeded.track_ids(seed, task, len(recorded))
    formed = ids.track_ids(seed, task, len(recorded))
    return tuple(
        _like(each, own, uuid, uuid.replace("-", "")) for each, own, uuid in zip(recorded, formed, plain, strict=True)
    )


def _like(recorded: str, own: str, uuid: str, digits: str) -> str:
    for form, new in ((UUID, uuid), (HEX, digits)):
        found = form.search(recorded)
        if found:
            new = new.upper() if found[0].isupper() else new
            return recorded[: found.start()] + new + recorded[found.end() :]
    if found := SHORT_HEX.search(recorded):
        return recorded[: found.start()] + _hexadecimal(found[0], own) + recorded[found.end() :]
    longest = max(RUN.finditer(recorded), key=lambda run: len(run[0]), default=None)
    if longest is None:
        return own
    return recorded[: longest.start()] + _drawn(longest[0], own) + recorded[longest.end() :]


def _hexadecimal(run: str, name: str) -> str:
    """As many hexadecimal digits, as far as there are some."""
    digits = blake2b(name.encode(), digest_size=64).hexdigest()[: len(run)]
    return (digits.upper() if run.isupper() else digits) + run[len(digits) :]


def _drawn(run: str, name: str) -> str:
    """Signs of the same kinds."""
    numbers = blake2b(name.encode(), digest_size=64).digest()
    kinds = [DIGITS if each in DIGITS else LOWER if each in LOWER else LOWER.upper() for each in run]
    return "".join(kind[numbers[at % 64] % len(kind)] if at < 64 else run[at] for at, kind in enumerate(kinds))
