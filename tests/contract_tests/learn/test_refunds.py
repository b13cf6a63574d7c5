"""Which failures give the price back, from the credits before and after the tasks."""

from pathlib import Path

import pytest

from contract_tests.learn.calibrate import learned
from contract_tests.learn.evidence import Left, Line
from contract_tests.learn.paid import before_failures
from contract_tests.learn.price import PATH, price
from contract_tests.learn.refunds import KEY, MORE, refunds
from contract_tests.mutants.hidden import failing, ran
from contract_tests.reports.report import About, Asked, Report
from contract_tests.targets.drawn import REFUNDS, drawn
from tests.courses import PUBLISHED, arrival, exchange

ABOUT = About(target="http://a.test", document="", profile="apikley")
EXTEND = "http://127.0.0.1:1/api/v1/generate/extend"
PRICE = Line(PATH, 12, "")


def task(number: int, code: int = 200) -> Asked:
    called = (arrival({"code": code, "msg": "told", "data": None}),)
    return Asked(probe="extend.example: it", exchange=exchange(number=number, url=EXTEND), callbacks=called)


def report(*credits: tuple[int, float], codes: tuple[int, ...] = (200, 200, 501, 531)) -> Report:
    asked = tuple(task(number, code) for number, code in zip(range(2, 20, 2), codes, strict=False))
    return Report(about=ABOUT, rows=(), asked=asked, credits=credits)


@pytest.mark.parametrize(
    ("after", "reading"),
    [(100 - 2 * 12, "all"), (100 - 4 * 12, "none"), (100 - 3 * 12, None)],
)
def test_refunds_are_what_was_given_back(after: float, reading: str | None) -> None:
    found = refunds(report((1, 100), (9, after)), PRICE, PUBLISHED)
    assert found == (Line((KEY,), reading, f"100 credits before and {after} after 4 tasks: requests 1 and 9; "
                         "2 failed (501, 531)") if reading else None)  # fmt: skip


def test_the_price_is_told_by_tasks_that_go_well() -> None:
    run = report((1, 100), (5, 76), (9, 76))
    found = price(run, PUBLISHED)
    assert isinstance(found, Line)
    assert (found.value, before_failures(run).tasks) == (12, 2)
    back = refunds(run, found, PUBLISHED)
    assert isinstance(back, Line)
    assert back.value == "all"
    assert isinstance(price(report((1, 100), (9, 76)), PUBLISHED), Left)


@pytest.mark.parametrize(
    ("run", "cost", "why"),
    [
        (report((1, 100), (9, 52)), Left("a", "b"), f"the price is not known; {MORE}"),
        (report((1, 100), (9, 76), codes=(200, 200)), PRICE, f"no task failed; {MORE}"),
        (report((1, 100), (9, 100)), Line(PATH, 0, ""), "a task costs nothing"),
        (report((1, 100), (9, 70)), PRICE, "no profile can say it: "),
        (report((1, 100), (9, 88), codes=(200, 531)), PRICE, "seen: some or all, "),
        (report((1, 100), (9, 76), codes=(200, 501)), PRICE, "seen: some or none, "),
    ],
)
def test_what_is_not_decided_is_left_with_the_reason(run: Report, cost: Line | Left, why: str) -> None:
    found = refunds(run, cost, PUBLISHED)
    assert isinstance(found, Left)
    assert found.why.startswith(why)


@pytest.mark.no_cover
@pytest.mark.usefixtures("untraced")
def test_refunds_of_a_drawn_server_are_learned(tmp_path: Path) -> None:
    seed = next(seed for seed in range(50) if drawn(seed).refunds == "all")
    found = learned(ran(drawn(seed).behaviour, PUBLISHED, 14, failing(PUBLISHED)), PUBLISHED, tmp_path)
    assert [each.value for each in found.lines if each.path == (KEY,)] == ["all"]
    assert {drawn(seed).refunds for seed in range(50)} == {*REFUNDS}
