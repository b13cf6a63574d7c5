"""The catalogue of single faults of a server of one document."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from contract_tests.targets.changes import Change, Fault
from contract_tests.targets.edition import Edition
from contract_tests.targets.faults import accepting, answering, calling, reading, refusing, tracking

Row = tuple[str, str | tuple[str, ...], Change]
"""What a fault is called, patterns of the rules that name it, and what it changes."""
FAMILIES: Final[Mapping[str, Callable[[Edition], Iterator[Row]]]] = {
    **accepting.FAMILIES,
    **refusing.FAMILIES,
    **answering.FAMILIES,
    **calling.FAMILIES,
    **tracking.FAMILIES,
    **reading.FAMILIES,
}
"""By kind."""


def faults(edition: Edition) -> Iterator[Fault]:
    """Every fault, each with a name of its own."""
    for kind, family in FAMILIES.items():
        for name, rules, change in family(edition):
            breaks = (rules,) if isinstance(rules, str) else rules
            yield Fault(name=name, kind=kind, breaks=breaks, change=change, editions=(edition.name,))
