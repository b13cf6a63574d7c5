"""Runs the harness with one profile against the mock playing another, and tells what it names of their differences."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Final

from contract_tests.documents.files import profiles
from contract_tests.documents.published import Published
from contract_tests.probes.plan import Plan
from contract_tests.probes.triggers import mock_triggers
from contract_tests.receiver.receiver import Receiver
from contract_tests.run.run import Run
from contract_tests.target.mock import BAD_KEY, KEY, mock, mock_tracks
from contract_tests.target.target import Limits, Target
from contract_tests.verdicts.results import Result, Verdict

PATIENCE: Final = 10.0
"""Seconds in which the mock's last callback comes, on a busy machine, too."""
TIMED: Final = ("answer.soon", "callback.early", "callback.order")
"""Rules that a busy machine breaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """What a run with the profile `judging` names of a server that plays `playing`. `read` has the reading that was
    seen of each question that the two take otherwise, `unseen` those of which the run shows no other reading."""

    judging: str
    playing: str
    violated: tuple[str, ...]
    deviated: tuple[str, ...]
    read: tuple[tuple[str, str], ...]
    unseen: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """The difference as lines of a table."""
        pair = f"{self.judging} against {self.playing}"
        yield f"{pair} | violated | {', '.join(self.violated) or 'none'}"
        yield f"{pair} | deviated | {', '.join(self.deviated) or 'none'}"
        yield f"{pair} | read otherwise | {', '.join(f'{name}={how}' for name, how in self.read) or 'none'}"
        yield f"{pair} | not observable | {', '.join(self.unseen) or 'none'}"


def differences(judging: str, playing: str) -> Differences:
    """Runs the harness once. It is given the source tracks and the triggers that both profiles have."""
    own, other = Published.read(judging), Published.read(playing)
    common = mock_tracks(other)
    plan = Plan(
        published=own,
        tracks=tuple(track for track in mock_tracks(own) if track in common),
        triggers=tuple(each for each in mock_triggers(own) if each.code in other.failures),
        operations=tuple(each.name for each in own.operations if each.name in {one.name for one in other.operations}),
        callback_timeout=PATIENCE,
    )
    with mock(playing) as url, Receiver() as receiver:
        target = Target(url, {"own": KEY, "bad": BAD_KEY}, Limits(), io.StringIO(), terms=own.terms)
        results = Run(plan, target, receiver).results()
        target.close()
    return told(own, other, results)


def told(own: Published, other: Published, results: Sequence[Result]) -> Differences:
    """What results tell of the differences of two profiles."""
    questions = [name for name, pick in own.picks.items() if other.picks[name] != pick]
    seen = {each.rule: each.why for each in results if each.verdict is Verdict.OBSERVED}
    return Differences(
        judging=own.profile,
        playing=other.profile,
        violated=_rules(results, Verdict.VIOLATED),
        deviated=_rules(results, Verdict.DEVIATED),
        read=tuple((name, seen[name]) for name in questions if name in seen and seen[name] != own.picks[name]),
        unseen=tuple(name for name in questions if seen.get(name, own.picks[name]) == own.picks[name]),
    )


def _rules(results: Sequence[Result], verdict: Verdict) -> tuple[str, ...]:
    return tuple(sorted({each.rule for each in results if each.verdict is verdict} - {*TIMED}))


def main() -> None:
    """Prints the table of all pairs, as `tests/contract_tests/mutants/profiles.txt` keeps it."""
    for judging, playing in permutations(profiles(), 2):
        for line in differences(judging, playing).lines():
            print(line, flush=True)


if __name__ == "__main__":
    main()
