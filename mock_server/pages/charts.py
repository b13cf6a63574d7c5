"""Entries of the journal as numbers to draw: when requests came, how they were answered, how receivers did. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from mock_server.domain.attempt import Outcome
from mock_server.domain.masking import masked_url
from mock_server.state.journal_entries import Attempted, Requested

MINUTE: Final = 60.0
SPANS: Final = (1, 2, 5, 10, 15, 30, 60, 120, 360, 720, 1440)
"""Minutes that a bar of the time can be long; longer ones are twice as long each."""
MOST_BARS: Final = 60
LISTED: Final = 20
"""Bars of one chart that has no time; the rest are one more."""
BOUNDS: Final = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30)
"""Seconds to which the waits for receivers are counted together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """So many of something, of which so many came to no good end."""

    name: str
    count: int
    bad: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The requests of one span of time, from a time in epoch seconds of the mock's clock."""

    at: float
    count: int
    bad: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """How one receiver did: attempts that were made, those of them that were not received, and seconds that it took to
    answer: half of the attempts took at most `median`, 95 of 100 at most `most`."""

    url: str
    count: int
    bad: int
    median: float
    most: float
    slowest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Charts:
    """All that is drawn; `minutes` is how long a span is."""

    requests: int
    attempts: int
    minutes: int
    spans: Sequence[Span]
    codes: Sequence[Bar]
    answers: Sequence[Bar]
    waits: Sequence[Bar]
    receivers: Sequence[Receiver]
    more_receivers: int


def charts(requests: Sequence[Requested], attempts: Sequence[Attempted]) -> Charts:
    """The numbers of these; attempts that were never made are left out."""
    made = [each for each in attempts if each.outcome is not Outcome.UNDELIVERED]
    minutes, spans = _over_time(requests)
    by_url: dict[str, list[Attempted]] = {}
    for each in made:
        by_url.setdefault(each.url, []).append(each)
    urls = sorted(by_url, key=lambda url: -len(by_url[url]))
    return Charts(
        requests=len(requests),
        attempts=len(made),
        minutes=minutes,
        spans=spans,
        codes=_counted((f"{each.code}" if each.code else "no envelope", _went_wrong(each)) for each in requests),
        answers=_counted((_answer(each), _missed(each)) for each in made),
        waits=_waits(made),
        receivers=[_receiver(url, by_url[url]) for url in urls[:LISTED]],
        more_receivers=max(0, len(urls) - LISTED),
    )


def _over_time(requests: Sequence[Requested]) -> tuple[int, Sequence[Span]]:
    """How many minutes a span is long, and the spans from the first request to the last, empty ones among them."""
    times = [each.at for each in requests]
    if not times:
        return SPANS[0], []
    first, last = min(times), max(times)
    minutes = next((each for each in SPANS if _spans(first, last, each) <= MOST_BARS), SPANS[-1])
    while _spans(first, last, minutes) > MOST_BARS:
        minutes *= 2
    length = minutes * MINUTE
    begins = first // length
    came = Counter(int(at // length - begins) for at in times)
    bad = Counter(int(each.at // length - begins) for each in requests if _went_wrong(each))
    spans = range(_spans(first, last, minutes))
    return minutes, [Span(at=(begins + each) * length, count=came[each], bad=bad[each]) for each in spans]


def _spans(first: float, last: float, minutes: int) -> int:
    length = minutes * MINUTE
    return int(last // length - first // length) + 1


def _counted(named: Iterable[tuple[str, bool]]) -> Sequence[Bar]:
    """A bar for each name, the longest first, and one for the names that are too many."""
    counts, bad = Counter[str](), Counter[str]()
    for name, is_bad in named:
        counts[name] += 1
        bad[name] += is_bad
    bars = [Bar(name=name, count=count, bad=bad[name]) for name, count in counts.most_common()]
    rest = bars[LISTED:]
    others = Bar(name="others", count=sum(each.count for each in rest), bad=sum(each.bad for each in rest))
    return [*bars[:LISTED], *([others] if rest else [])]


def _waits(made: Sequence[Attempted]) -> Sequence[Bar]:
    """How many attempts took how long, from the first bound that one needed to the last."""
    bounds: Mapping[str, float] = {**{f"at most {_seconds(each)}": each for each in BOUNDS}, "longer": float("inf")}
    names = [next(name for name, bound in bounds.items() if each.took <= bound) for each in made]
    counts = Counter(names)
    bad = Counter(name for name, each in zip(names, made, strict=True) if _missed(each))
    used = [number for number, name in enumerate(bounds) if counts[name]]
    needed = [*bounds][used[0] : used[-1] + 1] if used else []
    return [Bar(name=name, count=counts[name], bad=bad[name]) for name in needed]


def _seconds(bound: float) -> str:
    return f"{bound:g} s" if bound >= 1 else f"{bound * 1000:g} ms"


def _receiver(url: str, made: Sequence[Attempted]) -> Receiver:
    took = sorted(each.took for each in made)
    return Receiver(
        url=masked_url(url),
        count=len(made),
        bad=sum(map(_missed, made)),
        median=_share(took, 0.5),
        most=_share(took, 0.95),
        slowest=took[-1],
    )


def _share(ordered: Sequence[float], share: float) -> float:
    """The smallest value that so large a share of them does not exceed."""
    return ordered[max(ceil(share * len(ordered)) - 1, 0)]


def _answer(attempt: Attempted) -> str:
    """What a receiver answered, or why it did not, in a word."""
    return f"HTTP {attempt.answer.status}" if attempt.answer else attempt.outcome.replace("_", " ")


def _missed(attempt: Attempted) -> bool:
    return attempt.outcome is not Outcome.ACCEPTED


def _went_wrong(request: Requested) -> bool:
    """Whether a request was refused; media have no envelope."""
    return request.status >= 400 if request.code == 0 else request.code != 200
