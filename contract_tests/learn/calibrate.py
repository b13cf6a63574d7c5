"""Learns a profile from the journal of a run: first what needs no mock, then the words of refusals, of which only those
are learned that the mock does not say by itself."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contract_tests.documents.files import profiles
from contract_tests.documents.published import Published
from contract_tests.learn import playback
from contract_tests.learn.evidence import Found, Left, Line
from contract_tests.learn.playback import Agreement
from contract_tests.learn.profile import as_data, written
from contract_tests.learn.readings import picks
from contract_tests.learn.refusals import codes, due, several, texts, told_at_once
from contract_tests.learn.sayable import sayable
from contract_tests.learn.tasks import courses
from contract_tests.probes.request import Track
from contract_tests.reports.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """`text` is the file of the profile; `before` says how far the profile that it extends agrees with the refusals
    that were seen, `after` how far this one does."""

    text: str
    found: tuple[Found, ...]
    before: Agreement
    after: Agreement

    @property
    def lines(self) -> list[Line]:
        return [each for each in self.found if isinstance(each, Line)]

    @property
    def left(self) -> list[Left]:
        return [each for each in self.found if isinstance(each, Left)]


def learned(report: Report, tracks: tuple[Track, ...], published: Published, beside: Path) -> Learned:
    """What the run of a report tells of its target. `tracks` are its source tracks, and `beside` is the folder where
    the file will be. Starts mocks. Raises OSError when one does not start."""
    base, refusals = published.profile, list(due(report.rows, published))
    anywhere = base if base in profiles() else os.fspath(Path(base).resolve())
    sent = playback.repeatable(refusals)
    path = published.terms.extend
    own = [{"id": each.id, "model": each.model, "duration": each.duration} for each in tracks]
    found: list[Found] = [Line(("tracks",), own, "given to the run")] if own else []
    mocked = playback.answers(as_data(anywhere, _lines(found)), sent, path)
    before = playback.agreement(sent, mocked)
    found += sayable(picks(report.rows, published))
    found += sayable(courses(report.asked, published))
    found += sayable(codes(refusals, published))
    found += told_at_once(several(report.rows), refusals, published)
    mocked = playback.answers(as_data(anywhere, _lines(found)), sent, path)
    kept = {number: playback.said(answer) for number, answer in mocked.items()}
    found += sayable(texts(refusals, kept, published))
    mocked = playback.answers(as_data(anywhere, _lines(found)), sent, path)
    return Learned(
        text=written(report.about, base if base in profiles() else os.path.relpath(anywhere, beside.resolve()), found),
        found=tuple(found),
        before=before,
        after=playback.agreement(sent, mocked),
    )


def _lines(found: list[Found]) -> list[Line]:
    return [each for each in found if isinstance(each, Line)]


def told(learned: Learned) -> Mapping[str, Any]:
    """Counts of what was learned, by the key of the profile."""
    counts: dict[str, int] = {}
    for line in learned.lines:
        counts[str(line.path[0])] = counts.get(str(line.path[0]), 0) + 1
    return counts
