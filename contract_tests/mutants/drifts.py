"""Servers apart from the mock that change after a profile was learned of them, and whether the change is told."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Final

from contract_tests.documents.published import Published
from contract_tests.learn.calibrate import learned
from contract_tests.learn.compared import LIVE, Compared, Kept, Outcome
from contract_tests.learn.drift import Drift
from contract_tests.learn.profile import LEFT, UNSAYABLE
from contract_tests.learn.profile_lines import kept_lines, listed
from contract_tests.mutants.hidden import ran
from contract_tests.mutants.plain import triggers
from contract_tests.probes.triggers import Trigger
from contract_tests.targets.behaviour import Behaviour, conforming
from contract_tests.targets.changes import Change
from contract_tests.targets.drawn import drawn
from contract_tests.targets.edition import APIKLEY
from contract_tests.targets.faults.catalogue import faults
from contract_tests.targets.legal import legal

KINDS: Final = (
    *("a rule unchecked", "limits", "numbers", "choices", "codes", "styles", "bytes of answers", "stages", "records"),
    *("members of success", "members of refusals", "members of callbacks", "members of tracks", "identities"),
)
"""What faults are planted: what a run of a few tasks can meet."""
UNMET: Final = ("fail", "retr", "received", "giving up")
"""Words in the names of legal variants that show only with triggers, or where callbacks are not received."""
UNCHANGED: Final = 3
"""For so many changes, one run in which nothing has changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """A change of a server; `change` is None where there is none."""

    name: str
    change: Change | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was told of a change: the lines that moved, and those that were not looked at."""

    planted: Planted
    moved: Sequence[Compared]
    unseen: int
    took: float

    @property
    def is_right(self) -> bool:
        """Whether a change is told, and the server blamed; or nothing is told where nothing changed."""
        blamed = {each.who for each in self.moved}
        return blamed == {LIVE} if self.planted.change else not self.moved

    def __str__(self) -> str:
        told = ", ".join(each.line for each in self.moved[:3]) or "nothing moved"
        right = "right" if self.is_right else "WRONG"
        return f"{right}  {self.took:4.1f} s  {self.planted.name}: {told}; {self.unseen} not looked at"


def planted(number: int, seed: int) -> list[Planted]:
    """So many changes, half of them legal and half of them faults, and a third as often none."""
    chance = Random(seed)  # noqa: S311, no secret hangs on it
    variants = list(legal())[1:]  # in the first nothing is otherwise
    allowed = [each for each in variants if not any(word in each.name for word in UNMET)]
    wrong = [each for each in faults(APIKLEY) if each.kind in KINDS]
    legal_ones, faulty = chance.sample(allowed, number // 2), chance.sample(wrong, number - number // 2)
    changes = [
        *(Planted(name=each.name, change=each.change) for each in legal_ones),
        *(Planted(name=each.name, change=each.change) for each in faulty),
    ]
    return [*changes, *[Planted(name="no change")] * -(-number // UNCHANGED)]


def plain() -> Behaviour:
    """How a server behaves that conforms."""
    return conforming(APIKLEY)


def free(published: Published) -> list[Trigger]:
    """How a plain server is brought to codes that cost nothing."""
    return [each for each in triggers(published) if not each.of_callback]


class Watched:
    """A server of which a profile was learned in a folder with a budget, and which is looked at again with another, the
    same where none is given, both with triggers of free codes. `behaviour` says how the server behaves at first."""

    def __init__(
        self, folder: Path, budget: int, again: int | None = None, behaviour: Callable[[], Behaviour] = plain
    ) -> None:
        base = Published.read("apikley")
        text = learned(ran(behaviour(), base, budget, free(base)), base, folder).text
        self._file, self._base, self._behaviour = folder / "live.yaml", base, behaviour
        self._budget = budget if again is None else again
        self._file.write_text(text, "utf-8")
        self._kept = Kept(lines=kept_lines(text), unsayable=listed(text, UNSAYABLE), left=listed(text, LEFT))

    def told(self, planted: Planted) -> Told:
        """What drift tells of the server once it has changed."""
        started = time.monotonic()
        published = Published.read(str(self._file))
        behaviour = planted.change(self._behaviour()) if planted.change else self._behaviour()
        report = ran(behaviour, published, self._budget, free(published), knows=True)
        found = learned(report, published, self._file.parent)
        compared = list(Drift(self._kept, found, report, published, self._base))
        return Told(
            planted=planted,
            moved=[each for each in compared if each.outcome is Outcome.MOVED],
            unseen=sum(each.outcome is Outcome.UNSEEN for each in compared),
            took=time.monotonic() - started,
        )


def lines(
    changes: Sequence[Planted], budget: int, folder: Path, again: int | None = None
) -> Iterator[tuple[str, bool]]:
    """A line for each change, and whether it was told rightly."""
    watched = Watched(folder, budget, again)
    for each in changes:
        told = watched.told(each)
        yield str(told), told.is_right


def unchanged(seeds: range, budget: int, folder: Path, again: int | None = None) -> Iterator[tuple[str, bool]]:
    """A line for each drawn server in which nothing changes, and whether nothing was told."""
    for seed in seeds:
        watched = Watched(folder, budget, again, partial(_drawn, seed))
        told = watched.told(Planted(name=f"draw {seed}, no change"))
        yield str(told), told.is_right


def _drawn(seed: int) -> Behaviour:
    return drawn(seed).behaviour
