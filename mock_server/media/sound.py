"""The sound of a mocked track: a playable MP3 that follows from its id, title and duration, computed as it is read.

A sound is an ID3v2 tag, an Info frame that states its length, and notes of `fixtures/media/notes.mp3`. No frame needs
the one before it, so any part of the file follows from its position.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Final

from mock_server.contract.documents import FIXTURES
from mock_server.media.melody import melody

FRAME: Final = 96
"""Bytes of a frame: 72 * 32 000 bit/s / 24 000 Hz (ISO/IEC 13818-3, Layer III at the low sampling frequencies)."""

FRAME_SECONDS: Final = 576 / 24_000
"""576 samples a frame at 24 000 Hz (the same)."""

FRAME_HEADER: Final = bytes.fromhex("fff344c4")
"""MPEG-2 Layer III, no CRC, 32 kbit/s, 24 kHz, mono (ISO/IEC 11172-3 and 13818-3, the header)."""

SIDE_INFO: Final = 9
"""Bytes between a mono frame's header and its data (the same); all zero is silence."""

SHORTEST: Final = 6
"""Frames: FFmpeg doubts that a shorter file is an MP3 (measured, FFmpeg 5.1)."""

NOTE: Final = 20 * FRAME
"""Bytes of a note (fixtures/media/README.md)."""

TITLE_LIMIT: Final = 200
"""Characters of a title that are written on a cover or into a file (ours)."""


@dataclass(frozen=True)
class Sound:
    """The MP3 of a track, `duration` seconds long to the nearest frame, and no shorter than players accept."""

    track: str
    title: str
    duration: float

    @cached_property
    def head(self) -> bytes:
        """What stands before the notes. It names the track, the title and the length: all that the file depends on."""
        # COMM: the language, an empty description and its end, the text (id3.org/id3v2.4.0-frames, 4.10)
        comment = f"eng\0Track {self.track}, mocked by suno-mock"
        return _tag(TIT2=short_title(self.title), COMM=comment) + _info(self._frames)

    @property
    def size(self) -> int:
        """Bytes of the whole file."""
        return len(self.head) + self._frames * FRAME

    def part(self, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start`, at least 0, to `stop` or the end, in chunks of at most 64 KiB."""
        return melody(self.head, notes(), self.track, start, min(stop, self.size))

    @property
    def _frames(self) -> int:
        return max(SHORTEST, round(self.duration / FRAME_SECONDS))


@cache
def notes() -> tuple[bytes, ...]:
    data = (FIXTURES / "media" / "notes.mp3").read_bytes()
    return tuple(data[first : first + NOTE] for first in range(0, len(data), NOTE))


def short_title(title: str) -> str:
    """What fits, and what a tag can hold: half of a surrogate pair has no bytes, a NUL ends a text."""
    return title[:TITLE_LIMIT].encode("utf-8", "replace").decode().replace("\0", " ")


def _tag(**texts: str) -> bytes:
    """An ID3v2.4 tag of text frames in UTF-8 (id3.org/id3v2.4.0-structure, 3.1 and 4)."""
    written = ((name.encode(), b"\3" + text.encode()) for name, text in texts.items())
    frames = b"".join(name + _synchsafe(len(text)) + b"\0\0" + text for name, text in written)
    return b"ID3\4\0\0" + _synchsafe(len(frames)) + frames


def _synchsafe(number: int) -> bytes:
    """Four bytes of seven bits each, so that no length looks like the start of a frame."""
    return bytes(number >> shift & 127 for shift in (21, 14, 7, 0))


def _info(frames: int) -> bytes:
    """The frame that says how many follow, and the bytes with itself, as LAME writes it for constant bit rates."""
    counts = b"Info" + (3).to_bytes(4) + frames.to_bytes(4) + ((frames + 1) * FRAME).to_bytes(4)
    return (FRAME_HEADER + bytes(SIDE_INFO) + counts).ljust(FRAME, b"\0")
