"""Rules that a target does not keep, by what may be one cause. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from contract_tests.reports.rows import Row
from contract_tests.verdicts.course import Finding
from contract_tests.verdicts.results import Result


class Cause(NamedTuple):
    """Rules that are broken at just the same requests, the one that was known first before the others."""

    rows: tuple[Row, ...]
    requests: int

    @property
    def smallest(self) -> Result:
        """The result with the smallest request."""
        return broken(self.rows[0])[0]

    @property
    def findings(self) -> list[Finding]:
        """What is wrong at that request, by all of the rules."""
        results = [self.smallest, *(each for row in self.rows for each in broken(row))]
        alike = [each for each in results if each.exchange is self.smallest.exchange]
        return list(dict.fromkeys(finding for each in alike for finding in each.findings))


def causes(found: Iterable[Row]) -> list[Cause]:
    """The broken rules of these rows by the requests at which they are broken; a rule without a request is alone."""
    by_requests: dict[frozenset[int] | str, list[Row]] = {}
    for row in found:
        numbers = frozenset(each.exchange.number for each in broken(row) if each.exchange)
        by_requests.setdefault(numbers if numbers - {0} else row.rule, []).append(row)
    return [
        Cause(tuple(rows), 0 if isinstance(requests, str) else len(requests)) for requests, rows in by_requests.items()
    ]


def broken(row: Row) -> Sequence[Result]:
    """The results that do not keep the rule of a row, the smallest request first."""
    found = [each for each in row.results if each.broken]
    return sorted(found, key=lambda each: len(each.exchange.sent) if each.exchange else 0)
