"""The rows of more results than can be kept. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from contract_tests.reports.rows import WORST, Row
from contract_tests.verdicts.results import Result, Verdict

MOST: Final = 100
"""Results of one rule with one verdict that are kept: those that stand first."""

Place = tuple[int, int]
"""Where a result stands among all: those of one kind behind each other, by the number of the request."""


@dataclass(slots=True)
class _Rule:
    """What is known of one rule."""

    begins: tuple[Place, int]
    kept: dict[Verdict, list[tuple[Place, int, Result]]] = field(default_factory=dict)
    came: Counter[Verdict] = field(default_factory=Counter)


class Tally:
    """Takes results in any order, and keeps the first `most` of each rule and verdict; None for all."""

    def __init__(self, most: int | None = MOST) -> None:
        self._most = most
        self._rules: dict[str, _Rule] = {}
        self._number = 0

    def add(self, place: Place, result: Result) -> None:
        self._number += 1
        rule = self._rules.setdefault(result.rule, _Rule((place, self._number)))
        rule.begins = min(rule.begins, (place, self._number))
        rule.came[result.verdict] += 1
        kept = rule.kept.setdefault(result.verdict, [])
        kept.append((place, self._number, result))
        if self._most is not None and len(kept) > 2 * self._most:
            kept.sort(key=_place)
            del kept[self._most :]

    def broken(self) -> set[int]:
        """The numbers of the requests at which kept results break a rule."""
        kept = (result for rule in self._rules.values() for each in rule.kept.values() for _, _, result in each)
        return {each.exchange.number for each in kept if each.broken and each.exchange}

    def rows(self) -> Iterator[Row]:
        """The rules in the order in which they come up first."""
        for name, rule in sorted(self._rules.items(), key=lambda each: each[1].begins):
            first = [entry for kept in rule.kept.values() for entry in sorted(kept, key=_place)[: self._most]]
            results = tuple(result for _, _, result in sorted(first, key=_place))
            more = rule.came - Counter(each.verdict for each in results)
            yield Row(rule=name, verdict=min(rule.came, key=WORST.index), results=results, more=dict(more))


def _place(entry: tuple[Place, int, Result]) -> tuple[Place, int]:
    return entry[:2]
