"""The WAV of a mocked track: uncompressed notes that follow from its id and duration, computed as they are read.

8 bits, mono, 8000 samples a second: the smallest form that every player takes (RIFF WAVE, format 1).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from math import pi, sin
from struct import pack
from typing import Final

from mock_server.media.melody import melody

RATE: Final = 8000
NOTE: Final = 2000
"""Samples of a note, each one byte."""
PITCHES: Final = (220.0, 261.63, 293.66, 329.63, 392.0, 440.0)
"""Hertz."""
LOUDNESS: Final = 48
MIDDLE: Final = 128


@dataclass(frozen=True)
class Wave:
    """`duration` in seconds."""

    track: str
    duration: float

    @cached_property
    def head(self) -> bytes:
        """RIFF, the format, and how many samples follow. The track is named by the samples alone."""
        form = pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, RATE, 1, 8)
        return pack("<4sI4s", b"RIFF", 36 + self._samples, b"WAVE") + form + pack("<4sI", b"data", self._samples)

    @property
    def identity(self) -> bytes:
        """What the file depends on."""
        return self.head + self.track.encode()

    @property
    def size(self) -> int:
        """Bytes of the whole file."""
        return len(self.head) + self._samples

    def part(self, start: int, stop: int) -> Iterator[bytes]:
        """The bytes from `start`, at least 0, to `stop` or the end, in chunks of at most 64 KiB."""
        return melody(self.head, _notes(), self.track, start, min(stop, self.size))

    @property
    def _samples(self) -> int:
        return round(self.duration * RATE)


@cache
def _notes() -> tuple[bytes, ...]:
    """Each fades out, so that none begins with a click."""
    return tuple(bytes(_sample(pitch, number) for number in range(NOTE)) for pitch in PITCHES)


def _sample(pitch: float, number: int) -> int:
    return round(MIDDLE + LOUDNESS * (1 - number / NOTE) * sin(2 * pi * pitch * number / RATE))
