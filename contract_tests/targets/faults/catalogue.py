"""The catalogue of single faults of a server of one document."""

from collections.abc import Callable, Iterator
from typing import Final

from contract_tests.targets.changes import Fault
from contract_tests.targets.edition import Edition
from contract_tests.targets.faults.accepting import accepting
from contract_tests.targets.faults.answering import answering_faults
from contract_tests.targets.faults.calling import calling_faults
from contract_tests.targets.faults.reading import reading_faults
from contract_tests.targets.faults.refusing import refusing_faults
from contract_tests.targets.faults.tracking import tracking_faults

FAMILIES: Final[tuple[Callable[[Edition], Iterator[Fault]], ...]] = (
    accepting,
    refusing_faults,
    answering_faults,
    calling_faults,
    tracking_faults,
    reading_faults,
)


def faults(edition: Edition) -> Iterator[Fault]:
    """Every fault, each with a name of its own."""
    for family in FAMILIES:
        yield from family(edition)
