"""Sends the probes of a run, and says why one was not sent."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from contract_tests.probes.plan import Plan
from contract_tests.probes.request import UNKNOWN_AUDIO, Probe
from contract_tests.target.exchange import Exchange
from contract_tests.target.not_sent import Busy, NotSent, Spent
from contract_tests.target.side_by_side import side_by_side
from contract_tests.target.target import Target
from contract_tests.verdicts.answers import surprises

KNOWN: Final = "extend.audioId.known"
NOBODYS: Final = (
    "sent about a track that nobody has, so that no task starts, it is refused for the track, which tells nothing"
)

Addressed = tuple[str, Probe]
"""The URL that a probe's callbacks go to, and the probe."""


class Sender:
    """Sends the probes of a plan to a target.

    Where the budget has no room for a request that must be refused, because the server may accept it, the same is sent
    about a track of nobody, once the target has refused that alone: whatever else it accepts, no task can come of it.
    """

    def __init__(self, plan: Plan, target: Target) -> None:
        self._plan = plan
        self._target = target
        self.nobody: Exchange | None = None
        self._again: Exchange | None = None
        self.first_answers: dict[str, Exchange] = {}

    def sent(self, group: Sequence[Addressed]) -> list[Exchange | str]:
        """The answers to probes that are sent at the same time. For a probe that was not tried: why not."""
        if len(group) == 1:
            return [self._sent(*group[0])]
        return side_by_side([partial(self._sent, *each) for each in group])

    def _sent(self, url: str, probe: Probe) -> Exchange | str:
        if probe.nearly_a_key and not self._plan.bad_key:
            return "no --bad-key: only a key that the target must refuse tells"
        try:
            exchange = self._target.send(probe, url)
        except Spent as reason:
            return self._about_nobody(url, probe, str(reason))
        except Busy as reason:
            return reason.exchange or str(reason)
        except NotSent as reason:
            return str(reason)
        if probe.rule == KNOWN and UNKNOWN_AUDIO.encode() in probe.body:
            self.nobody = exchange if exchange.code in probe.expected.codes and not exchange.tasks else None
        return self._once_more(url, probe, exchange) if surprises(probe, exchange, self._target.terms) else exchange

    def _once_more(self, url: str, probe: Probe, exchange: Exchange) -> Exchange:
        """The answer that is judged where the first was not due: to the same request again, where that is as it should
        be. `first_answers` then keeps the other, which nobody who asks once would know of."""
        try:
            again = self._target.send(replace(probe, id=f"{probe.id}, once more"), url)
        except NotSent:
            return exchange
        if again.code not in probe.expected.codes:
            return exchange
        self.first_answers[url] = exchange
        return again

    def _about_nobody(self, url: str, probe: Probe, reason: str) -> Exchange | str:
        """The answer to a request about a track of nobody, or why it tells nothing of the probe."""
        other = probe.about_nobody(self._plan.tracks)
        if probe.cost or other is None or self.nobody is None:
            return reason
        self._again = self._again or self.harmless(url, _nothing_else(self._plan))
        exchange = self.harmless(url, other)
        if exchange is None or exchange.tasks:
            return exchange or reason
        if (
            self.nobody is not None
            and self._again is not None
            and _tells(exchange, self.nobody, self._again, self._target.terms.invalid)
        ):
            return exchange
        return f"{reason}; {NOBODYS}"

    def harmless(self, url: str, probe: Probe) -> Exchange | None:
        """The answer to a request about a track of nobody, as long as none of these has started a task."""
        if self.nobody is None:
            return None
        try:
            exchange = self._target.send(probe, url)
        except NotSent:
            return None
        if exchange.tasks:
            self.nobody = None
        return exchange


def _tells(exchange: Exchange, nobody: Exchange, again: Exchange, invalid: int) -> bool:
    """Whether an answer is another than a track of nobody causes alone: by its code, or by a message where that
    does not change from request to request."""
    if exchange.code != nobody.code:
        return exchange.code is not None
    return exchange.code == invalid and nobody.msg == again.msg != exchange.msg


def _nothing_else(plan: Plan) -> Probe:
    """The documented request about a track of nobody, once more."""
    known = next(probe for probe in replace(plan, only=KNOWN).probes() if UNKNOWN_AUDIO.encode() in probe.body)
    return replace(known, id=f"{known.id}, again", harmless=True)
