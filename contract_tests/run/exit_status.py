"""The exit status of a run, or what the user has to give where nothing was found out. Pure."""

from collections.abc import Sequence

from contract_tests.documents.terms import DOCUMENTED, Terms
from contract_tests.reports.rows import Row
from contract_tests.run.inputs import CannotRun
from contract_tests.verdicts.nothing_told import why_nothing
from contract_tests.verdicts.results import Verdict


def status(found: Sequence[Row], *, strict: bool = False, terms: Terms = DOCUMENTED) -> int:
    """0 where the target conforms, 1 where it violates a rule; where deviations count, too, 1 for any of them.

    Raises CannotRun where no rule was tried, where nothing looked like the API, and where the target does not know the
    source track.
    """
    results = [result for row in found for result in row.results]
    if why := why_nothing(results, terms):
        raise CannotRun(why)
    return broken(found, strict=strict)


def broken(found: Sequence[Row], *, strict: bool = False) -> int:
    """1 where a rule is violated, or where deviations count and there is one; else 0."""
    counts = (Verdict.VIOLATED, Verdict.DEVIATED) if strict else (Verdict.VIOLATED,)
    return int(any(row.verdict in counts for row in found))
