"""How a target reads the open questions, from what it answered and sent. A reading is no verdict. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contract_tests.courses import STAGES, Course
from contract_tests.exchanges import Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """The readings of one question that were seen: one, or several where a target is not consistent."""

    question: str
    readings: tuple[str, ...]


def observed(refusals: Sequence[Exchange], courses: Sequence[Course]) -> Iterator[Observed]:
    """Every question that the exchanges answer."""
    for question, look in OF_REFUSALS.items():
        yield from _seen(question, map(look, refusals))
    for question, follow in OF_COURSES.items():
        yield from _seen(question, map(follow, courses))


def _seen(question: str, readings: Iterator[str | None]) -> Iterator[Observed]:
    found = tuple(sorted({reading for reading in readings if reading is not None}))
    if found:
        yield Observed(question=question, readings=found)


def _refusal_status(exchange: Exchange) -> str | None:
    if exchange.code in (None, 500):
        return None
    return "envelope" if exchange.status == 200 else "mirror"


def _error_data(exchange: Exchange) -> str | None:
    if exchange.code is None:
        return None
    return "null" if "data" in exchange.envelope else "absent"


def _content_type(exchange: Exchange) -> str | None:
    if exchange.code is None:
        return None
    return "charset" if "charset" in exchange.content_type else "plain"


def _text_items(course: Course) -> str | None:
    tracks = _at(course, "text")
    return None if tracks is None else "both" if tracks else "none"


def _first_items(course: Course) -> str | None:
    tracks = _at(course, "first")
    return None if tracks is None else "both" if len(tracks) > 1 else "one"


def _create_time(course: Course) -> str | None:
    times = [track.get("createTime") for track in _at(course, "complete") or ()]
    if not times:
        return None
    return next((name for name, form in CREATE_TIMES.items() if re.fullmatch(form, str(times[0]))), "another")


def _source_urls(course: Course) -> str | None:
    tracks = _at(course, "complete")
    if not tracks:
        return None
    return "present" if any(name.startswith("source_") for name in tracks[0]) else "absent"


def _callback_order(course: Course) -> str | None:
    stages = [stage for stage in course.stages() if stage in STAGES]
    return "overtaking" if stages != sorted(stages, key=STAGES.index) else None


def _at(course: Course, stage: str) -> list[Mapping[str, Any]] | None:
    """The tracks of a stage's callback; None where none came."""
    for body in course.bodies:
        if course.data(body).get("callbackType") == stage:
            return course.tracks(body)
    return None


CREATE_TIMES: Final = {
    "string": r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d",
    "rfc3339": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)",
    "epoch_ms": r"\d{13}",
}
OF_REFUSALS: Final[Mapping[str, Callable[[Exchange], str | None]]] = {
    "refusal_status": _refusal_status,
    "error_data": _error_data,
    "content_type": _content_type,
}
OF_COURSES: Final[Mapping[str, Callable[[Course], str | None]]] = {
    "text_items": _text_items,
    "first_items": _first_items,
    "create_time": _create_time,
    "source_urls": _source_urls,
    "callback_order": _callback_order,
}
