"""How long a server waits before it retries a callback, from attempts of which none was received. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from contract_tests.documents.any_json import parsed
from contract_tests.documents.published import Published
from contract_tests.learn.evidence import Found, Left, Line, times
from contract_tests.probes.request import ATTEMPTS
from contract_tests.reports.report import Asked
from contract_tests.target.exchange import Exchange

QUESTION: Final = "retry_spacing"
OFF, BY = 0.5, 0.25
"""Seconds, and the share of a spacing, by which what is seen may differ from it."""
RECEIVED: Final = range(200, 300)
SHORT: Final = 10.0
"""Seconds below which a decimal is told."""


def spacing(asked: Iterable[Asked], published: Published) -> Iterator[Found]:
    """The reading that has the seconds between attempts, or one of the server's own; nothing where no callback was
    attempted as often as is documented."""
    seen = [(each.exchange, gaps) for each in asked if (gaps := _gaps(each))]
    if not seen:
        return
    readings: Mapping[str, Mapping[str, Any]] = published.questions[QUESTION]["readings"]
    known = [name for name, each in readings.items() if all(_alike(gaps, each["value"]) for _, gaps in seen)]
    first, exchanges = seen[0][1], [exchange for exchange, _ in seen]
    own = published.picks.get(QUESTION)
    if len(known) == 1 or own in known:
        pick = own if own in known else known[0]
        others = ", ".join(name for name in known if name != pick)
        yield Line(("picks", QUESTION), pick, times(exchanges) + (f"; {others} fits as well" if others else ""))
    elif known:
        yield Left(f"picks.{QUESTION}", f"seen: {' or '.join(known)}, which all fit {_in_words(seen)}")
    elif all(_alike(gaps, first) for _, gaps in seen):
        value = [round(each, 1) if each < SHORT else round(each) for each in first]
        name = "seconds_" + "_".join(f"{each:g}".replace(".", "_") for each in value)
        said = {"says": f"after {', '.join(f'{each:g}' for each in value)} seconds", "value": value}
        yield Line(("readings", QUESTION, name), said, times(exchanges))
        yield Line(("picks", QUESTION), name, times(exchanges))
    else:
        yield Left(f"picks.{QUESTION}", f"seen in several ways: {_in_words(seen)}")


def _in_words(seen: Iterable[tuple[Exchange, Sequence[float]]]) -> str:
    """What was measured."""
    told = "; ".join(", ".join(f"{each:.1f}" for each in gaps) for _, gaps in seen)
    return f"{told} seconds between attempts"


def _gaps(asked: Asked) -> list[float]:
    """The seconds between the attempts of the first callback that was not received; empty where these were others than
    ATTEMPTS: a server may have more to come, or have given up sooner."""
    came = sorted(asked.callbacks, key=lambda arrival: arrival.at)
    failed = next((arrival for arrival in came if arrival.status not in RECEIVED), None)
    same = [arrival for arrival in came if failed and parsed(arrival.body) == parsed(failed.body)]
    if len(same) != ATTEMPTS or any(arrival.status in RECEIVED for arrival in same):
        return []
    return [later.at - sooner.at for sooner, later in pairwise(same)]


def _alike(gaps: Sequence[float], value: Sequence[float]) -> bool:
    return len(gaps) == len(value) and all(
        abs(gap - each) <= max(OFF, BY * each) for gap, each in zip(gaps, value, strict=True)
    )
