"""Finds what is wrong with an answer: its form, what it decided, and when it came. Pure."""

from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from contract_tests.documents.published import Published
from contract_tests.documents.terms import DOCUMENTED, Terms
from contract_tests.probes.request import Probe
from contract_tests.receiver.receiver import Arrival
from contract_tests.target.exchange import Exchange
from contract_tests.verdicts.course import Finding

SOON: Final = 10.0
"""Seconds in which an answer comes that only starts a task."""
EARLY: Final = 0.5
"""Seconds by which a callback may seem to come before the answer: two threads read them, and a busy machine may wake
the one that reads the answer so much later."""


def _elsewhere(terms: Terms) -> Mapping[int, str]:
    """What the code of an answer tells of the target's state, and nothing of the request."""
    return {
        terms.unauthorized: f"the target refuses the key: code {terms.unauthorized}",
        terms.no_credits: f"the key has no credits left: code {terms.no_credits}",
        terms.rate: f"the target answered with {terms.rate}, however long the request waited",
        terms.maintenance: f"the target is in maintenance: code {terms.maintenance}",
    }


def undecided(probe: Probe, exchange: Exchange, terms: Terms = DOCUMENTED) -> str:
    """Why an answer may tell nothing about the probe, such as a key without credits; empty where it does tell."""
    code = _state(exchange, terms)
    unkeyed = probe.key in (None, "bad") or (probe.key != "own" and code != terms.rate)
    if code is None or code in probe.expected.codes or unkeyed or probe.method != "POST":
        return ""
    return _elsewhere(terms)[code]


def surprises(probe: Probe, exchange: Exchange, terms: Terms = DOCUMENTED) -> bool:
    """Whether an answer is not the one that is due, and the request may be sent again: it started no task, or the
    server failed, and who sends it again pays for that, too."""
    accepted = exchange.tasks and not exchange.failed
    return (
        exchange.code not in (None, *probe.expected.codes)
        and not (accepted or exchange.resumed or probe.question or undecided(probe, exchange, terms))
        and probe.method == "POST"
    )


def stable_finding(first: Exchange, came: Exchange) -> Finding:
    """The first answer to a request that got another when it was sent again: not stable."""
    rule = "answer.stable.error" if 500 in (first.code, first.status) else "answer.stable"
    return Finding(
        rule=rule, expected=f"the same answer each time, as {shown(came)}", got=f"not stable: {shown(first)}"
    )


def is_excused(
    probe: Probe, exchange: Exchange, later: Iterable[tuple[Probe, Exchange]], terms: Terms = DOCUMENTED
) -> bool:
    """Whether the target's state explains an answer: all later requests of the same kind and key were answered so."""
    code = _state(exchange, terms)
    return not any(_alike(code, probe, other, terms) and _state(came, terms) != code for other, came in later)


def _state(exchange: Exchange, terms: Terms) -> int | None:
    """The code of an answer that may tell of the target's state; None for any other, and for an answer that is none."""
    return next((code for code in _elsewhere(terms) if code in (exchange.code, exchange.status)), None)


def _alike(code: int | None, probe: Probe, other: Probe, terms: Terms) -> bool:
    """Whether another request would be answered so, too. A key that is refused and a rate hold for every request,
    credits and maintenance for those that are accepted or refused alike."""
    same_key = other.key == probe.key or (code == terms.rate and other.key is not None)
    return same_key and (code in (terms.unauthorized, terms.rate) or other.expected.accepted == probe.expected.accepted)


def answer_findings(probe: Probe, exchange: Exchange, published: Published) -> Iterator[Finding]:
    """What is wrong with an answer: its form, and what it decided."""
    if exchange.error:
        yield Finding(rule="answer.given", expected="an answer", got=exchange.error)
        return
    if probe.method != "POST":
        unreadable = exchange.code is None and 200 <= exchange.status < 300
        if exchange.task_id is not None or exchange.code == 200 or unreadable:
            yield Finding(rule=probe.rule, expected="no success", got=shown(exchange))
        return
    if (took := exchange.answered - exchange.started) > SOON:
        yield Finding(rule="answer.soon", expected=f"an answer within {SOON:g} s", got=f"one after {took:.1f} s")
    yield from envelope_findings(exchange, published.terms)
    if exchange.code is not None and exchange.code not in published.codes:
        listed = ", ".join(map(str, published.codes))
        yield Finding(rule="answer.code.listed", expected=f"one of {listed}", got=str(exchange.code))
    if exchange.code is not None:
        yield from _decision_findings(probe, exchange, published)


def _decision_findings(probe: Probe, exchange: Exchange, published: Published) -> Iterator[Finding]:
    code = exchange.code
    terms = published.terms
    failed = not terms.errors.isdisjoint({exchange.status, code})
    if not probe.expected.accepted and failed and probe.expected.codes != {terms.failed}:
        yield Finding(rule="refusal.server_error", expected="a refusal", got=shown(exchange))
    if code not in probe.expected.codes and not probe.question:
        wanted = " or ".join(map(str, sorted(probe.expected.codes)))
        yield Finding(rule=probe.rule, expected=f"code {wanted}, because {probe.says}", got=shown(exchange))
    if code == 200:
        if exchange.task_id is None:
            yield Finding(rule="answer.taskId", expected="data.taskId, a text", got=shown(exchange))
        for problem in published.oracle.answer(
            _documented(exchange.status, terms), exchange.content_type, exchange.body
        ):
            yield Finding(rule="answer.schema", expected=published.document.name, got=problem)
    elif exchange.task_id is not None:
        yield Finding(rule="refusal.taskId", expected="no taskId in a refusal", got=shown(exchange))
    elif exchange.envelope.get("data") is not None:
        yield Finding(rule="refusal.data", expected="data null or absent in a refusal", got=shown(exchange))


def envelope_findings(exchange: Exchange, terms: Terms = DOCUMENTED) -> Iterator[Finding]:
    """What is wrong with the form of an answer, whatever was asked."""
    envelope = exchange.envelope
    if "json" not in exchange.content_type.lower():
        yield Finding(rule="answer.contentType", expected="application/json", got=exchange.content_type or "none")
    if exchange.body.startswith(BOM_UTF8):
        yield Finding(rule="answer.bom", expected="JSON, which begins without one", got="a byte order mark")
    if not isinstance(envelope, dict):
        yield Finding(rule="answer.json", expected="a JSON object {code, msg, data}", got=shown(exchange))
        return
    if exchange.code is None:
        yield Finding(rule="answer.code.type", expected="code, an integer", got=shown(exchange))
    wanted = terms.http.get(exchange.code or 0, 200)
    if exchange.code == 200 and wanted != exchange.status:
        yield Finding(rule="answer.success", expected=f"HTTP {wanted}", got=f"HTTP {exchange.status}")
    elif exchange.code not in (None, 200):
        yield from _refusal_findings(exchange, terms)
    if missing := [name for name in terms.members if name not in envelope]:
        yield Finding(rule="answer.members", expected=", ".join(terms.members), got=f"nothing of {', '.join(missing)}")


def _refusal_findings(exchange: Exchange, terms: Terms) -> Iterator[Finding]:
    msg = exchange.envelope.get("msg")
    if not isinstance(msg, str) or not msg:
        yield Finding(rule="answer.msg", expected="msg, a text that is not empty", got=shown(exchange))
    said = terms.http.get(exchange.code or 0)
    if exchange.status not in ((200, exchange.code) if said is None else (said,)):
        expected = f"HTTP 200 or the envelope's code {exchange.code}" if said is None else f"HTTP {said}"
        yield Finding(rule="answer.status", expected=expected, got=f"HTTP {exchange.status}")


def _documented(status: int, terms: Terms) -> int:
    """The HTTP status by which the document judges a success: 200 for the one that the profile says."""
    return 200 if status == terms.http.get(200) else status


def fresh_findings(probe: Probe, exchange: Exchange, earlier: Mapping[str, Probe]) -> Iterator[Finding]:
    """No taskId is given out twice. `earlier` has the probes that were accepted, by their taskId."""
    before = earlier.get(exchange.task_id or "")
    if exchange.code == 200 and before is not None:
        expected = f"a taskId of its own, not that of the request before: {before.says}"
        yield Finding(rule="answer.taskId.fresh", expected=expected, got=f"taskId {exchange.task_id} again")


def again_findings(task_ids: Sequence[str]) -> Iterator[Finding]:
    """The same of all tasks of a run, in the order in which they were accepted."""
    for task_id in dict.fromkeys(each for each in task_ids if task_ids.count(each) > 1):
        yield Finding(rule="answer.taskId.fresh", expected="a taskId of its own", got=f"taskId {task_id} again")


def timing_findings(probe: Probe, exchange: Exchange, arrivals: Sequence[Arrival]) -> Iterator[Finding]:
    """The answer comes before any callback, and waits for none."""
    if exchange.resumed or not arrivals:
        return
    came, answered = arrivals[0].at - exchange.started, exchange.answered - exchange.started
    if came < answered - EARLY:
        got = f"a callback after {came:.2f} s, the answer after {answered:.2f} s"
        yield Finding(rule="callback.early", expected="the answer before any callback", got=got)
    held = next((reply.holds for reply in probe.replies if reply.status == 200), 0.0)
    if held and came + held <= answered:
        got = f"an answer after {answered:.2f} s, once the callback was answered"
        expected = f"an answer that does not wait for the callback, which was left without one for {held:g} s"
        yield Finding(rule="answer.waits", expected=expected, got=got)


def shown(exchange: Exchange) -> str:
    """An answer as a finding tells it."""
    return f"HTTP {exchange.status} {exchange.body[:300].decode(errors='replace')}"
