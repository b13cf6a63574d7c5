"""Why a run tells nothing of the API: it was none, it knew no track, or no rule was tried. Pure."""

from collections.abc import Iterable, Mapping
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


def why_nothing(results: Iterable[Result], terms: Terms = DOCUMENTED) -> str:
    """What to give another time; empty where the results tell something of the target, and where there is none."""
    told = Told(terms)
    for each in results:
        told.add(each)
    return told.nothing()


class Told:
    """What results tell of a target at all, one after the other. `recorded` says that they are of traffic that somebody
    else sent."""

    def __init__(self, terms: Terms = DOCUMENTED, *, recorded: bool = False) -> None:
        self._terms = terms
        self._address = OTHER_ADDRESS[recorded].format(extend=terms.extend)
        self._track = f"{OTHER_TRACK[recorded]}, and {self._address}"
        self._why: str | None = None
        self._first: Exchange | None = None
        self._asked = set[tuple[int, float]]()  # a request has several results
        self._slow = True
        self._tried = self._coded = self._unknown = self._accepted = 0

    def add(self, result: Result) -> None:
        if self._why is None:
            self._why = result.why
        if result.verdict is Verdict.NOT_TRIED:
            return
        self._tried += 1
        self._unknown += _unknown_track(result, self._terms.not_found)
        if (exchange := result.exchange) is not None:
            self._first = self._first or exchange
            self._coded += exchange.code is not None
            self._accepted += exchange.code == ACCEPTED
            self._slow = self._slow and TOO_SLOW in exchange.error
            if not self._coded:
                self._asked.add((exchange.number, exchange.started))

    def nothing(self) -> str:
        """Why they tell nothing; empty where they do."""
        if not self._tried:
            return f"no rule was tried: {self._why}." if self._why is not None else ""
        return self._no_api() or self._no_track()

    def _no_api(self) -> str:
        """A wrong address is no violation."""
        if self._first is None or self._coded:
            return ""
        first, requests = self._first, counted(len(self._asked), "request")
        came = first.error or f"HTTP {first.status} {first.content_type} {first.body[:60].decode(errors='replace')!r}"
        if self._slow:
            return f"none of {requests} was answered in time. The first: {came}."
        return (
            f"this is not the API: {requests}, and no answer was JSON with a code. "
            f"The first was {came}. {self._address[0].upper()}{self._address[1:]}."
        )

    def _no_track(self) -> str:
        """A target that does not know its source track refuses everything for that."""
        if not self._unknown or self._accepted:
            return ""
        return (
            f"the target accepted nothing, and answered {self._terms.not_found} where only its track can be unknown, "
            f"{counted(self._unknown, 'time')}: {self._track}."
        )


def _unknown_track(result: Result, not_found: int) -> bool:
    """Whether a 404 came although the probe gives no cause for it."""
    if result.probe is None or result.exchange is None or not result.broken:
        return False
    return not_found in (result.exchange.status, result.exchange.code) and not_found not in result.probe.expected.codes


ACCEPTED: Final = 200
