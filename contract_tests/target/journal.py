"""The journal of a run: a line of JSON for the run, for each request before it leaves, for each exchange, and for each
callback that came. Keys are masked before."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from contract_tests.documents.any_json import parsed
from contract_tests.probes.request import Probe
from contract_tests.receiver.receiver import Arrival
from contract_tests.target.exchange import Exchange

SAME: Final = ("base_url", "profile", "seed", "audio_id", "audio_model", "audio_duration")
"""Options that a run and the one that resumes it have in common."""
SHOWN: Final = 5
"""Damaged lines whose numbers are told."""


class NotNoted(OSError):
    """The journal cannot be written; nothing is sent whose cost it would not know."""

    def __init__(self, error: OSError) -> None:
        go_on = "make room, and go on with --resume, which takes what it holds, or start anew"
        super().__init__(f"the journal cannot be written: {error.strerror or error}. The run ends here: {go_on}")


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierRun:
    """What a journal tells of the last run in it.

    `run` holds the options of SAME and the budget, that of the last that resumed it, `exchanges` has the id of the
    probe as its key. `spent` is how many tasks may have been started, also by requests without an answer in the
    journal. `lenient` are the rules of which the target accepted a request that breaks them, `ended` says whether the
    run came to its end, `last` is the number of the last exchange. `damaged` are the numbers of lines that cannot be
    read although others follow, each of which may have been a task and is in `spent`.
    """

    run: Mapping[str, Any] = field(default_factory=dict)
    exchanges: Mapping[str, Exchange] = field(default_factory=dict)
    spent: int = 0
    lenient: tuple[str, ...] = ()
    ended: bool = False
    last: int = 0
    damaged: tuple[int, ...] = ()

    @property
    def of_mock(self) -> bool:
        """Whether the target was a mock that the run had started, which costs nothing and has ended with the run."""
        return self.run.get("mock") is True

    @property
    def goes_on(self) -> bool:
        """Whether the run can be resumed."""
        return bool(self.run) and not self.ended and not self.of_mock


def begun(run: Mapping[str, Any]) -> str:
    """The line of a run; the one before it may have been cut off."""
    return f"\n{json.dumps({'run': dict(run)})}\n"


def resumed(run: Mapping[str, Any]) -> str:
    """The line of a run that goes on with the one before it."""
    return f"\n{json.dumps({'resumed': dict(run)})}\n"


def ended(took: float) -> str:
    """The line of a run that came to its end, `took` seconds after it began or was resumed."""
    return json.dumps({"ended": True, "took": round(took, 4)}) + "\n"


def leaving(probe: str) -> str:
    """The line of a request that may start a task, written before it leaves."""
    return json.dumps({"sending": probe}) + "\n"


def addressed(probe: str, url: str) -> str:
    """The line that says where the callbacks of a probe go."""
    return json.dumps({"addressed": probe, "callback_url": url}) + "\n"


def came(arrival: Arrival) -> str:
    """The line of a callback. `at` is in seconds of the clock of the exchanges before and behind it."""
    written = {
        "callback": arrival.target,
        "method": arrival.method,
        "headers": dict(arrival.headers),
        **_written("body", arrival.body),
        "answered": arrival.status,
        "at": round(arrival.at, 4),
    }
    return json.dumps(written) + "\n"


def line(exchange: Exchange, probe: Probe) -> str:
    """The line of an exchange. The id of the probe is empty for a poll."""
    written = {
        "probe": probe.id,
        "cost": probe.cost,
        "method": exchange.method,
        "url": exchange.url,
        "headers": dict(exchange.headers),
        **_written("sent", exchange.sent),
        "status": exchange.status,
        "content_type": exchange.content_type,
        "retry_after": exchange.retry_after,
        "answer_headers": dict(exchange.answer_headers),
        **_written("body", exchange.body),
        "error": exchange.error,
        "key_env": exchange.key_env,
        "number": exchange.number,
        "at": round(exchange.started, 4),
        "took": round(exchange.answered - exchange.started, 4),
    }
    return json.dumps(written) + "\n"


def read(lines: Iterable[str]) -> EarlierRun:
    """The last run of a journal; a line that was cut off by the interruption is left out."""
    lines = list(lines)
    run: Mapping[str, Any] = {}
    unanswered: set[str] = set()
    exchanges: dict[str, Exchange] = {}
    lenient: dict[str, None] = {}
    lost = spent = last = 0
    over = False
    damaged: list[int] = []
    for place, entry in enumerate(map(_entry, lines)):
        if entry is None:
            damaged += [place + 1] if _is_damaged(lines, place) else []
            continue
        last = max(last, entry["number"]) if isinstance(entry.get("number"), int) else last
        match entry:
            case {"run": dict(begun)}:
                run, exchanges, unanswered, lenient, lost, spent, over = begun, {}, set(), {}, 0, 0, False
                last, damaged = 0, []
            case {"resumed": dict(again)}:
                run, over = {**run, **again}, False
            case {"sending": str(probe)}:
                lost += probe in unanswered
                unanswered.add(probe)
                over = False
            case {"ended": True}:
                over = True
            case {"probe": str(probe), "cost": int(cost), **rest} if probe and (exchange := exchange_of(rest)):
                exchanges[probe] = exchange
                spent += exchanges[probe].tasks
                if exchanges[probe].tasks > cost:
                    lenient[probe.partition(": ")[0]] = None
                unanswered.discard(probe)
    answered = {probe: each for probe, each in exchanges.items() if probe not in unanswered}
    spent += lost + len(unanswered) + len(damaged)
    return EarlierRun(
        run=run,
        exchanges=answered,
        spent=spent,
        lenient=tuple(lenient),
        ended=over,
        last=last,
        damaged=tuple(damaged),
    )


def _is_damaged(lines: Sequence[str], place: int) -> bool:
    """Whether a line that says nothing was something else than the last one of a run that was interrupted."""
    if not lines[place].strip():
        return False
    after = _entry(lines[place + 1]) if place + 1 < len(lines) else {"run": {}}
    return after is None or not {"run", "resumed"} & after.keys()


def damage(found: EarlierRun) -> Iterator[str]:
    """What is told of lines that cannot be read."""
    if found.damaged:
        shown = ", ".join(map(str, found.damaged[:SHOWN])) + (" and more" if len(found.damaged) > SHOWN else "")
        each = "it counts" if len(found.damaged) == 1 else "each counts"
        what = f"line{'s' * (len(found.damaged) > 1)} {shown} of the journal, which cannot be read"
        yield f"{what}: {each} as a task that was started"


def entries(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """What the lines of a journal say, without those that say nothing."""
    return filter(None, map(_entry, lines))


def _entry(text: str) -> dict[str, Any] | None:
    entry = parsed(text)
    return entry if isinstance(entry, dict) else None


def exchange_of(entry: Mapping[str, Any]) -> Exchange | None:
    """The exchange of a line; None where no run wrote the line. An older one does not have the headers of answers, a
    number and a time."""
    kept = ("method", "url", "headers", "status", "content_type", "retry_after", "error", "key_env")
    started = entry.get("at", 0.0)
    try:
        return Exchange(
            **{name: entry[name] for name in kept},
            sent=_raw("sent", entry),
            body=_raw("body", entry),
            started=started,
            answered=started + entry["took"],
            resumed=True,
            answer_headers=entry.get("answer_headers", {}),
            number=entry.get("number", 0),
        )
    except (KeyError, AttributeError, TypeError, ValueError):
        return None


def arrival_of(entry: Mapping[str, Any]) -> Arrival | None:
    """The callback of a line; None where no run wrote the line."""
    try:
        return Arrival(
            at=entry["at"],
            method=entry["method"],
            target=entry["callback"],
            headers=entry["headers"],
            body=_raw("body", entry),
            status=entry["answered"],
        )
    except (KeyError, AttributeError, TypeError, ValueError):
        return None


def _written(name: str, raw: bytes) -> dict[str, str]:
    """Bytes as text, and once more as base64 where the text does not tell them."""
    text = raw.decode(errors="backslashreplace")
    return {name: text} if text.encode() == raw else {name: text, f"{name}_base64": b64encode(raw).decode()}


def _raw(name: str, entry: Mapping[str, Any]) -> bytes:
    told = entry.get(f"{name}_base64")
    raw: bytes = entry[name].encode() if told is None else b64decode(told)
    return raw
