"""What a task costs, from the credits before and after."""

from dataclasses import replace
from typing import Any

import pytest

from contract_tests.learn.evidence import Left, Line
from contract_tests.learn.price import KEY, PATH, differs, price
from contract_tests.reports.report import About, Asked, Report
from contract_tests.verdicts.polling import FAILED_WORDS
from tests.courses import GOOD, PUBLISHED, arrival, exchange

ABOUT = About(target="http://a.test", document="", profile="apikley")
EXTEND = "http://127.0.0.1:1/api/v1/generate/extend"
LYRICS = "http://127.0.0.1:1/api/v1/lyrics"


def report(before: float, after: float, tasks: int = 2, url: str = EXTEND) -> Report:
    asked = [Asked(probe="extend.example: it", exchange=exchange(number=2 + n, url=url)) for n in range(tasks)]
    refused = Asked(probe="extend.title.type: it", exchange=exchange({"code": 422}, number=9))
    return Report(about=ABOUT, rows=(), asked=(*asked, refused), credits=((1, before), (10, after)))


@pytest.mark.parametrize(("after", "each"), [(76, 12), (80, 10), (99.2, 0.4), (100, 0)])
def test_the_price_is_what_each_task_took(after: float, each: float) -> None:
    found = price(report(100, after), PUBLISHED)
    assert found == Line(PATH, each, f"100 credits before and {after:g} after 2 tasks: requests 1 and 10")
    assert differs(found, PUBLISHED) is (each != 12)


REFUNDED = {"callbacks": (arrival({"code": 501, "msg": "failed", "data": None}),)}
POLLED = {"polls": (exchange({"code": 200, "msg": "success", "data": {"status": FAILED_WORDS[0]}}),)}
UNKNOWN = {"exchange": exchange({"code": 500}, number=2, url=EXTEND)}


@pytest.mark.parametrize("change", [REFUNDED, POLLED, UNKNOWN])
def test_no_price_is_learned_where_a_task_may_have_been_refunded(change: dict[str, Any]) -> None:
    run = report(1000, 940, tasks=6)
    first, *others = run.asked
    why = "1 of them failed, and nobody knows what was refunded: 1000 credits before and 940 after 6 tasks: "
    asked = (replace(first, **change), *others)
    assert price(replace(run, asked=asked), PUBLISHED) == Left(KEY, f"{why}requests 1 and 10")


@pytest.mark.parametrize(
    ("run", "why"),
    [
        (report(100, 85, tasks=3), ""),
        (report(100, 99, tasks=3), "no price of each gives 100 credits before and 99 after 3 tasks: requests 1 and 10"),
        (report(100, 124), "no price of each gives 100 credits before and 124 after 2 tasks: requests 1 and 10"),
        (report(100, 76, tasks=0), "no task was started between two requests for credits"),
        (
            report(100, 76, url=LYRICS),
            "tasks of other operations were paid for, too: 100 credits before and 76 after 2 tasks: requests 1 and 10",
        ),
        (Report(about=ABOUT, rows=()), "credits were not told before and after the tasks"),
    ],
)
def test_what_no_price_gives_is_left_with_both_sides(run: Report, why: str) -> None:
    found = price(run, PUBLISHED)
    assert (found.why if isinstance(found, Left) else "") == why
    assert exchange(GOOD).tasks == 1
