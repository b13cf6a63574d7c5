"""Requests that break several rules at once: which of them a server tells first shows the order of its checks. Pure.

Each is made of faults that the server has refused alone, so that none of them can start a task.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from contract_tests.probes.near_misses import AT_ONCE, WITH
from contract_tests.probes.request import GONE, Probe, Requests, probe
from contract_tests.probes.search import KNOWN

ORDER: Final = "order: "
"""What the id of each begins with; behind it stand the rules that it breaks."""
BETWEEN: Final = ", "
OWN_KEY: Final = "own"
WHOLE: Final = "extend.body."
"""What rules begin with that are about no single field."""
DEPENDING: Final[Mapping[str, tuple[str, ...]]] = {
    "defaultParamFlag": ("custom", "empty", "length", "required", "start", "end", "exact"),
    "model": ("length", "source"),
    "audioId": ("source", "end", "exact"),
}
"""By field: last parts of rules that may not hold where the field itself is wrong."""
KINDS: Final = ("required", "custom", "type", "enum", "minimum", "maximum", "multipleOf", "length", "format", "start")
"""Last parts of rules in the order in which most servers look at them: what is in order takes few requests."""


Refused = tuple[Probe, int | None, object]
"""A probe, and the code and the words of what was answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One broken rule: how a request breaks it, and what the server says of that alone."""

    rule: str
    changes: Mapping[str, Any]
    msg: str

    @property
    def kind(self) -> int:
        """The place of its kind."""
        last = self.rule.rpartition(".")[2]
        return KINDS.index(last) if last in KINDS else len(KINDS)

    def goes_with(self, other: "Fault") -> bool:
        """Whether one request can break both."""
        apart = not self.changes.keys() & other.changes.keys()
        return apart and not self._hangs_on(other) and not other._hangs_on(self)

    def _hangs_on(self, other: "Fault") -> bool:
        last = self.rule.rpartition(".")[2]
        return any(last in DEPENDING.get(field, ()) for field in other.changes)


class ToldFirst(Requests):
    """Makes the requests about the first track."""

    def faults(self, refused: Iterable[Refused]) -> list[Fault]:
        """A fault for each rule of which a request was refused that does one thing otherwise than the documented."""
        found: dict[str, Fault] = {}
        for sent, code, msg in refused:
            if code == self.published.terms.invalid and isinstance(msg, str):
                changes = self._changes(sent)
                if len(changes) == 1 and sent.rule not in found:
                    found[sent.rule] = Fault(rule=sent.rule, changes=changes, msg=msg)
        return [*found.values()]

    def breaking(self, faults: Sequence[Fault]) -> Probe:
        """The request that breaks the rules of these faults. Like those of a search it is sent as long as none of these
        has started a task, whatever else the target accepts."""
        names = BETWEEN.join(each.rule for each in faults)
        changes = {name: value for each in faults for name, value in each.changes.items()}
        says = f"{len(faults)} {AT_ONCE}, each of which was refused"
        made = probe(KNOWN, says, self.request(changes), self.refused, harmless=True)
        return replace(made, id=f"{ORDER}{names}")

    def _changes(self, sent: Probe) -> Mapping[str, Any]:
        """In what a request differs from the documented one; nothing where that is not all that is wrong with it."""
        if (
            sent.rule.startswith(WHOLE)
            or sent.key != OWN_KEY
            or sent.headers
            or sent.path
            or AT_ONCE in sent.says
            or WITH in sent.says
        ):
            return {}
        try:
            own = json.loads(sent.body)
        except ValueError:
            return {}
        if not isinstance(own, dict) or (sent.rule == KNOWN and not own.get("audioId")):
            return {}  # an empty audioId may be told as one that is missing
        plain = self.request({})
        return {name: own.get(name, GONE) for name in {**plain, **own} if own.get(name, GONE) != plain.get(name, GONE)}


def distinct(faults: Iterable[Fault]) -> list[Fault]:
    """Those that are told in words of their own, or are the first with theirs."""
    by_words: dict[str, Fault] = {}
    for each in faults:
        by_words.setdefault(each.msg, each)
    return [*by_words.values()]


def together(faults: Iterable[Fault]) -> list[Fault]:
    """The first of them, and of the others in their order each that goes with those before it."""
    found: list[Fault] = []
    for each in faults:
        if all(each.goes_with(other) for other in found):
            found.append(each)
    return found


def layers(faults: Iterable[Fault]) -> Iterator[list[Fault]]:
    """The faults in lists of which each can be broken by one request. Faults of one kind, which most servers look at
    together, stand in one list."""
    left = sorted(faults, key=lambda each: each.kind)
    while left:
        layer = together(each for each in left if each.kind == left[0].kind)
        yield layer
        left = [each for each in left if each not in layer]
