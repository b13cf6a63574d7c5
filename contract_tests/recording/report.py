"""A recording as the harness reports a run. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from contract_tests.documents.counted import counted
from contract_tests.documents.published import Published
from contract_tests.probes.request import Track
from contract_tests.recording.credits import credits_told
from contract_tests.recording.judge import Requests, results
from contract_tests.recording.message import NOT_HANDED_ON, REQUEST
from contract_tests.recording.probes import DISTURBED, extends
from contract_tests.recording.read import Recording
from contract_tests.recording.traffic import Traffic
from contract_tests.reports.report import About, Asked, Report
from contract_tests.reports.rows import provoked, rows, summary
from contract_tests.verdicts.nothing_told import why_nothing


def report(recording: Recording, published: Published, tracks: Sequence[Track] = ()) -> Report:
    """What the harness says of a recording. `tracks` are source tracks that the server is known to have."""
    traffic = Traffic(published, recording.target, tracks, [*recording.messages])
    requests = Requests()
    found = results(traffic, requests)
    by_rule = rows(found)
    asked = tuple(_asked(traffic, requests))
    spent = sum(each.exchange.tasks for each in asked) + recording.lost
    codes = provoked(by_rule, published.codes, published.callback_codes)
    told = {name: text for name in ("date", "by") if isinstance(text := recording.about.get(name), str)}
    about = About(
        target=recording.target,
        document=published.document.name,
        profile=published.profile,
        version=told.get("by", "").rpartition(" ")[2],
        date=told.get("date", ""),
        took=traffic.ends,
        spent=spent,
        nothing=why_nothing(found, published.terms, recorded=True),
        recorded=True,
    )
    return Report(
        about=about,
        rows=tuple(by_rule),
        summary=(codes, summary(by_rule, spent)),
        asked=asked,
        missing=tuple(_missing(recording, traffic)),
        picks=published.picks,
        tracks=tuple(tracks),
        credits=credits_told(traffic),
    )


def why_none(recording: Recording, published: Published) -> str:
    """Why a recording without verdicts has none."""
    path = published.terms.extend
    kept_back = [each for each in recording.messages if each.path.partition("?")[0] == path and each.method == "POST"]
    if kept_back:
        requests, first = f"{counted(len(kept_back), 'request')} to extend a track", kept_back[0]
        why = first.error or f"its body is not there: {first.left_out.get('sent', '')}"
        return f"holds {requests}, none of which can be judged; the first: {why}"
    if recording.lost:
        return f"holds {counted(recording.lost, 'request')} that may have been sent, and no answer"
    return "holds no request that extends a track"


def _asked(traffic: Traffic, requests: Requests) -> Iterator[Asked]:
    for probe, exchange in requests.judged:
        arrivals = traffic.arrivals(exchange.number)
        named = replace(probe, id=f"{DISTURBED}: {probe.says}") if probe.disturbs else probe
        polls = tuple(traffic.polls(exchange.number))
        yield Asked(probe=named.id, exchange=exchange, callbacks=tuple(arrivals), polls=polls)


def _missing(recording: Recording, traffic: Traffic) -> Iterator[str]:
    if recording.fault:
        yield f"what follows in the file: {recording.fault}"
    if recording.lost:
        requests, which = counted(recording.lost, "request"), "it" if recording.lost == 1 else "each"
        yield f"verdicts on {requests} that the proxy was about to send when it was ended: {which} may have cost a task"
    path = traffic.published.terms.extend
    others = sum(
        each.kind == REQUEST
        and each.method == "POST"
        and not each.error.startswith(NOT_HANDED_ON)
        and not extends(each, path)
        for each in traffic.messages
    )
    if others:
        requests = counted(others, "POST request")
        yield f"verdicts on {requests} that did not extend a track, or whose body was left out"
