"""What an answer to a request of anybody has to be, as a probe that says so. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from contract_tests.documents.published import Published
from contract_tests.probes.near_misses import AT_ONCE
from contract_tests.probes.request import ACCEPTED, UNREADABLE, Expected, Probe, Reply, Track
from contract_tests.receiver.receiver import Arrival
from contract_tests.recording.broken_rules import NO_OBJECT, NOT_JSON, broken_rules, in_words, read_exactly
from contract_tests.recording.message import NOT_HANDED_ON, Message
from contract_tests.target.exchange import Exchange

VALID: Final = "extend.valid"
DISTURBED: Final = "delivery.retry"
"""The rule of a request whose callbacks the receiver did not take at first."""


@dataclass(slots=True)
class Known:
    """What is known of source tracks: those that were given, and of others what the server accepted. `longest` is the
    latest continueAt that it accepted, by audioId, model and who asked."""

    tracks: Sequence[Track] = ()
    longest: dict[tuple[str, str, tuple[bool, int]], Decimal] = field(default_factory=dict)

    def accepted(self, message: Message) -> None:
        """Remembers a request that the server accepted."""
        body = read_exactly(message.sent) or {}
        track = (str(body.get("audioId")), str(body.get("model")), message.account)
        at = body.get("continueAt")
        number = Decimal(at) if isinstance(at, int | Decimal) and not isinstance(at, bool) else Decimal(0)
        self.longest[track] = max(number, self.longest.get(track, Decimal(0)))

    def has(self, message: Message) -> bool:
        """Whether the account that asks has the source of its request, of that model and long enough."""
        body = read_exactly(message.sent) or {}
        id, model, at = body.get("audioId"), body.get("model"), body.get("continueAt", 0)
        given = (each for each in self.tracks if (each.id, each.model) == (id, model))
        return any(at < each.duration for each in given) or at <= self.longest.get(
            (str(id), str(model), message.account), -1
        )


def extends(message: Message, path: str) -> bool:
    """Whether a message is a request to extend a track, whose body is there."""
    asked = message.path.partition("?")[0] == path and message.method == "POST"
    handed_on = message.kind == "request" and not message.error.startswith(NOT_HANDED_ON)
    return asked and handed_on and "sent" not in message.left_out


def probe_of(message: Message, exchange: Exchange, published: Published, source: Known) -> tuple[Probe, str]:
    """What the answer to an extend request has to be, and why nobody can say, which is empty where somebody can."""
    terms = published.terms
    headers = {name.lower(): value for name, value in message.headers}
    says = f"request {message.number} of the recording"
    if "authorization" not in headers:
        return _probe(
            message, "extend.auth.missing", f"{says} has no Authorization", {terms.unauthorized}, key=None
        ), ""
    if not headers["authorization"].lower().startswith("bearer "):
        told = f"{says} has its key under another scheme"
        return _probe(message, "extend.auth.scheme", told, {terms.unauthorized}, key=None), ""
    broken = broken_rules(message.sent, headers.get("content-type", ""), published)
    if broken.surely:
        first = broken.surely[0]
        how = f": {words}" if (words := in_words(first, message.sent, published)) else ""
        several = f": {len(broken.surely)} {AT_ONCE}: {', '.join(broken.surely)}" if len(broken.surely) > 1 else how
        codes = {*UNREADABLE, terms.invalid} if first in (NO_OBJECT, NOT_JSON) else {terms.invalid}
        probe = _probe(message, first, f"{says} breaks {first}{several}", codes)
        return probe, _state(exchange, {terms.invalid, *codes, ACCEPTED_CODE}, terms.not_found)
    if broken.maybe:
        why = f"the documents leave it open: {', '.join(broken.maybe)}"
    elif not source.has(message):
        why = "the recording does not tell whether the server has its track"
    else:
        why = _state(exchange, {ACCEPTED_CODE, terms.invalid}, 0)
    return _probe(message, VALID, f"{says}, which breaks no rule", ACCEPTED.codes), why


def _state(exchange: Exchange, telling: set[int], beside: int) -> str:
    """Why a code says nothing about the request: it may be of the server's state, or of the track."""
    if exchange.code is None or exchange.code in telling:
        return ""
    return f"code {exchange.code} may be of the track" if exchange.code == beside else f"code {exchange.code}"


def _probe(message: Message, rule: str, says: str, codes: Iterable[int], key: str | None = "own") -> Probe:
    return Probe(
        id=f"{rule}: {says}",
        rule=rule,
        says=says,
        expected=Expected(codes=frozenset(codes)),
        body=message.sent,
        key=key,
    )


def replied(arrivals: Sequence[Arrival]) -> tuple[Reply, ...]:
    """What the receiver did with callbacks, as far as that says something: 200 alone is what receivers do."""
    replies = tuple(Reply(each.status) for each in arrivals)
    return replies if any(reply.status != ACCEPTED_CODE for reply in replies) else ()


ACCEPTED_CODE: Final = 200
