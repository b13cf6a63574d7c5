"""Learns a profile from the journal of a run: first what needs no mock, then the words of refusals, of which only those
are learned that the mock does not say by itself."""

import os
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from contract_tests.documents.files import profiles
from contract_tests.documents.published import Published
from contract_tests.learn import playback
from contract_tests.learn.bounds import bounds
from contract_tests.learn.evidence import Found, Left, Line, lines_of
from contract_tests.learn.further import further
from contract_tests.learn.lengths import by_accepted_lengths
from contract_tests.learn.limits import explained, limits, searched, together, with_limits
from contract_tests.learn.mismatch import by_known_models
from contract_tests.learn.mock_task import accepted, mock_task
from contract_tests.learn.order import at_once, order
from contract_tests.learn.other_causes import telling
from contract_tests.learn.playback import NUMBERS, WORDS, Agreement
from contract_tests.learn.price import differs, price
from contract_tests.learn.profile import as_data, written
from contract_tests.learn.rate import rate
from contract_tests.learn.readings import picks
from contract_tests.learn.record_statuses import record_statuses, stages_of_statuses
from contract_tests.learn.refunds import refunds
from contract_tests.learn.refusals import Refusal, codes, due, of_questions, several, texts, told_at_once
from contract_tests.learn.sayable import sayable
from contract_tests.learn.shapes import shapes
from contract_tests.learn.signature import signature, signing
from contract_tests.learn.source_tracks import source_tracks
from contract_tests.learn.statuses import statuses
from contract_tests.learn.tasks import courses
from contract_tests.learn.track_members import track_members
from contract_tests.learn.tried import breaking, half_tried
from contract_tests.reports.report import Asked, Report
from contract_tests.verdicts.results import Verdict

WORST: Final = {Verdict.VIOLATED: "breaks", Verdict.DEVIATED: "deviates from"}
OK: Final = 200
LONGEST: Final = 80
"""Characters of what was said, where it is listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """`text` is the file of the profile; `before` says how far the profile that it extends agrees with the refusals
    that were seen, `after` how far this one does."""

    text: str
    found: tuple[Found, ...]
    before: Agreement
    after: Agreement
    refusals: tuple[Refusal, ...] = ()
    mocked: Mapping[int, object] = field(default_factory=dict)
    unsayable: Mapping[str, str] = field(default_factory=dict)

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


def learned(report: Report, published: Published, beside: Path, signature_key: str | None = None) -> Learned:
    """What the run of a report tells of its target. `beside` is the folder where the file will be, `signature_key` that
    of the signatures of callbacks. Starts mocks. Raises OSError when one does not start."""
    base, search = published.profile, searched(report.asked)
    shown = list(sayable(limits(search, published)))
    picked = sayable(by_accepted_lengths(picks(report.rows, report.asked, published), report.asked, published))
    asked = by_known_models(picked, report.asked, search, report.tracks, published.terms.invalid)
    read = together(list(asked), shown)
    readings = {f"{each.path[1]}": each.value for each in lines_of(read) if each.path[0] == "picks"}
    taken = {model for model in search.models if search.takes(model)}
    refusals = telling([*due(report.rows, with_limits(published, shown), readings, taken)], report.rows)
    is_ours = base in profiles()
    anywhere = base if is_ours else os.fspath(Path(base).resolve())
    sent = playback.repeatable(refusals)
    found = [*sayable(_tracks(report, published))]

    played = _Mocked(anywhere, sent, published.terms.extend)

    first = played(found)
    before = playback.agreement(sent, first)
    mocked = {number: playback.said(answer) for number, answer in first.items()}
    found += read
    found += sayable(bounds(report.asked, refusals, published, search.texts))
    found += sayable(courses(report.asked, published))
    found += sayable(record_statuses(report.asked, published))
    cost = price(report, published)
    found += sayable(each for each in (cost,) if differs(each, published))
    found += sayable(each for each in (refunds(report, cost, published),) if each)
    found += sayable(rate(report.asked, published))
    found += sayable(codes(refusals, published))
    found += told_at_once([*several(report.rows), *at_once(report.asked)], refusals, published)
    found += sayable(order(report.asked, published, readings))
    signed = [*sayable(signature(report.asked, signature_key, published))]
    found += [*signed, *sayable(_forms(anywhere, [*found, *signed], report, published))]
    kept = {number: playback.said(answer) for number, answer in played(found).items()}
    found += sayable(texts(refusals, kept, published, readings))
    found += [*of_questions(report.rows, refusals, published), *half_tried(report.rows)]
    after = playback.agreement(sent, played(found))
    extends = base if is_ours else os.path.relpath(anywhere, beside.resolve())
    beyond = unsayable(report, after, {each.what for each in found if isinstance(each, Left)}, explained(found))
    return Learned(
        text=written(report.about, extends, found, beyond),
        found=tuple(found),
        before=before,
        after=after,
        refusals=tuple(refusals),
        mocked=mocked,
        unsayable=beyond,
    )


def _tracks(report: Report, published: Published) -> Iterator[Found]:
    """The source tracks that were given, or that a recording shows."""
    if own := [{"id": each.id, "model": each.model, "duration": each.duration} for each in report.tracks]:
        yield Line(("tracks",), own, "given to the run")
    elif report.about.recorded:
        yield from source_tracks(report.asked, published.models)


def _forms(extends: str, found: Sequence[Found], report: Report, published: Published) -> Iterator[Found]:
    """In what form things are said, where the mock with what was `found` says them otherwise."""
    codes = sorted({each.exchange.code or 0 for each in report.asked})
    sent = accepted(report.asked, published.models)
    ours = mock_task(extends, lines_of(found), sent, codes, published.terms)
    said = (published.family.get("answers") or {}).get("statuses") or {}
    yield from statuses(report.asked, ours.statuses, map(int, said))
    yield from further(report.asked, ours.asked, published, signing(found))
    yield from track_members(report.asked, ours.asked, published, stages_of_statuses(found, published))


class _Mocked:
    """What the mock answers to the same requests with what was found: it is started anew only where that says something
    else."""

    def __init__(self, extends: str, sent: Sequence[Refusal], path: str) -> None:
        self._extends, self._sent, self._path = extends, sent, path
        self._known: dict[str, Mapping[int, playback.Mocked]] = {}

    def __call__(self, found: Iterable[Found]) -> Mapping[int, playback.Mocked]:
        said = as_data(self._extends, lines_of(found))
        if f"{said}" not in self._known:
            self._known[f"{said}"] = playback.answers(said, self._sent, self._path)
        return self._known[f"{said}"]


def unsayable(
    report: Report, agreement: Agreement, left: Container[str] = (), said: Container[str] = ()
) -> dict[str, str]:
    """What a server did that no profile can say, with details: the rules that it breaks, refusals that are otherwise,
    and which members came where. `left` are the texts of which another list tells, `said` the rules that it breaks by
    what the profile says."""
    rows = [row for row in report.rows if row.verdict in WORST and row.rule not in said]
    broken = {f"it {WORST[row.verdict]} {row.rule}": breaking(row) for row in rows}
    words = {
        f"{WORDS} of {rule}": f"{cut(theirs)} there, {cut(mine)} here"
        for rule, theirs, mine in agreement.differing.get(WORDS, ())
        if f"texts.{rule}" not in left
    }
    others: dict[str, list[str]] = defaultdict(list)
    for aspect in NUMBERS:
        for rule, theirs, mine in agreement.differing.get(aspect, ()):
            others[f"{aspect} {theirs} where the mock has {mine}"].append(rule)
    numbers = {what: cut(", ".join(dict.fromkeys(rules))) for what, rules in others.items()}
    return {**broken, **numbers, **words, **_without_a_code(report.asked), **shapes(report.asked)}


def _without_a_code(asked: Iterable[Asked]) -> dict[str, str]:
    """That an answer is none that anybody reads, with the first of them."""
    found = (each.exchange for each in asked if each.exchange.method == "POST" and each.exchange.code is None)
    bodies = [each.body.decode(errors="replace") for each in found if each.status == OK]
    return {"it answers HTTP 200 without a code": cut(bodies[0])} if bodies else {}


def cut(text: str) -> str:
    """A text that is not too long for a list."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
