"""What a task costs, from the credits before and after the tasks of a run. Pure."""

from decimal import Decimal
from typing import Final

from contract_tests.documents.any_json import parsed
from contract_tests.documents.counted import counted
from contract_tests.documents.published import Published
from contract_tests.learn.evidence import Found, Left, Line
from contract_tests.reports.report import Asked, Report
from contract_tests.verdicts.polling import FAILED_WORDS

PATH: Final = ("operations", "extend", "price")
KEY: Final = ".".join(PATH)
PLACES: Final = Decimal("0.01")
"""What a price is a multiple of."""


def price(report: Report, published: Published) -> Found:
    """The price of extend where it is not the document's; why it is not known otherwise."""
    if len(report.credits) < 2:
        return Left(KEY, "credits were not told before and after the tasks")
    (begun, before), (ended, after) = report.credits[0], report.credits[-1]
    started = [each for each in report.asked if each.exchange.tasks and begun < each.exchange.number < ended]
    elsewhere = [each for each in started if not each.exchange.url.endswith(published.terms.extend)]
    tasks, spent = sum(each.exchange.tasks for each in started), Decimal(str(before)) - Decimal(str(after))
    told = f"{before:g} credits before and {after:g} after {counted(tasks, 'task')}: requests {begun} and {ended}"
    if not tasks:
        return Left(KEY, "no task was started between two requests for credits")
    if failed := sum(map(_failed, started)):
        return Left(KEY, f"{failed} of them failed, and nobody knows what was refunded: {told}")
    if elsewhere:
        return Left(KEY, f"tasks of other operations were paid for, too: {told}")
    each = spent / tasks
    if each < 0 or each % PLACES:
        return Left(KEY, f"no price of each gives {told}")
    return Line(PATH, int(each) if each == int(each) else float(each), told)


def _failed(asked: Asked) -> bool:
    """Whether a task, if there is one, has not gone well: as its answer, a callback or a poll tells."""
    if asked.exchange.task_id is None and asked.exchange.code != 200:
        return True
    bodies = [parsed(arrival.body) for arrival in asked.callbacks]
    codes = [body.get("code") for body in bodies if isinstance(body, dict)]
    statuses = [poll.record.get("status") for poll in asked.polls if isinstance(poll.record, dict)]
    return any(code not in (None, 200) for code in codes) or any(status in FAILED_WORDS for status in statuses)


def differs(line: Found, published: Published) -> bool:
    """Whether a price is another than the profile's; what is left is told in any case."""
    return isinstance(line, Left) or line.value != published.family["operations"]["extend"]["price"]
