"""Enforces where a section of a track may begin and end. Pure."""

from collections.abc import Iterator, Mapping
from math import inf
from typing import Any

from mock_server.contract.editions import Edition
from mock_server.contract.operations import Operation
from mock_server.contract.source_tracks import Track
from mock_server.core.errors import Invalid, Violation
from mock_server.core.text import shown
from mock_server.domain.state_rules import lasts, violation


def enforce(operation: Operation, request: Mapping[str, Any], source: Track, edition: Edition) -> None:
    """Raise Invalid with every violation of the rules of a section at once."""
    if found := list(_against(operation, request, source, edition)):
        raise Invalid(found)


def _against(operation: Operation, request: Mapping[str, Any], source: Track, edition: Edition) -> Iterator[Violation]:
    start, end = request["infillStartS"], request["infillEndS"]
    window = edition.profile.family_of(operation.name).section_window
    least, most, half = window["least"], window.get("most", inf), source.duration / 2
    seconds = f"{least:g} seconds or more" if most == inf else f"{least:g} to {most:g} seconds"
    name, behind = operation.name, f"after infillStartS, {shown(start)}"
    broken = [
        (f"{name}.infillEndS.end", end > source.duration, f"at most {source.duration:g}, when the track ends"),
        (f"{name}.infillEndS.window", not lasts(start, end, least, most), f"{seconds} {behind}"),
        (
            f"{name}.infillEndS.half",
            not lasts(start, end, -inf, half),
            f"at most {half:g} seconds {behind}: half of the track",
        ),
    ]
    for rule, is_broken, allowed in broken:
        if is_broken:
            message = f"infillEndS is {shown(end)}; allowed: {allowed}"
            yield violation(edition, rule, "infillEndS", message, end, allowed)
