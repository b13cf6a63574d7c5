"""What came to a callback receiver and what it answered, as a value, a line of text and JSON. Pure."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Final

from mock_server.contract.decode import how_written
from mock_server.core.text import cut, in_json, printable

LONGEST: Final = 80
"""Characters of a field that are shown."""
STAGE: Final = "callbackType"
IDS: Final = ("task_id", "taskId")
"""What callbacks of the family call the id of their task."""
NO_STAGE: Final = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a body says as a callback; `problem` is why it says nothing. One that has no stages and no tracks, such as
    that of a WAV, tells the names of what it holds beside the task's id, in `members`."""

    stage: str = ""
    task_id: str = ""
    code: object = None
    msg: str = ""
    tracks: int = 0
    members: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The HTTP status, and where it was forwarded: whom to, the seconds that took, and what went wrong there. `late`:
    the client had hung up before."""

    status: int
    forwarded_to: str = ""
    took: float = 0.0
    why: str = ""
    late: bool = False

    def __str__(self) -> str:
        return f"{self._answer()}, but the client had hung up" if self.late else self._answer()

    def _answer(self) -> str:
        if not self.forwarded_to:
            return f"answered {self.status}"
        if self.why:
            return f"answered {self.status}: {self.forwarded_to} {self.why}"
        return f"answered {self.status} by {self.forwarded_to} in {self.took * 1000:.0f} ms"


def told(body: bytes) -> Told:
    """Read a body that can be anything."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        written = how_written(body)
        why = f"no JSON, {written}" if written else "no JSON"
        return Told(problem=f"{why}: {_text(body)}" if body else "no body")
    data = value.get("data") if isinstance(value, dict) else None
    if not isinstance(data, dict) or not data.keys() & {STAGE, *IDS}:
        return Told(problem=f"no data.{STAGE} and no data.{IDS[0]}: {_text(body)}")
    tracks = data.get("data")
    has_stages = STAGE in data
    return Told(
        stage=_field(data[STAGE]) if has_stages else NO_STAGE,
        task_id=_field(next((data[name] for name in IDS if name in data), None)),
        code=value.get("code"),
        msg=_field(value.get("msg")),
        tracks=len(tracks) if isinstance(tracks, list) else 0,
        members=() if has_stages else tuple(_field(name) for name in data if name not in IDS),
    )


def line(request: str, found: Told, answered: Answered) -> str:
    """One callback on one line; `request` is its method and path."""
    if found.problem:
        return printable(f"<-- {cut(request, LONGEST)}  is no callback, {found.problem}  {answered}")
    tracks = "1 track" if found.tracks == 1 else f"{found.tracks} tracks"
    holds = tracks if found.stage != NO_STAGE else cut(", ".join(found.members), LONGEST)
    said = f"{_field(found.code)} {found.msg}"
    return printable(f"<-- {found.stage:8}  {found.task_id}  {said}  {holds:8}  {answered}")


def refused(request: str, status: int, why: str) -> str:
    """What was no callback, on one line."""
    return printable(f"<-- {cut(request, LONGEST)}  answered {status}: {why}")


def record(request: str, body: bytes, found: Told, answered: Answered) -> str:
    """One callback as JSON on one line, the body as it came."""
    return in_json({"request": request, **asdict(found), **asdict(answered), "body": _text(body, len(body))})


def _text(body: bytes, length: int = LONGEST) -> str:
    return cut(body.decode(errors="backslashreplace"), length)


def _field(value: Any) -> str:
    return cut(str(value), LONGEST)
