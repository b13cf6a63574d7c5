"""A recording as the harness reports a run. Pure."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from contract_tests.documents.counted import counted
from contract_tests.documents.published import Published
from contract_tests.probes.request import Probe, Track
from contract_tests.recording.credits import credits_told
from contract_tests.recording.first_asked import FirstAsked
from contract_tests.recording.probes import DISTURBED
from contract_tests.recording.read import Recording, RecordingFile
from contract_tests.recording.traffic import Traffic
from contract_tests.recording.verdicts import Verdicts
from contract_tests.reports.report import About, Asked, Report
from contract_tests.reports.rows import Came, summary
from contract_tests.reports.tally import MOST, Tally
from contract_tests.run.exit_status import broken
from contract_tests.run.inputs import CannotRun
from contract_tests.target.exchange import Exchange
from contract_tests.verdicts.nothing_told import Told

REQUESTS: Final = 1000
"""Requests that reports for a reader tell, and those that break a rule: the recording has all."""


def report(
    recording: Recording | RecordingFile,
    published: Published,
    tracks: Sequence[Track] = (),
    *,
    requests: int | None = None,
) -> Report:
    """What the harness says of a recording. `tracks` are source tracks that the server is known to have. Of `requests`
    the first so many are kept, and those of the kept results that break a rule; of a rule the first results. None keeps
    all, and what was told of credits. Else no more is in memory than that, and a few courses at a time."""
    tally = Tally(None if requests is None else max(requests, MOST))
    came, told = Came(), Told(published.terms, recorded=True)
    first, spent = FirstAsked(requests, tally.broken), 0

    def heard(traffic: Traffic, probe: Probe, exchange: Exchange) -> None:
        nonlocal spent
        spent += exchange.tasks
        if requests != 0:
            first.add(_asked(traffic, probe, exchange))

    def again(traffic: Traffic, probe: Probe, exchange: Exchange) -> None:
        if requests != 0:
            first.again(_asked(traffic, probe, exchange))

    verdicts = Verdicts(recording.each, published, recording.target, tracks, heard, again)
    for place, result in verdicts.results():
        tally.add(place, result)
        told.add(result)
        if result.exchange is not None:
            came.add(result, result.exchange.number)
            if result.broken:
                first.broke(result.exchange.number)
    rows = tuple(tally.rows())
    spent += recording.lost
    return Report(
        about=_about(recording, published, verdicts.survey.ends, spent, told.nothing()),
        rows=rows,
        summary=(came.told(published.codes, published.callback_codes), summary(rows, spent)),
        asked=first.kept(),
        missing=tuple(_missing(recording, verdicts.survey.others, first.left_out)),
        picks=published.picks,
        tracks=tuple(tracks),
        credits=credits_told(recording.each(), published) if requests is None else (),
    )


def _about(recording: Recording | RecordingFile, published: Published, took: float, spent: int, nothing: str) -> About:
    noted = {name: text for name in ("date", "by") if isinstance(text := recording.about.get(name), str)}
    return About(
        target=recording.target,
        document=published.document.name,
        profile=published.profile,
        version=noted.get("by", "").rpartition(" ")[2],
        date=noted.get("date", ""),
        took=took,
        spent=spent,
        nothing=nothing,
        recorded=True,
    )


def exit_status(path: Path, made: Report, *, strict: bool = False) -> int:
    """How a command ends that has judged the recording in a file: 1 where a rule is violated, or where deviations count
    and there is one. Raises CannotRun where what passed tells nothing of the API."""
    if made.about.nothing:
        raise CannotRun(f"{path} tells nothing of {made.about.target}: {made.about.nothing}")
    return broken(made.rows, strict=strict)


def why_none(recording: Recording | RecordingFile, published: Published) -> str:
    """Why a recording without verdicts has none."""
    path, number, first = published.terms.extend, 0, None
    for each in recording.each():
        if each.path.partition("?")[0] == path and each.method == "POST":
            number, first = number + 1, first or each
    if first:
        requests = f"{counted(number, 'request')} to extend a track"
        why = first.error or f"its body is not there: {first.left_out.get('sent', '')}"
        return f"holds {requests}, none of which can be judged; the first: {why}"
    if recording.lost:
        return f"holds {counted(recording.lost, 'request')} that may have been sent, and no answer"
    return "holds no request that extends a track"


def _asked(traffic: Traffic, probe: Probe, exchange: Exchange) -> Asked:
    return Asked(
        probe=f"{DISTURBED}: {probe.says}" if probe.disturbs else probe.id,
        exchange=exchange,
        callbacks=tuple(traffic.arrivals(exchange.number)),
        polls=tuple(traffic.polls(exchange.number)),
    )


def _missing(recording: Recording | RecordingFile, others: int, left_out: int) -> Iterator[str]:
    if recording.fault:
        yield f"what follows in the file: {recording.fault}"
    if recording.lost:
        requests, which = counted(recording.lost, "request"), "it" if recording.lost == 1 else "each"
        yield f"verdicts on {requests} that the proxy was about to send when it was ended: {which} may have cost a task"
    if others:
        requests = counted(others, "POST request")
        yield f"verdicts on {requests} that did not extend a track, or whose body was left out"
    if left_out:
        requests = counted(left_out, "request")
        yield (
            f"{requests} in the reports, which tell the first {REQUESTS} and what breaks a rule, and as many results "
            "of a rule: the recording has all"
        )
