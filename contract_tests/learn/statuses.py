"""HTTP statuses of codes that no reading tells, as `answers.statuses` of a profile. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from contract_tests.learn.evidence import Found, Left, Line, times
from contract_tests.reports.report import Asked
from contract_tests.target.exchange import Exchange

PATH: Final = ("answers", "statuses")


def statuses(asked: Iterable[Asked], mocked: Mapping[int, int], said: Iterable[int] = ()) -> Iterator[Found]:
    """The status of each code that comes with one alone, another than the mock's, in `mocked`. Of the codes whose
    status the profile has `said` each that did not come stays open."""
    came: dict[int, list[Exchange]] = defaultdict(list)
    for exchange in (each.exchange for each in asked):
        if exchange.method == "POST" and exchange.code is not None and exchange.code in mocked:
            came[exchange.code].append(exchange)
    for code in sorted({*said} - {*came}):
        yield Left(f"{'.'.join(PATH)}.{code}", "no answer with it came")
    for code, exchanges in sorted(came.items()):
        told = sorted({each.status for each in exchanges})
        if len(told) > 1:
            yield Left(f"{'.'.join(PATH)}.{code}", f"seen in several ways: {', '.join(map(str, told))}")
        elif told != [mocked[code]]:
            yield Line((*PATH, code), told[0], times(exchanges))
