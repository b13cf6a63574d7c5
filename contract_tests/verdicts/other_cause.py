"""Refusals that have another cause than what was tried: a target that refuses valid requests for a model by the same
code and with the same words, since a limit of its own is lower than the document's, refuses them for that. Pure."""

from collections.abc import Iterable

from contract_tests.documents.any_json import parsed
from contract_tests.probes.request import ACCEPTED, Expected
from contract_tests.target.exchange import Exchange

Cause = tuple[str, int | None, str]
"""The model that was asked for, and the code and the words of the refusal."""


def causes(answers: Iterable[tuple[Expected, Exchange]]) -> frozenset[Cause]:
    """How valid requests were refused, of answers each with what was expected."""
    return frozenset(
        cause(exchange)
        for expected, exchange in answers
        if expected.codes == ACCEPTED.codes and exchange.code not in (None, *ACCEPTED.codes)
    )


def cause(exchange: Exchange) -> Cause:
    """What may be the cause of a refusal."""
    sent = parsed(exchange.sent)
    return f"{sent.get('model') if isinstance(sent, dict) else None}", exchange.code, f"{exchange.msg}"


def worded(exchange: Exchange) -> str:
    """Why a refusal tells nothing of what was tried."""
    model, code, words = cause(exchange)
    return f"valid requests for {model} are refused likewise, by {code} and {words[:80]!r}"
