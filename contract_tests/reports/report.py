"""What the reports of a run tell: what it was, its rows, and everything that was sent and came. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from contract_tests.probes.request import Track
from contract_tests.receiver.receiver import Arrival
from contract_tests.reports.rows import Row
from contract_tests.target.exchange import Exchange
from contract_tests.verdicts.results import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a run was: of which target, against which document, begun when (UTC), and how long it took in seconds. What
    nobody noted is empty. `spent` is how many tasks were started at most, `budget` how many might be. `nothing` says
    why the run tells nothing of the target, and what to give another time. `recorded` says that it was no run: others
    sent what was recorded."""

    target: str
    document: str
    profile: str = ""
    seed: int | None = None
    version: str = ""
    date: str = ""
    command: str = ""
    took: float | None = None
    spent: int | None = None
    budget: int | None = None
    strict: bool = False
    nothing: str = ""
    recorded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request of a probe: its answer, the callbacks that came for it, and the answers to polls of its task."""

    probe: str
    exchange: Exchange
    callbacks: tuple[Arrival, ...] = ()
    polls: tuple[Exchange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A run as its reports tell it. `missing` says, in a line each, what its journal does not hold; `picks` is the
    reading of each question that the profile takes, `tracks` are the source tracks that were given, and
    `credits` what was told of these, each by the number of the request."""

    about: About
    rows: tuple[Row, ...]
    summary: tuple[str, ...] = ()
    asked: tuple[Asked, ...] = ()
    missing: tuple[str, ...] = ()
    picks: Mapping[str, str] = field(default_factory=dict)
    tracks: tuple[Track, ...] = ()
    credits: tuple[tuple[int, float], ...] = ()
    _by_number: dict[int, Asked] = field(init=False, default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._by_number.update({each.exchange.number: each for each in self.asked if each.exchange.number})

    def of(self, result: Result) -> Asked | None:
        """What was asked and came where a result was found; None where that is not known."""
        return self._by_number.get(result.exchange.number) if result.exchange else None

    def requests(self) -> Iterator[Mapping[str, Any]]:
        """Everything that was sent and came, for a program to read."""
        for each in self.asked:
            told = _exchange(each.exchange)
            callbacks = [_callback(arrival, each.exchange.started) for arrival in each.callbacks]
            yield {"probe": each.probe, **told, "callbacks": callbacks, "polls": [*map(_exchange, each.polls)]}


def _exchange(exchange: Exchange) -> dict[str, Any]:
    return {
        "number": exchange.number,
        "method": exchange.method,
        "url": exchange.url,
        "headers": dict(exchange.headers),
        "sent": _text(exchange.sent),
        "status": exchange.status,
        "answer_headers": dict(exchange.answer_headers),
        "body": _text(exchange.body),
        "error": exchange.error,
        "took": round(exchange.answered - exchange.started, 4),
    }


def _callback(arrival: Arrival, begun: float) -> dict[str, Any]:
    return {
        "after": round(arrival.at - begun, 4),
        "method": arrival.method,
        "target": arrival.target,
        "headers": dict(arrival.headers),
        "body": _text(arrival.body),
        "answered": arrival.status,
    }


def _text(raw: bytes) -> str:
    return raw.decode(errors="backslashreplace")
