"""The record of a task, which can be anything that is an object, as lines. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mock_server.core.text import cut, shown

LONGEST: Final = 2000
"""Characters of a field that are shown."""
LONGEST_TRACK: Final = 1e6
"""Seconds."""


def told(record: Mapping[str, Any]) -> Iterator[str]:
    """The tracks of a record, and what went wrong, as far as it can be told."""
    if record.get("errorMessage"):
        yield f"{_cut(record.get('errorCode'))} {_cut(record['errorMessage'])}"
    for track in _tracks(record):
        if isinstance(track, dict):
            length = _length(track.get("duration"))
            yield f"{_cut(track.get('id'))}  {length}  {_cut(track.get('title'))}  {_cut(track.get('audioUrl'))}"


def _cut(value: Any) -> str:
    return cut(str(value), LONGEST)


def _listed(record: Mapping[str, Any]) -> Any:
    """Where the tracks are, whatever is there."""
    response = record.get("response")
    return response.get("sunoData") if isinstance(response, dict) else None


def _tracks(record: Mapping[str, Any]) -> list[Any]:
    listed = _listed(record)
    return listed if isinstance(listed, list) else []


def _length(duration: Any) -> str:
    if duration is None:
        return "unfinished"
    return f"{duration:7.2f} s" if _is_length(duration) else shown(duration)


def _is_length(duration: Any) -> bool:
    return type(duration) in (int, float) and 0 <= duration < LONGEST_TRACK


def strange(record: Mapping[str, Any]) -> str:
    """What of a record is not as documented, and what is; empty when nothing is."""
    parts: list[tuple[str, Any, Any, str]] = [("status", record.get("status"), str, "a string")]
    parts += [("response", record.get("response"), dict | None, "a JSON object")]
    parts += [("response.sunoData", _listed(record), list | None, "a list")]
    parts += [("a track", track, dict, "a JSON object") for track in _tracks(record)]
    for name, value, kind, allowed in parts:
        if not isinstance(value, kind):
            return f"{name} is {shown(value)}; allowed: {allowed}"
    for duration in [track.get("duration") for track in _tracks(record)]:
        if not (duration is None or _is_length(duration)):
            return f"duration is {shown(duration)}; allowed: seconds"
    return ""
