"""Which failures give the price back, from the credits before and after the tasks of a run. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from contract_tests.documents.published import Published
from contract_tests.learn.evidence import Found, Left, Line
from contract_tests.learn.paid import UNKNOWN, failed, failure, of_failures
from contract_tests.reports.report import Report

KEY: Final = "refunds"
WORD: Final = "refunded"
"""What the words of a failure say that gives the price back by the documents."""
MORE: Final = "a run with --trigger callback-501=… and callback-531=… would tell"


def refunds(report: Report, price: Found, published: Published) -> Found | None:
    """Which failures are refunded, where it is not as in the profile; why it is not known otherwise."""
    if not isinstance(price, Line):
        return Left(KEY, f"the price is not known; {MORE}")
    paid = of_failures(report)
    failures = [failure(each) for each in paid.started if failed(each)]
    if not failures:
        return Left(KEY, f"no task failed; {MORE}")
    if not price.value:
        return Left(KEY, "a task costs nothing")
    back = paid.tasks - paid.spent / Decimal(str(price.value))
    told = f"{paid.told}; {len(failures)} failed ({', '.join(map(str, sorted(failures)))})"
    if UNKNOWN in failures:
        return Left(KEY, f"no callback tells why a task failed: {told}")
    readings = [name for name, number in _due(failures, published.callback_codes).items() if number == back]
    if not readings:
        return Left(KEY, f"no profile can say it: {told}")
    if len(readings) > 1:
        return Left(KEY, f"seen: {' or '.join(readings)}, {told}; {MORE}")
    return None if readings == [published.family[KEY]] else Line((KEY,), readings[0], told)


def _due(failures: Sequence[int], words: Mapping[int, str]) -> dict[str, int]:
    """How many of the failures are refunded, by what a profile says."""
    some = sum(WORD in words.get(code, "") for code in failures)
    return {"some": some, "all": len(failures), "none": 0}
