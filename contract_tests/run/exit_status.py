"""The exit status of a run, or what the user has to give where nothing was found out. Pure."""

from collections.abc import Sequence

from contract_tests.documents.terms import DOCUMENTED, Terms
from contract_tests.reports.rows import Row
from contract_tests.run.inputs import CannotRun
from contract_tests.target.exchange import Exchange
from contract_tests.verdicts.results import Result, Verdict


def status(found: Sequence[Row], *, strict: bool = False, terms: Terms = DOCUMENTED) -> int:
    """0 where the target conforms, 1 where it violates a rule; where deviations count, too, 1 for any of them.

    Raises CannotRun where no rule was tried, where nothing looked like the API, and where the target does not know the
    source track.
    """
    results = [result for row in found for result in row.results]
    tried = [result for result in results if result.verdict is not Verdict.NOT_TRIED]
    if not tried:
        raise CannotRun(f"no rule was tried: {results[0].why}.")
    _check_api([result.exchange for result in tried if result.exchange])
    unknown = [result for result in tried if _unknown_track(result, terms.not_found)]
    if unknown and not any(result.exchange and result.exchange.code == 200 for result in tried):
        raise CannotRun(
            f"the target accepted nothing, and answered {terms.not_found} where only its track can be unknown, "
            f"{len(unknown)} times: "
            "give the --audio-id of a track that this key has, and as --base-url what stands before /api/v1."
        )
    return int(any(result.broken if strict else result.verdict is Verdict.VIOLATED for result in tried))


def _check_api(exchanges: Sequence[Exchange]) -> None:
    """Raises CannotRun where no answer at all looked like one of the API: a wrong address is no violation."""
    if exchanges and all(each.code is None for each in exchanges):
        first = exchanges[0]
        came = first.error or f"HTTP {first.status} {first.content_type} {first.body[:60].decode(errors='replace')!r}"
        raise CannotRun(
            f"this is not the API: {len(exchanges)} requests, and no answer was JSON with a code. "
            f"The first was {came}. "
            "Give as --base-url what stands before /api/v1."
        )


def _unknown_track(result: Result, not_found: int) -> bool:
    """Whether a 404 came although the probe gives no cause for it."""
    if result.probe is None or result.exchange is None or not result.broken:
        return False
    return not_found in (result.exchange.status, result.exchange.code) and not_found not in result.probe.expected.codes
