"""The results of a run in its journal, and the report of a run from its journal alone. Pure."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from contract_tests.documents.files import Citation
from contract_tests.documents.published import Published
from contract_tests.documents.sources import Basis, Source
from contract_tests.probes.request import Expected, Probe, Track
from contract_tests.receiver.receiver import Arrival
from contract_tests.reports.report import About, Asked, Report
from contract_tests.reports.rows import provoked, rows, summary
from contract_tests.target import journal
from contract_tests.target.exchange import Exchange
from contract_tests.verdicts.course import Finding
from contract_tests.verdicts.nothing_told import why_nothing
from contract_tests.verdicts.results import Result, Verdict

NO_VERDICTS: Final = "verdicts: the run was interrupted before it had any"
OLDER: Final = "callbacks, headers of answers and verdicts: the journal was written by an older version"


def line(result: Result) -> str:
    """The line of a result, with what was masked masked."""
    probe, basis = result.probe, result.basis
    written = {
        "rule": result.rule,
        "verdict": result.verdict,
        "probe": probe and {"id": probe.id, "says": probe.says, "codes": [*probe.expected.codes], "fails": probe.fails},
        "why": result.why,
        "findings": [{"rule": each.rule, "expected": each.expected, "got": each.got} for each in result.findings],
        "exchange": result.exchange and result.exchange.number,
        "timeline": [[round(seconds, 4), what] for seconds, what in result.timeline],
        "basis": [basis.source, basis.demand, *basis.citation],
    }
    return json.dumps({"result": written}) + "\n"


@dataclass(slots=True)
class _Kept:
    """What the lines of one run hold, as they are read."""

    run: Mapping[str, Any] = field(default_factory=dict)
    took: float | None = None
    results: list[Mapping[str, Any]] = field(default_factory=list)
    exchanges: list[tuple[str, Exchange]] = field(default_factory=list)
    callbacks: list[Arrival] = field(default_factory=list)
    urls: dict[str, list[str]] = field(default_factory=dict)

    @property
    def missing(self) -> Iterator[str]:
        if "version" not in self.run:
            yield OLDER
        elif not self.results:
            yield NO_VERDICTS


def report(lines: Iterable[str]) -> Report | None:
    """The report of the last run in a journal; None where there is none. Raises LookupError for a profile that does not
    exist."""
    lines = list(lines)
    kept = _read(lines)
    if not kept.run:
        return None
    published = Published.read(kept.run["profile"])
    asked = tuple(_asked(kept))
    by_number = {exchange.number: exchange for _, exchange in kept.exchanges if exchange.number}
    results, unknown = [], []
    for entry in kept.results:
        try:
            results.append(_result(entry, by_number))
        except (LookupError, TypeError, ValueError):
            unknown.append(str(entry.get("rule")))
    found = rows(results)
    earlier = journal.read(lines)
    spent = earlier.spent
    missing = [*kept.missing, *_unknown(unknown), *journal.damage(earlier)]
    codes = provoked(found, published.codes, published.callback_codes)
    return Report(
        about=replace(_about(kept, published.document.name, spent), nothing=why_nothing(results, published.terms)),
        rows=tuple(found),
        summary=(codes, summary(found, spent)),
        asked=asked,
        missing=tuple(missing),
        picks=published.picks,
        tracks=tuple(_tracks(kept.run)),
        credits=tuple(_credits(kept, published.terms.credits)),
    )


def _tracks(run: Mapping[str, Any]) -> Iterator[Track]:
    given = (run.get(f"audio_{name}") or () for name in ("id", "model", "duration"))
    for id, model, duration in zip(*given, strict=False):  # a journal is anybody's to edit
        yield Track(id=id, model=model, duration=duration)


def _credits(kept: _Kept, paths: Iterable[str]) -> Iterator[tuple[int, float]]:
    """What was told of the credits of the key, by the number of the request."""
    known = tuple(paths)
    for probe, each in kept.exchanges:
        told = each.record if not probe and each.code == 200 and urlsplit(each.url).path.endswith(known) else None
        if isinstance(told, int | float) and not isinstance(told, bool):
            yield each.number, told


def _unknown(rules: Iterable[str]) -> Iterator[str]:
    if told := ", ".join(dict.fromkeys(rules)):
        yield f"what came of rules that this version does not have: {told}"


def _read(lines: Iterable[str]) -> _Kept:
    kept = _Kept()
    for entry in journal.entries(lines):
        match entry:
            case {"run": dict(begun)}:
                kept = _Kept(run=begun)
            case {"resumed": dict(again)}:
                kept.run, kept.results, kept.took = {**kept.run, **again}, [], None
            case {"result": dict(result)}:
                kept.results.append(result)
            case {"addressed": str(probe), "callback_url": str(url)}:
                kept.urls.setdefault(probe, []).append(url)
            case {"ended": True, **more}:
                kept.took = more.get("took")
            case {"callback": str()} if (arrival := journal.arrival_of(entry)) is not None:
                kept.callbacks.append(arrival)
            case {"probe": str(probe)} if (exchange := journal.exchange_of(entry)) is not None:
                kept.exchanges.append((probe, exchange))
    return kept


def _about(kept: _Kept, document: str, spent: int) -> About:
    told = {name: kept.run[name] for name in ("seed", "version", "date", "command", "budget") if name in kept.run}
    target, profile = kept.run.get("base_url", ""), kept.run["profile"]
    strict = bool(kept.run.get("strict"))
    return About(target=target, document=document, profile=profile, took=kept.took, spent=spent, strict=strict, **told)


def _asked(kept: _Kept) -> Iterator[Asked]:
    """The requests of probes, each with what came for it."""
    polls: dict[str, list[Exchange]] = {}
    for probe, exchange in kept.exchanges:
        if not probe:
            polls.setdefault(_task_of(exchange), []).append(exchange)
    for probe, exchange in kept.exchanges:
        if probe:
            came = [
                each for each in kept.callbacks if any(url.endswith(each.target) for url in kept.urls.get(probe, ()))
            ]
            polled = polls.get(exchange.task_id, ()) if exchange.task_id else ()
            yield Asked(probe=probe, exchange=exchange, callbacks=tuple(came), polls=tuple(polled))


def _task_of(poll: Exchange) -> str:
    """The task that a poll asks for; empty where it asks for none."""
    return next(iter(parse_qs(urlsplit(poll.url).query).get("taskId", ())), "")


def _result(entry: Mapping[str, Any], exchanges: Mapping[int, Exchange]) -> Result:
    """A result as it was written. Raises LookupError for a rule that this version does not have."""
    source, demand, *citation = entry["basis"]
    return Result(
        rule=entry["rule"],
        verdict=Verdict(entry["verdict"]),
        probe=_probe(entry["rule"], entry["probe"]) if entry["probe"] else None,
        why=entry["why"],
        findings=tuple(Finding(**each) for each in entry["findings"]),
        exchange=exchanges.get(entry["exchange"] or 0),
        timeline=tuple((seconds, what) for seconds, what in entry["timeline"]),
        basis=Basis(Source(source), demand, Citation(*citation)),
    )


def _probe(rule: str, entry: Mapping[str, Any]) -> Probe:
    """What reports tell of a probe."""
    expected = Expected(codes=frozenset(entry["codes"]))
    return Probe(id=entry["id"], rule=rule, says=entry["says"], expected=expected, body=b"", fails=entry["fails"])
