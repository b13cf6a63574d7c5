"""What single operations make, one module each, by the name that `makes` has in their files (`openapi/operations`).

A maker gets what is known of a request, and returns what the operation's shapes name as `made`. Pure.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple


class Wanted(NamedTuple):
    """A request: what its task is called, what it asks for, and what the URLs of its source track begin with. The same
    `seed` makes the same of the same task."""

    seed: int
    task_id: str
    fields: Mapping[str, Any]
    track_url: str


Maker = Callable[[Wanted], Mapping[str, Any]]
MAKERS: Final[Mapping[str, Maker]] = {}
