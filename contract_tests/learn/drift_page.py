"""What has moved, as one HTML page that loads nothing else. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from contract_tests.documents.counted import counted
from contract_tests.learn.compared import Compared, Outcome
from contract_tests.learn.drift_report import COLUMNS, shown, summary
from contract_tests.reports.html import facts, template
from contract_tests.reports.report import About

CHAPTERS: Final[Mapping[Outcome, tuple[str, str, str]]] = {
    Outcome.MOVED: ("violated", "Moved", "What is otherwise than the profile says, beside the document and the mock."),
    Outcome.UNSEEN: ("deviated", "Not looked at", "Nothing is known of these lines: this run does not tell them."),
    Outcome.UNCOMPARED: ("observed", "Not comparable", "Seen, but too little was seen then or now to compare."),
    Outcome.SAME: ("passed", "The same", "As the profile says."),
}
"""By outcome: the look of its lines, its title, and what it means."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineShown:
    """One line of the page."""

    name: str
    who: str
    why: str
    columns: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """The lines of one outcome."""

    id: str
    verdict: str
    title: str
    note: str
    lines: Sequence[LineShown]


def as_html(compared: Sequence[Compared], profile: str, about: About) -> str:
    """The page: whether something moved, what the run was, and every line, the worst first. All is escaped."""
    return template("drift.html.jinja").render(
        about=about,
        chapters=list(_chapters(compared)),
        facts=facts(about),
        summary=summary(compared, profile, about),
        verdict=_verdict(compared),
    )


def _verdict(compared: Sequence[Compared]) -> tuple[str, str]:
    outcomes = [each.outcome for each in compared]
    if moved := outcomes.count(Outcome.MOVED):
        return "no", f"{counted(moved, 'line')} moved"
    if unseen := outcomes.count(Outcome.UNSEEN):
        return "none", f"{counted(unseen, 'line')} not looked at"
    return "yes", "Nothing moved"


def _chapters(compared: Sequence[Compared]) -> Iterator[Chapter]:
    for outcome, (verdict, title, note) in CHAPTERS.items():
        lines = [_line(each) for each in compared if each.outcome is outcome]
        if lines:
            yield Chapter(id=outcome.name.lower(), verdict=verdict, title=title, note=note, lines=lines)


def _line(each: Compared) -> LineShown:
    values = [(name, getattr(each, name)) for name in COLUMNS]
    columns = [(name, shown(value)) for name, value in values] if any(value is not None for _, value in values) else []
    return LineShown(name=each.line, who=each.who, why=each.why, columns=columns)
