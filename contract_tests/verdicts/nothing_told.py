"""Why a run tells nothing of the API: it was none, it knew no track, or no rule was tried. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from contract_tests.documents.counted import counted
from contract_tests.documents.terms import DOCUMENTED, Terms
from contract_tests.target.exchange import TOO_SLOW, Exchange
from contract_tests.verdicts.results import Result, Verdict

OTHER_ADDRESS: Final[Mapping[bool, str]] = {
    False: "give as --base-url what stands before {extend}",
    True: "record what passes by the API: give `suno-contract proxy` as --to what stands before {extend}",
}
"""What else to give, by whether the traffic was recorded."""
OTHER_TRACK: Final[Mapping[bool, str]] = {
    False: "give the --audio-id of a track that this key has",
    True: "record a client that extends a track which its key has",
}


def why_nothing(results: Sequence[Result], terms: Terms = DOCUMENTED, *, recorded: bool = False) -> str:
    """What to give another time; empty where the results tell something of the target, and where there is none.
    `recorded` says that they are of traffic that somebody else sent."""
    other = OTHER_ADDRESS[recorded].format(extend=terms.extend)
    tried = [result for result in results if result.verdict is not Verdict.NOT_TRIED]
    if not tried:
        return f"no rule was tried: {results[0].why}." if results else ""
    exchanges = [result.exchange for result in tried if result.exchange]
    return _no_api(exchanges, other) or _no_track(tried, terms, f"{OTHER_TRACK[recorded]}, and {other}")


def _no_api(exchanges: Sequence[Exchange], other: str) -> str:
    """A wrong address is no violation."""
    if not exchanges or any(each.code is not None for each in exchanges):
        return ""
    first = exchanges[0]
    came = first.error or f"HTTP {first.status} {first.content_type} {first.body[:60].decode(errors='replace')!r}"
    if all(TOO_SLOW in each.error for each in exchanges):
        return f"none of {counted(len(exchanges), 'request')} was answered in time. The first: {came}."
    return (
        f"this is not the API: {counted(len(exchanges), 'request')}, and no answer was JSON with a code. "
        f"The first was {came}. {other[0].upper()}{other[1:]}."
    )


def _no_track(tried: Sequence[Result], terms: Terms, other: str) -> str:
    """A target that does not know its source track refuses everything for that."""
    unknown = [result for result in tried if _unknown_track(result, terms.not_found)]
    if not unknown or any(result.exchange and result.exchange.code == 200 for result in tried):
        return ""
    return (
        f"the target accepted nothing, and answered {terms.not_found} where only its track can be unknown, "
        f"{counted(len(unknown), 'time')}: {other}."
    )


def _unknown_track(result: Result, not_found: int) -> bool:
    """Whether a 404 came although the probe gives no cause for it."""
    if result.probe is None or result.exchange is None or not result.broken:
        return False
    return not_found in (result.exchange.status, result.exchange.code) and not_found not in result.probe.expected.codes
