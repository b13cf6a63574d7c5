"""Finds in which order a server checks a request, by requests that break several rules and start no task."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from contract_tests.probes.plan import Plan
from contract_tests.probes.request import Probe
from contract_tests.probes.told_first import Fault, ToldFirst, distinct, layers, together
from contract_tests.run.searching import search
from contract_tests.target.exchange import Exchange

Ask = Callable[[Probe], Exchange | None]


class Ordering:
    """Asks until the order of all faults is known that can come together, as far as it shows. `ask` sends a probe; it
    returns None where that is not sent, and nothing more is asked then. What was answered is in the journal."""

    def __init__(self, plan: Plan, ask: Ask) -> None:
        self._requests = ToldFirst(plan.published, plan.tracks)
        self._ask = ask
        self._ended = False
        self._behind: dict[str, set[str]] = defaultdict(set)

    def find(self, refused: Iterable[tuple[Probe, Exchange]]) -> None:
        """Of faults of which the target refused each alone. Where all have the same words, one request shows at least
        whether these are told once."""
        every, known = self._requests.faults((probe, each.code, each.msg) for probe, each in refused), list[Fault]()
        telling = distinct(every)
        if len(telling) < len(every) and len(telling) == 1:
            self._told(together(every))
            return
        for layer in layers(telling):
            known = self._merged(known, self._sorted(layer))
        for each in known:
            while (left := self._unknown(each, known)) and not self._ended:
                self._told(together([each, *left]))

    def _unknown(self, one: Fault, faults: Sequence[Fault]) -> list[Fault]:
        """The faults that can come together with one, and of which nothing that was told shows which comes first."""
        return [
            each
            for each in faults
            if each.goes_with(one)
            and not self._is_before(one.rule, each.rule)
            and not self._is_before(each.rule, one.rule)
        ]

    def _sorted(self, faults: Sequence[Fault]) -> list[Fault]:
        """Faults that all go with each other, that first which is told first."""
        left, found = [*faults], list[Fault]()
        while len(left) > 1 and (first := self._told(left)) is not None:
            found.append(first)
            left.remove(first)
        return [*found, *left]

    def _merged(self, one: Sequence[Fault], two: Sequence[Fault]) -> list[Fault]:
        """Both orders as one; mostly all of one is told before all of the other."""
        if self._all_before(one, two):
            return [*one, *two]
        if self._all_before(two, one):
            return [*two, *one]
        left, right, found = [*one], [*two], list[Fault]()
        while left and right and not self._ended:
            first, *others = together([left[0], *right])
            told = self._told([first, *others]) if others else first
            if told is None or told is first:
                found.append(left.pop(0))
            else:
                upto = right.index(told) + 1
                found += right[:upto]
                right = right[upto:]
        return [*found, *left, *right]

    def _all_before(self, one: Sequence[Fault], two: Sequence[Fault]) -> bool:
        """Whether the last of one order is told before the first of the other; False where no request shows it."""
        if not one or not two:
            return True
        last, *others = together([one[-1], *two])
        return others[:1] == [two[0]] and self._told([last, *others]) is last

    def _told(self, faults: Sequence[Fault]) -> Fault | None:
        """Which of the faults of one request the target tells."""
        exchange = None if self._ended else self._ask(self._requests.breaking(faults))
        told = None if exchange is None else next((each for each in faults if each.msg == exchange.msg), None)
        self._ended = told is None or exchange is None or bool(exchange.tasks)
        if told is not None:
            self._behind[told.rule] |= {each.rule for each in faults if each is not told}
        return told

    def _is_before(self, one: str, two: str) -> bool:
        """Whether it follows from what was told that a rule comes before another."""
        known, due = {one}, [one]
        while due:
            new = self._behind[due.pop()] - known
            known |= new
            due += new
        return two in known


def search_all(plan: Plan, ask: Ask, refused: Iterable[tuple[Probe, Exchange]]) -> None:
    """Looks for limits and models that the documents do not have, then for the order, where the plan says so; `refused`
    are probes."""
    if plan.searches:
        search(plan, ask)
        Ordering(plan, ask).find(refused)
