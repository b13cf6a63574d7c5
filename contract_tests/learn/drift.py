"""What has moved since a profile was learned: its lines, each beside the document, the server now and the mock now.
Pure."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from contract_tests.documents.counted import counted
from contract_tests.documents.published import Published
from contract_tests.learn.beyond import Beyond
from contract_tests.learn.calibrate import Learned, unsayable
from contract_tests.learn.compared import LIVE, MOCK, Compared, Kept, Outcome, blamed, ends, left_open, said
from contract_tests.learn.evidence import UNNAMED, UNREFUSED, Line, dotted, left_rules, lines_of
from contract_tests.learn.limits import REFUSED, looked, searched
from contract_tests.learn.order import at_once, order, places_unknown
from contract_tests.learn.playback import WORDS
from contract_tests.learn.profile_lines import samples
from contract_tests.learn.rate import DENIED, rated
from contract_tests.learn.rate import KEY as RATE
from contract_tests.learn.record_statuses import PENDING, polled
from contract_tests.learn.refusals import Refusal, covering, several
from contract_tests.learn.tasks import models
from contract_tests.learn.tried import tried_then
from contract_tests.probes.request import STAGES
from contract_tests.reports.report import Report

COMPARABLE: Final = 5
"""Samples of a delay at least, in the profile, for a comparison."""
WIDER: Final = 1.5
JITTER: Final = 0.25
"""A delay has moved when every new one is more than so many times the longest that was recorded and so many seconds, or
less than the shortest divided by it and without these: machines and ways take their own time."""
SEEN: Final = "seen: "
"""How a reason begins where several readings were possible."""
CONTRADICTS: Final = "seen in "
"""How a reason begins where a server was seen in several ways."""
FORMS: Final = ("ids", "answers", "callbacks", "track_members")
"""Keys of a profile that say in which form things come."""
NOT_COMPARED: Final = ("tracks", "codes", "readings")
"""Keys of a profile that are given, or told with the refusals that have them."""


class Drift:
    """Compares what was learned now, with the profile itself as the base, with the profile's lines. `base` is the
    profile that it extends."""

    def __init__(self, kept: Kept, found: Learned, report: Report, published: Published, base: Published) -> None:
        self._kept = kept
        self._found = found
        self._report = report
        self._published = published
        self._base = base
        self._now = {each.path: each for each in found.lines if each.path[0] != "order"}
        picked = {f"{each.path[1]}": each.value for each in found.lines if each.path[0] == "picks"}
        unplaced = places_unknown(kept.left, published)
        self._now |= {each.path: each for each in lines_of(order(report.asked, published, picked, unplaced))}
        self._left, self._polled = {each.what: each.why for each in found.left}, polled(report.asked)
        self._models = {f"models.{each}.name" for each in models(report.asked)} | looked(searched(report.asked))
        told, ordered = bool(several(report.rows)), bool(at_once(report.asked))
        self._looked = {"tells": told, "order": ordered, "operations": True, "refunds": True, RATE: rated(report.asked)}
        self._rate_words = ("codes", published.terms.rate)
        self._kinds = {each.kind for each in found.refusals} | ({"rate"} if self._looked[RATE] else set())

    def __iter__(self) -> Iterator[Compared]:
        same = self._same_unless_found
        by_key: Mapping[str, Callable[[Line], Compared]] = {
            "picks": self._pick,
            "stages": self._stage,
            PENDING: lambda line: same(line, looked=PENDING in self._polled),
            "models": lambda line: same(line, looked=dotted(line.path) in self._models),
            "refusals": lambda line: same(line, looked=f"{line.path[1]}" in self._kinds),
            **dict.fromkeys(self._looked, lambda line: same(line, looked=self._looked[str(line.path[0])])),
            "tracks_per_task": lambda line: same(line, looked=self._came("complete")),
            **dict.fromkeys(FORMS, lambda line: same(line, looked=not left_open(self._left, line.path))),
        }
        for line in self._kept.lines:
            compare = by_key.get(str(line.path[0]))
            if line.path == self._rate_words:
                yield self._same_unless_found(line, looked=DENIED in self._left)
            elif compare is not None:
                yield compare(line)
            elif line.path[0] not in (*NOT_COMPARED, "texts"):
                yield self._told(line, Outcome.UNSEEN, why="nothing here tells it")
        yield from self._narrowed()
        yield from self._texts()
        yield from self._new()
        yield from Beyond(
            self._kept, unsayable(self._report, self._found.after), self._report.rows, self._found.refusals
        )

    def _pick(self, line: Line) -> Compared:
        now = self._now.get(line.path)
        if now is None:
            return self._without(line)
        return self._told(line, Outcome.SAME if now.value == line.value else Outcome.MOVED, now.value)

    def _narrowed(self) -> Iterator[Compared]:
        """Questions of which several readings were possible then, and none of them is now."""
        for path, line in self._now.items():
            then = self._kept.left.get(dotted(path), "")
            if path[0] == "picks" and then.startswith(SEEN) and line.value not in re.findall(r"\w+", then):
                before = then.removeprefix(SEEN).partition(",")[0]
                yield Compared(line=dotted(path), outcome=Outcome.MOVED, profile=before, live=line.value, who=LIVE)

    def _stage(self, line: Line) -> Compared:
        stage, what = f"{line.path[1]}", line.path[2]
        if what == "at":
            return self._delay(line)
        if what != "skipped":
            return self._same_unless_found(
                line, looked=stage in self._polled if what == "status" else self._came(stage)
            )
        now = self._now.get(line.path)
        if not self._came("complete"):
            return self._without(line)
        moved = line.value == 1 and now is None  # any other share may have been chance
        return self._told(line, Outcome.MOVED if moved else Outcome.SAME, now.value if now else "it came")

    def _delay(self, line: Line) -> Compared:
        now = self._now.get(line.path)
        if now is None or not samples(now):
            return self._without(line)
        if samples(line) < COMPARABLE:
            more = f"calibrate with --budget {COMPARABLE} or more"
            why = f"it was seen {counted(samples(line), 'time')}, and {COMPARABLE} are compared with: {more}"
            return self._told(line, Outcome.UNCOMPARED, now.value, why=why)
        (least, most), (new_least, new_most) = ends(line.value), ends(now.value)
        moved = new_least > most * WIDER + JITTER or new_most < least / WIDER - JITTER
        return self._told(line, Outcome.MOVED if moved else Outcome.SAME, now.value, why=f"now {now.seen}")

    def _same_unless_found(self, line: Line, *, looked: bool) -> Compared:
        """A line of what is learned only where it differs."""
        now = self._now.get(line.path)
        if now is not None:
            return self._told(line, Outcome.MOVED, now.value)
        if looked and dotted(line.path) not in self._left:
            return self._told(line, Outcome.SAME, line.value)
        return self._without(line)

    def _without(self, line: Line) -> Compared:
        """A line of which nothing was learned."""
        why = left_open(self._left, line.path) or "nothing that came tells it"
        if why.startswith(CONTRADICTS):
            return self._told(line, Outcome.MOVED, why)
        return self._told(line, Outcome.UNSEEN, why=why)

    def _told(self, line: Line, outcome: Outcome, live: Any = None, *, why: str = "") -> Compared:
        return Compared(
            line=dotted(line.path),
            outcome=outcome,
            document=said(self._base, line.path),
            profile=line.value,
            live=live,
            mock=said(self._published, line.path),
            who=blamed(outcome),
            why=why,
        )

    def _texts(self) -> Iterator[Compared]:
        """The words of each rule that moved, and each line whose rules all have the same."""
        own = {str(line.path[1]): line for line in self._kept.lines if line.path[0] == "texts"}
        by_rule: dict[str, list[Refusal]] = defaultdict(list)
        for each in self._found.refusals:
            by_rule[each.rule].append(each)
        looked, moved = set[str](), set[str]()
        untried = {rule for rule, number in tried_then(self._kept.left).items() if not number}
        unseen = left_rules(self._kept.left, UNREFUSED, by_rule) | untried
        for rule, seen in by_rule.items():
            name = covering(rule, seen[0].kind, own)
            looked.add(name)
            other = self._otherwise(seen, own.get(name))
            if other is not None and f"texts.{rule}" not in self._kept.left and rule not in unseen:
                moved.add(name)
                yield self._words(rule, other, own.get(name))
        for name, line in own.items():
            if name not in looked:
                yield self._told(line, Outcome.UNSEEN, why="no request that it is about was refused in this run")
            elif name not in moved:
                yield self._told(line, Outcome.SAME, line.value)

    def _otherwise(self, seen: Iterable[Refusal], line: Line | None) -> Refusal | None:
        """The first refusal whose words are not the line's, or that the mock tells in other words though it did not."""
        as_now = f"{WORDS} of {next(iter(seen)).rule}" in self._kept.unsayable
        for each in seen:
            mocked = self._found.mocked.get(each.exchange.number, each.exchange.msg)
            as_then = line is None or line.value in each.templates
            if not as_then or (mocked != each.exchange.msg and not as_now):
                return each
        return None

    def _words(self, rule: str, refusal: Refusal, line: Line | None) -> Compared:
        as_then = line is not None and line.value in refusal.templates
        path = ("texts", covering(rule, refusal.kind, self._base.family.get("texts") or {}))
        return Compared(
            line=f"texts.{rule}",
            outcome=Outcome.MOVED,
            document=said(self._base, path) or "the mock's own words",
            profile=line.value if line else "the mock's own words",
            live=refusal.exchange.msg,
            mock=self._found.mocked.get(refusal.exchange.number),
            who=MOCK if as_then else LIVE,
        )

    def _new(self) -> Iterator[Compared]:
        """What is otherwise now, and was as the document says."""
        known = {line.path for line in self._kept.lines}
        for path, line in self._now.items():
            is_told = path[0] in (*NOT_COMPARED, "picks", "texts") and path != self._rate_words
            if path in known or is_told or path[-1] == "at":
                continue
            before, why = said(self._published, path), self._unknown_then(line)
            outcome = Outcome.UNCOMPARED if why else Outcome.MOVED
            yield Compared(
                line=dotted(path),
                outcome=outcome,
                document=said(self._base, path),
                profile=before,
                live=line.value,
                mock=before,
                who=blamed(outcome),
                why=why,
            )
        for what, why in self._left.items():
            group = what.partition(".")[0]
            is_new = what not in self._kept.left and what not in {dotted(path) for path in known}
            is_news = why.startswith((CONTRADICTS, REFUSED)) or what == "stages"  # they come in another order
            if is_new and is_news and group not in ("picks", "texts"):
                yield Compared(line=what, outcome=Outcome.MOVED, live=why, who=LIVE)

    def _unknown_then(self, line: Line) -> str:
        """Why nothing was known of it when the profile was made; empty where it was."""
        then = {each.path: each for each in self._kept.lines}
        key, *rest = line.path
        stage = then.get(("stages", f"{rest[0]}" if key == "stages" else STAGES[-1], "at"))
        if key in ("stages", "tracks_per_task") and (stage is None or not samples(stage)):
            return "no callback of it came then"
        if rest[1:] == ["skipped"] and line.value != 1 and stage is not None and samples(stage) < COMPARABLE:
            return f"{counted(samples(stage), 'task')} then may not have shown it"
        if rest[1:] == ["name"] and f"{rest[0]}" in left_rules(self._kept.left, UNNAMED, self._published.models):
            return UNNAMED
        if line.path in ((RATE,), ("refusals", "rate"), self._rate_words) and DENIED not in self._kept.left:
            return self._kept.left.get(RATE, "nobody looked for it then")
        return left_open(self._kept.left, line.path)

    def _came(self, stage: str) -> bool:
        found = self._now.get(("stages", stage, "at"))
        return found is not None and bool(samples(found))
