"""The journal of a run: a line of JSON for the run, for each request before it leaves, and for each exchange."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from contract_tests.exchanges import Exchange

SAME: Final = ("base_url", "profile", "seed")
"""What a run and the one that resumes it have in common."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What a journal tells of the last run in it. `exchanges` by the probe's id; `spent`: tasks that may have been
    started, also by requests of which no answer was written down."""

    of: Mapping[str, Any] = field(default_factory=dict)
    exchanges: Mapping[str, Exchange] = field(default_factory=dict)
    spent: int = 0


def begun(base_url: str, profile: str, seed: int) -> str:
    """The line of a run."""
    return json.dumps({"run": dict(zip(SAME, (base_url, profile, seed), strict=True))}) + "\n"


def leaving(probe: str) -> str:
    """The line of a request that may start a task, written before it leaves."""
    return json.dumps({"sending": probe}) + "\n"


def line(exchange: Exchange, probe: str) -> str:
    """The line of an exchange; no probe's id stands in that of a poll."""
    written = {
        "probe": probe,
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


def read(lines: Iterable[str]) -> Recorded:
    """The last run of a journal; a line that was cut off by the interruption is left out."""
    of: Mapping[str, Any] = {}
    unanswered: set[str] = set()
    exchanges: dict[str, Exchange] = {}
    lost = spent = 0
    for entry in filter(None, map(_entry, lines)):
        match entry:
            case {"run": dict(run)}:
                of, exchanges, unanswered, lost, spent = run, {}, set(), 0, 0
            case {"sending": str(probe)}:
                lost += probe in unanswered
                unanswered.add(probe)
            case {"probe": str(probe), **rest} if probe:
                exchanges[probe] = _exchange(rest)
                spent += exchanges[probe].tasks
                unanswered.discard(probe)
    answered = {probe: each for probe, each in exchanges.items() if probe not in unanswered}
    return Recorded(of=of, exchanges=answered, spent=spent + lost + len(unanswered))


def _entry(text: str) -> dict[str, Any] | None:
    try:
        entry = json.loads(text)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def _exchange(entry: Mapping[str, Any]) -> Exchange:
    kept = ("method", "url", "headers", "status", "content_type", "retry_after", "error", "key_env")
    return Exchange(
        **{name: entry[name] for name in kept},
        sent=entry["sent"].encode(),
        body=entry["body"].encode(),
        started=0.0,
        answered=entry["took"],
        recorded=True,
    )
