"""What a page is asked for."""

from collections.abc import Callable, Collection, Coroutine, Mapping
from typing import Any, NamedTuple

Form = Mapping[str, str]
Action = Callable[[Form], Coroutine[Any, Any, object]]
"""What a form does."""


class Visit(NamedTuple):
    """What a page is asked for: its query, by which base URL and under which prefix the mock was found, the URL of the
    receiver that is built in, the handle of the key that was kept, the versions of the parts that the browser has, the
    text of a problem, the HTTP status, and the form that was sent with its button, where the page is to show it as it
    was filled in."""

    query: Mapping[str, str]
    base_url: str
    prefix: str
    receiver: str
    kept: str
    has: Collection[str] = ()
    problem: str = ""
    status: int = 200
    form: Form | None = None
    button: str = ""
