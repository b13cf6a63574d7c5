"""Sends the cases to a user's own receiver and judges its answers."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from typing import Final

from contract_tests.probes.request import ACCEPTED, Probe
from contract_tests.target.exchange import NOT_SENT, Exchange
from contract_tests.target.keys import Keys
from contract_tests.target.side_by_side import side_by_side
from contract_tests.target.wire import Wire
from contract_tests.verdicts.course import Finding, notation, text_of
from contract_tests.verdicts.results import Result, Verdict
from contract_tests.your_receiver.bodies import FORMS, Bodies, Callback
from contract_tests.your_receiver.cases import Case, Lane

Sent = tuple[Callback, Exchange]
SHOWN: Final = 80
"""Characters of an answer that a report shows."""
SILENCES: Final = 3
"""Callbacks in a row without an answer after which no more are sent."""


class Nobody(Exception):
    """Nobody listens at the URL of the receiver."""


class Caller:
    """Sends callbacks to one URL, from any thread. `timeout` is in seconds and for the whole answer."""

    def __init__(self, url: str, timeout: float) -> None:
        self.timeout = timeout
        self.sent = 0
        # One connection each: a receiver may close one that is kept just as the next callback goes out.
        self._wire = Wire(url, Keys({}), keeps=False)
        self._one = threading.Lock()
        self._silences = 0

    def close(self) -> None:
        self._wire.close()

    @property
    def silent(self) -> bool:
        """Whether the receiver has left the last callbacks without an answer."""
        return self._silences >= SILENCES

    def call(self, body: bytes, content_type: str) -> Exchange:
        """One callback and its answer, or why there is none."""
        exchange = self._wire.send("POST", "", {"Content-Type": content_type}, None, body, self.timeout)
        with self._one:
            self.sent += 1
            self._silences = self._silences + 1 if exchange.error else 0
        return exchange


Told = Callable[[list[Result]], object]


def received(url: str, cases: Sequence[Case], bodies: Bodies, timeout: float, told: Told) -> list[Result]:
    """One result per callback that was sent, one per case that was not. `told` gets those of each case as it ends.

    `timeout` in seconds for every answer. Raises Nobody when the first callback finds no listener.
    """
    found: list[Result] = []
    with closing(Caller(url, timeout)) as caller:
        for case in cases:
            results = [_left_out(case)] if caller.silent else _tried(caller, case, bodies)
            told(results)
            found += results
    return found


def _tried(caller: Caller, case: Case, bodies: Bodies) -> list[Result]:
    first = caller.sent == 0
    lanes = side_by_side([partial(_sent, caller, bodies, case, lane) for lane in case.lanes])
    sent = sorted((each for lane in lanes for each in lane), key=lambda each: each[1].started)
    if first and sent[0][1].error.startswith(NOT_SENT):
        raise Nobody(sent[0][1].error)
    return list(judged(case, sent, caller.timeout))


def _left_out(case: Case) -> Result:
    why = f"the receiver left {SILENCES} callbacks in a row without an answer"
    return Result(rule=case.id, probe=_probe(case), verdict=Verdict.NOT_TRIED, why=why)


def _sent(caller: Caller, bodies: Bodies, case: Case, lane: Lane) -> list[Sent]:
    """Sends the callbacks of a lane, one after another, for as long as the receiver answers."""
    sent: list[Sent] = []
    for callback in lane:
        if caller.silent:
            break
        exchange = caller.call(bodies.body(case.id, callback), FORMS[callback.form].content_type)
        sent.append((callback, exchange))
    return sent


def judged(case: Case, sent: Sequence[Sent], timeout: float) -> Iterator[Result]:
    """What is wrong with the answers to the callbacks of a case, in the order in which they were sent. Pure."""
    before: dict[bytes, Exchange] = {}
    for callback, exchange in sent:
        findings = [*_refused(case, exchange, timeout)]
        if (first := before.setdefault(exchange.sent, exchange)) is not exchange and not (
            first.error or exchange.error
        ):
            findings += _changed(case, first, exchange)
        verdict = Verdict.VIOLATED if findings else Verdict.PASSED
        probe = _probe(case, callback)
        yield Result(rule=case.id, verdict=verdict, probe=probe, findings=tuple(findings), exchange=exchange)


def _refused(case: Case, exchange: Exchange, timeout: float) -> Iterator[Finding]:
    if exchange.error or exchange.status != 200:
        expected = f"HTTP 200 within {timeout:g} s"
        yield Finding(rule=case.id, expected=expected, got=text_of(exchange.error) or _answer(exchange))


def _changed(case: Case, first: Exchange, again: Exchange) -> Iterator[Finding]:
    if (first.status, first.body) != (again.status, again.body):
        expected = f"the answer of the first time to a duplicate, {_answer(first)}"
        yield Finding(rule=case.id, expected=expected, got=_answer(again))


def _answer(exchange: Exchange) -> str:
    text = exchange.body[:SHOWN].decode(errors="backslashreplace")
    return f"HTTP {exchange.status} {notation(text)}" if text else f"HTTP {exchange.status}"


def _probe(case: Case, callback: Callback | None = None) -> Probe:
    """The case as a probe, which the reports show."""
    says = f"{case.says}: {callback}" if callback else case.says
    return Probe(id=case.id, rule=case.id, says=says, expected=ACCEPTED, body=b"")
