"""What a task costs, from the credits before and after the tasks of a run. Pure."""

from decimal import Decimal
from typing import Final

from contract_tests.documents.published import Published
from contract_tests.learn.evidence import Found, Left, Line
from contract_tests.learn.paid import before_failures, failed
from contract_tests.reports.report import Report

PATH: Final = ("operations", "extend", "price")
KEY: Final = ".".join(PATH)
PLACES: Final = Decimal("0.01")
"""What a price is a multiple of."""


def price(report: Report, published: Published) -> Found:
    """The price of extend where it is not the document's; why it is not known otherwise."""
    if len(report.credits) < 2:
        return Left(KEY, "credits were not told before and after the tasks")
    paid = before_failures(report)
    elsewhere = [each for each in paid.started if not each.exchange.url.endswith(published.terms.extend)]
    if not paid.tasks:
        return Left(KEY, "no task was started between two requests for credits")
    if failures := sum(map(failed, paid.started)):
        return Left(KEY, f"{failures} of them failed, and nobody knows what was refunded: {paid.told}")
    if elsewhere:
        return Left(KEY, f"tasks of other operations were paid for, too: {paid.told}")
    each = paid.spent / paid.tasks
    if each < 0 or each % PLACES:
        return Left(KEY, f"no price of each gives {paid.told}")
    return Line(PATH, int(each) if each == int(each) else float(each), paid.told)


def differs(line: Found, published: Published) -> bool:
    """Whether a price is another than the profile's; what is left is told in any case."""
    return isinstance(line, Left) or line.value != published.family["operations"]["extend"]["price"]
