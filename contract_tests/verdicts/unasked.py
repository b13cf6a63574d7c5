"""Finds callbacks that nobody asked for: after a refusal, at another URL, or too many to keep. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from contract_tests.receiver.receiver import KEPT_BYTES, Arrival
from contract_tests.verdicts.course import Finding, finding

SHOWN: Final = 5
"""Callbacks to another URL that are told of."""


def silence_findings(arrivals: Sequence[Arrival]) -> Iterator[Finding]:
    """A refusal calls nobody back. `arrivals` are those at the URL of a refused request."""
    for arrival in arrivals[:1]:
        got = arrival.body[:200].decode(errors="replace")
        yield finding("refusal.callback", "no callback after a refusal", got)


def stray_findings(strays: Sequence[Arrival]) -> Iterator[Finding]:
    """Callbacks come to the URL that the request names. `strays` are those that came elsewhere."""
    if strays:
        got = ", ".join(f"{each.method} {each.target}" for each in strays[:SHOWN])
        yield finding("callback.url", "the callBackUrl to the letter", got)


def size_findings(forgotten: int) -> Iterator[Finding]:
    """All callbacks together are small enough to be kept. `forgotten` is how many were not kept."""
    if forgotten:
        got = f"{forgotten} more, which were not judged"
        yield finding("callback.size", f"at most {KEPT_BYTES} bytes of callbacks", got)
