"""What a refusal tells of the open questions. Pure."""

from collections.abc import Callable, Mapping
from typing import Final

from contract_tests.documents.terms import Terms
from contract_tests.probes.request import UNKNOWN_AUDIO, Probe
from contract_tests.target.exchange import Exchange


def _refusal_status(probe: Probe, exchange: Exchange, terms: Terms) -> str | None:
    if exchange.code in (None, terms.failed, *terms.http):
        return None
    return {200: "envelope", exchange.code: "mirror"}.get(exchange.status)


def _server_error_status(probe: Probe, exchange: Exchange, terms: Terms) -> str | None:
    if exchange.code != terms.failed or terms.failed in terms.http:
        return None
    return {200: "envelope", 500: "http_500"}.get(exchange.status)


def _unknown_audio(probe: Probe, exchange: Exchange, terms: Terms) -> str | None:
    """Which code refuses an audioId that no target has and nothing else; None for other requests."""
    if UNKNOWN_AUDIO.encode() not in probe.body:
        return None
    return {terms.not_found: "not_found", terms.invalid: "invalid"}.get(exchange.code or 0)


def _error_data(probe: Probe, exchange: Exchange, terms: Terms) -> str | None:
    if exchange.code is None or exchange.record is not None:
        return None
    return "null" if "data" in exchange.envelope else "absent"


def _content_type(probe: Probe, exchange: Exchange, terms: Terms) -> str | None:
    if exchange.code is None:
        return None
    return "charset" if "charset" in exchange.content_type else "plain"


OF_REFUSALS: Final[Mapping[str, Callable[[Probe, Exchange, Terms], str | None]]] = {
    "refusal_status": _refusal_status,
    "server_error_status": _server_error_status,
    "unknown_audio": _unknown_audio,
    "error_data": _error_data,
    "content_type": _content_type,
}
OF_CAUSES: Final = ("unknown_audio",)
"""Of these, those that ask for what a request is refused, and not in what form."""
