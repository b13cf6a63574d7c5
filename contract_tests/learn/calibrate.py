"""Learns a profile from the journal of a run: first what needs no mock, then the words of refusals, of which only those
are learned that the mock does not say by itself."""

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from contract_tests.documents.files import profiles
from contract_tests.documents.published import Published
from contract_tests.learn import playback
from contract_tests.learn.evidence import Found, Left, Line, lines_of
from contract_tests.learn.playback import Agreement
from contract_tests.learn.profile import as_data, written
from contract_tests.learn.readings import picks
from contract_tests.learn.refusals import codes, due, several, texts, told_at_once
from contract_tests.learn.sayable import sayable
from contract_tests.learn.tasks import courses
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
        return lines_of(self.found)

    @property
    def left(self) -> list[Left]:
        return [each for each in self.found if isinstance(each, Left)]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many lines were learned, by the key of the profile."""
        return Counter(str(line.path[0]) for line in self.lines)


def learned(report: Report, published: Published, beside: Path) -> Learned:
    """What the run of a report tells of its target. `beside` is the folder where the file will be. Starts mocks. Raises
    OSError when one does not start."""
    base, read = published.profile, list(sayable(picks(report.rows, published)))
    refusals = list(due(report.rows, published, {f"{each.path[1]}": each.value for each in lines_of(read)}))
    is_ours = base in profiles()
    anywhere = base if is_ours else os.fspath(Path(base).resolve())
    sent = playback.repeatable(refusals)
    own = [{"id": each.id, "model": each.model, "duration": each.duration} for each in report.tracks]
    found: list[Found] = [Line(("tracks",), own, "given to the run")] if own else []

    def played() -> Mapping[int, httpx.Response]:
        return playback.answers(as_data(anywhere, lines_of(found)), sent, published.terms.extend)

    before = playback.agreement(sent, played())
    found += read
    found += sayable(courses(report.asked, published))
    found += sayable(codes(refusals, published))
    found += told_at_once(several(report.rows), refusals, published)
    kept = {number: playback.said(answer) for number, answer in played().items()}
    found += sayable(texts(refusals, kept, published))
    return Learned(
        text=written(report.about, base if is_ours else os.path.relpath(anywhere, beside.resolve()), found),
        found=tuple(found),
        before=before,
        after=playback.agreement(sent, played()),
    )
