"""How many requests a server takes in which time, and how it says that it takes no more. Pure."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import floor
from typing import Final, NamedTuple

from contract_tests.documents.counted import counted
from contract_tests.documents.published import Published
from contract_tests.learn.evidence import Found, Left, Line, times
from contract_tests.probes.rate import AGAIN, BEFORE, BURSTS, FIRST, RATE
from contract_tests.reports.report import Asked
from contract_tests.run.rating import LONGEST, is_denied
from contract_tests.target.exchange import Exchange

KEY: Final = "rate_limit"


DENIED: Final = f"{KEY}.retry_after"
"""What is left wherever requests were denied: a profile cannot say it."""


class Burst(NamedTuple):
    """How many requests passed, between how many seconds the window lasts, and the request that was denied first."""

    passed: int
    least: float
    most: float
    denied: Exchange


def rate(asked: Iterable[Asked], published: Published) -> Iterator[Found]:
    """The limit, where it shows to the second and is not the profile's, and the code; nothing where nobody looked."""
    parts: dict[str, list[Exchange]] = defaultdict(list)
    for each in asked:
        if each.probe.startswith(RATE):
            parts[each.probe.removeprefix(RATE).partition(",")[0]].append(each.exchange)
    if not parts:
        return
    passing = next(reversed(parts[FIRST]), None)
    bursts = [found for part in BURSTS if passing and (found := _burst(parts[part], parts[f"{part}{AGAIN}"], passing))]
    if len(bursts) < len(BURSTS):
        yield Left(KEY, _unshown(parts))
        return
    limit = _limit(bursts)
    if isinstance(limit, Left) or limit.value != published.family.get(KEY):
        yield limit
    yield from _words([each.denied for each in bursts], published)


def _unshown(parts: Mapping[str, Sequence[Exchange]]) -> str:
    """Why requests that start no task, as fast as they go, did not show it."""
    sent = sum(map(len, parts.values()))
    if BEFORE not in parts:
        return f"none of {counted(sent, 'request')} passed, in up to {LONGEST:g} seconds"
    passing, burst = parts[FIRST][-1], [part for part in (BEFORE, *BURSTS) if parts.get(f"{part}{AGAIN}")]
    if burst and is_denied(parts[f"{burst[-1]}{AGAIN}"][-1], passing):
        window = [*(parts[FIRST][-1:] if burst[-1] == BEFORE else ()), *parts[burst[-1]]]
        passed = sum(not is_denied(each, passing) for each in window)
        return f"{passed} passed, and then none within {LONGEST:g} seconds, the longest that is waited for"
    return f"{sent} requests that start no task, as fast as they go, did not show it"


def _words(denied: Sequence[Exchange], published: Published) -> Iterator[Found]:
    """How it is said that no more are taken: the code, its words, and how long to wait."""
    codes = {each.code for each in denied}
    if len(codes) == 1:
        (code,) = codes
        if code != published.terms.rate:
            yield Line(("refusals", "rate"), code, times(denied))
        words = {each.msg for each in denied if isinstance(each.msg, str)}
        if len(words) == 1 and words != {published.codes.get(code or 0)}:
            yield Line(("codes", code or 0), words.pop(), times(denied))
        elif len(words) > 1:
            told = "; ".join(sorted(json.dumps(each, ensure_ascii=False) for each in words))
            yield Left(f"codes.{code}", f"seen in several ways: {told}")
    waits = ", ".join(sorted({each.retry_after for each in denied} - {""}))
    yield Left(DENIED, f"the mock tells its own, which no profile can change; seen: {waits or 'none'}")


def rated(asked: Iterable[Asked]) -> bool:
    """Whether somebody looked for a limit."""
    return any(each.probe.startswith(RATE) for each in asked)


def _burst(sent: Sequence[Exchange], again: Sequence[Exchange], passing: Exchange) -> Burst | None:
    """What a burst shows; None where nothing was denied, or nothing passed again."""
    denied = [each for each in (*sent, *again) if is_denied(each, passing)]
    if not denied or not again or is_denied(again[-1], passing):
        return None
    least, most = denied[-1].started - sent[0].answered, again[-1].answered - sent[0].started
    return Burst(sum(not is_denied(each, passing) for each in sent), least, most, denied[0])


def _limit(bursts: Sequence[Burst]) -> Found:
    passed = sorted({each.passed for each in bursts})
    least, most = max(each.least for each in bursts), min(each.most for each in bursts)
    told = f"{' or '.join(map(str, passed))} requests in {least:.2f} to {most:.2f} seconds"
    seconds = floor(most)
    if len(passed) > 1 or least >= most:
        return Left(KEY, f"not the same each time: {told}")
    if seconds <= max(least, 0) or seconds - 1 > least:
        return Left(KEY, f"not to the second: {told}")
    return Line((KEY,), {"requests": passed[0], "seconds": seconds}, f"{told}, {times(each.denied for each in bursts)}")
