"""A file of notes behind a head, of which any part follows from its position. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

from mock_server.core.seeded import pick

T = TypeVar("T")

CHUNK: Final = 64 * 1024
"""Bytes of a sound that are in memory at a time (ours)."""


def melody(head: bytes, notes: Sequence[bytes], track: str, start: int, stop: int) -> Iterator[bytes]:
    """The bytes from `start`, at least 0, to `stop`, in chunks of at most 64 KiB. The notes, all as long as each other,
    follow the track, and do not end."""
    for first in range(start, stop, CHUNK):
        yield _chunk(head, notes, track, first, min(first + CHUNK, stop))


def _chunk(head: bytes, notes: Sequence[bytes], track: str, start: int, stop: int) -> bytes:
    note = len(notes[0])
    first, last = max(start - len(head), 0), max(stop - len(head), 0)
    skipped = first // note
    played = (played_at(notes, track, number) for number in range(skipped, -(-last // note)))
    return head[start:stop] + b"".join(played)[first - skipped * note : last - skipped * note]


def played_at(notes: Sequence[T], track: str, number: int) -> T:
    """What a track plays as its note of a number, of something for each of the notes."""
    return pick(notes, 0, track, "note", number)
