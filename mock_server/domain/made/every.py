"""What makes what, by the name that `makes` has in the file of an operation (`openapi/operations`)."""

from collections.abc import Mapping
from typing import Final

from mock_server.contract.operations import TRACKS
from mock_server.domain.made.aligned_words import aligned_words
from mock_server.domain.made.lyrics import lyrics
from mock_server.domain.made.stems import stems
from mock_server.domain.made.wanted import Maker

MAKERS: Final[Mapping[str, Maker]] = {
    "": lambda wanted: {},
    TRACKS: lambda wanted: {},  # which no shape names: callbacks and records list them
    "lyrics": lyrics,
    "aligned_words": aligned_words,
    "stems": stems,
}
