"""What a maker gets to know of a request."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple


class Wanted(NamedTuple):
    """What its task is called, what it asks for, and of the track that it names what its URLs begin with, its `lyrics`
    and how many `seconds` it lasts. The same `seed` makes the same of the same task."""

    seed: int
    task_id: str
    fields: Mapping[str, Any]
    track_url: str
    lyrics: str = ""
    seconds: float = 0.0


Maker = Callable[[Wanted], Mapping[str, Any]]
"""What an operation's shapes name as `made`."""
