"""What has moved of what no profile can say: the rules that a server breaks, its statuses and its shapes. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from contract_tests.learn.compared import Compared, Kept, Outcome, blamed
from contract_tests.learn.evidence import HALF_TRIED, UNREFUSED, left_rules
from contract_tests.learn.playback import NUMBERS, WORDS
from contract_tests.learn.refusals import Refusal
from contract_tests.learn.shapes import SHAPE, otherwise
from contract_tests.learn.tried import broken_again, tried, tried_then
from contract_tests.reports.rows import Row

SO, NOT = "so", "not"
MANY: Final = 10**6
"""More requests than there are about a rule."""


class Beyond:
    """Compares what no profile could say with what none can say `now`; `rows` are those of the run now."""

    def __init__(self, kept: Kept, now: Mapping[str, str], rows: Sequence[Row], refusals: Iterable[Refusal]) -> None:
        self._kept = kept
        self._now = now
        self._then_tried = tried_then(kept.left)
        self._rows = {row.rule: row for row in rows}
        self._refused = {each.rule for each in refusals}

    def __iter__(self) -> Iterator[Compared]:
        then, now = self._kept.unsayable, self._now
        for what in dict.fromkeys(each for each in [*now, *then] if not each.startswith(WORDS)):  # a text's line tells
            if what.startswith(SHAPE):
                yield from _shape(what, then.get(what), now.get(what))
            elif what in now and what in then:
                yield _beyond(what, Outcome.SAME, then[what], now[what])
            elif what in now:
                was = self._seen_then(what, now[what])
                yield _beyond(what, Outcome.MOVED if was else Outcome.UNCOMPARED, None, now[what])
            else:
                yield _beyond(
                    what, Outcome.MOVED if self._looked(what, then[what]) else Outcome.UNSEEN, then[what], None
                )

    def _looked(self, what: str, details: str) -> bool:
        """Whether this run came to what was so then."""
        if what.startswith(NUMBERS):
            return bool(_rules(details) & self._refused)
        row = self._rows.get(what.split()[-1])
        if row is None:
            return False
        as_many = not details and tried(row) >= self._then_tried.get(row.rule, MANY)
        return as_many or broken_again(details, row)

    def _seen_then(self, what: str, details: str) -> bool:
        """Whether the run that made the profile came to what is so now."""
        if what.startswith(NUMBERS):
            return not _rules(details) <= left_rules(self._kept.left, UNREFUSED, self._refused)
        row = self._rows.get(what.split()[-1])
        return row is None or tried(row) <= self._then_tried.get(row.rule, MANY)


def _rules(details: str) -> set[str]:
    """The rules that details name, without one that was cut."""
    return {each for each in details.split(", ") if not each.endswith("…")}


def _shape(what: str, then: str | None, now: str | None) -> Iterator[Compared]:
    """Which members came where. Which bodies come hangs on when polls meet a task: one that did not is no news."""
    if then is None or now is None:
        if then is not None:
            yield Compared(line=what, outcome=Outcome.UNCOMPARED, profile="as it was", why="none came in this run")
        return
    told = otherwise(then, now)
    outcome = Outcome.MOVED if told else Outcome.SAME
    yield _beyond(what, outcome, "as it was", told or "as it was")


def _beyond(what: str, outcome: Outcome, then: str | None, now: str | None) -> Compared:
    """What no profile can say; None where it is not so."""
    profile, live = (NOT if each is None else each or SO for each in (then, now))
    why = HALF_TRIED if outcome is Outcome.UNCOMPARED else ""
    seen = None if outcome is Outcome.UNSEEN else live
    return Compared(line=what, outcome=outcome, profile=profile, live=seen, who=blamed(outcome), why=why)
