"""A body as a reader gets it: JSON line by line, long texts cut, and the place marked that a finding is about. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from contract_tests.documents.any_json import parsed
from contract_tests.verdicts.course import Finding, notation, text_of

LONGEST: Final = 160
"""Characters of a text in a body, or of a body that is no JSON, that are shown at first."""
MEMBERS: Final[Mapping[str, str]] = {
    "callback.mixed": "title",
    "callback.once": "callbackType",
    "callback.order": "callbackType",
    "callback.stage": "callbackType",
    "callback.track.ids": "id",
    "callback.track.stable": "id",
    "callback.track.longest": "duration",
    "failure.data": "data",
    "failure.polling": "errorCode",
    "polling.word": "status",
    "polling.step": "status",
    "polling.forward": "status",
}
"""The member that a rule is about, where its id does not end with it."""


class Line(NamedTuple):
    """A line of a body; `marked` says whether a finding is about it."""

    text: str
    marked: bool = False


class Body(NamedTuple):
    """A body for a reader; `raw` is all of it where the lines leave something out, else empty."""

    lines: tuple[Line, ...]
    raw: str = ""

    @property
    def marked(self) -> bool:
        return any(line.marked for line in self.lines)


def body(raw: bytes, findings: Sequence[Finding] = ()) -> Body:
    """A body with the places of findings marked."""
    whole = raw.decode(errors="backslashreplace")
    value = parsed(raw)
    if not isinstance(value, dict | list):
        return Body((Line(_cut(whole)),), whole if len(whole) > LONGEST else "")
    lines = tuple(_lines("", value, "", findings))
    return Body(lines, whole if any("… (" in line.text for line in lines) else "")


def _lines(name: str, value: Any, indent: str, findings: Sequence[Finding]) -> Iterator[Line]:
    """The lines of a value, which has a name in an object and none in a list."""
    begins = f"{indent}{_name(name)}: " if name else indent
    marked = any(_is_about(finding, name, value) for finding in findings)
    if not value or not isinstance(value, dict | list):
        text = notation(_cut(value) if isinstance(value, str) else value)
        yield Line(begins + text, marked)
        return
    ends = "{}" if isinstance(value, dict) else "[]"
    yield Line(begins + ends[0], marked)
    members = value.items() if isinstance(value, dict) else [("", each) for each in value]
    for number, (inner, each) in enumerate(members, 1):
        *before, last = _lines(inner, each, f"{indent}  ", findings)
        yield from before
        yield last._replace(text=f"{last.text}{',' if number < len(members) else ''}")
    yield Line(indent + ends[1])


@lru_cache(maxsize=1000)
def _name(name: str) -> str:
    """The name of a member, of which bodies have the same again and again."""
    return notation(name)


def _is_about(finding: Finding, name: str, value: Any) -> bool:
    """Whether a member is the one that a finding is about: it has the name that the rule says, and the value that
    came."""
    member = MEMBERS.get(finding.rule, finding.rule.rpartition(".")[2])
    return name == member and (told := finding.got.rstrip("…")) != "" and _written(value, told)


def _written(value: Any, told: str) -> bool:
    return any(text == told or (len(told) > 60 and text.startswith(told)) for text in (text_of(value), notation(value)))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… ({len(text)} characters)"
