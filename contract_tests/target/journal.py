"""The journal of a run: a line of JSON for the run, for each request before it leaves, and for each exchange."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from contract_tests.probes.request import Probe
from contract_tests.target.exchange import Exchange

SAME: Final = ("base_url", "profile", "seed", "audio_id", "audio_model", "audio_duration")
"""Options that a run and the one that resumes it have in common."""


class NotNoted(OSError):
    """The journal cannot be written; nothing is sent whose cost it would not know."""

    def __init__(self, error: OSError) -> None:
        go_on = "make room, and go on with --resume, which takes what it holds, or start anew"
        super().__init__(f"the journal cannot be written: {error.strerror or error}. The run ends here: {go_on}")


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierRun:
    """What a journal tells of the last run in it.

    `run` holds its budget and the options of SAME, `exchanges` has the id of the probe as its key. `spent` is how many
    tasks may have been started, also by requests without an answer in the journal. `leaks` says whether the target
    accepted a request that it must refuse, `ended` whether the run came to its end.
    """

    run: Mapping[str, Any] = field(default_factory=dict)
    exchanges: Mapping[str, Exchange] = field(default_factory=dict)
    spent: int = 0
    leaks: bool = False
    ended: bool = False


def begun(run: Mapping[str, Any]) -> str:
    """The line of a run; the one before it may have been cut off."""
    return f"\n{json.dumps({'run': dict(run)})}\n"


def ended() -> str:
    """The line of a run that came to its end."""
    return json.dumps({"ended": True}) + "\n"


def leaving(probe: str) -> str:
    """The line of a request that may start a task, written before it leaves."""
    return json.dumps({"sending": probe}) + "\n"


def line(exchange: Exchange, probe: Probe) -> str:
    """The line of an exchange. The id of the probe is empty for a poll."""
    written = {
        "probe": probe.id,
        "cost": probe.cost,
        "method": exchange.method,
        "url": exchange.url,
        "headers": dict(exchange.headers),
        "sent": exchange.sent.decode(errors="backslashreplace"),
        "status": exchange.status,
        "content_type": exchange.content_type,
        "retry_after": exchange.retry_after,
        "body": exchange.body.decode(errors="backslashreplace"),
        "error": exchange.error,
        "key_env": exchange.key_env,
        "took": round(exchange.answered - exchange.started, 4),
    }
    return json.dumps(written) + "\n"


def read(lines: Iterable[str]) -> EarlierRun:
    """The last run of a journal; a line that was cut off by the interruption is left out."""
    run: Mapping[str, Any] = {}
    unanswered: set[str] = set()
    exchanges: dict[str, Exchange] = {}
    lost = spent = 0
    leaks = over = False
    for entry in filter(None, map(_entry, lines)):
        match entry:
            case {"run": dict(begun)}:
                run, exchanges, unanswered, lost, spent, leaks, over = begun, {}, set(), 0, 0, False, False
            case {"sending": str(probe)}:
                lost += probe in unanswered
                unanswered.add(probe)
            case {"ended": True}:
                over = True
            case {"probe": str(probe), "cost": int(cost), **rest} if probe and (exchange := _exchange(rest)):
                exchanges[probe] = exchange
                spent += exchanges[probe].tasks
                leaks |= exchanges[probe].tasks > cost
                unanswered.discard(probe)
    answered = {probe: each for probe, each in exchanges.items() if probe not in unanswered}
    return EarlierRun(run=run, exchanges=answered, spent=spent + lost + len(unanswered), leaks=leaks, ended=over)


def _entry(text: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


def _exchange(entry: Mapping[str, Any]) -> Exchange | None:
    """The exchange of a line; None where no run wrote the line."""
    kept = ("method", "url", "headers", "status", "content_type", "retry_after", "error", "key_env")
    try:
        return Exchange(
            **{name: entry[name] for name in kept},
            sent=entry["sent"].encode(),
            body=entry["body"].encode(),
            started=0.0,
            answered=entry["took"],
            resumed=True,
        )
    except (KeyError, AttributeError):
        return None
