"""What has moved, as lines, as JSON and as JUnit XML."""

import json
from xml.etree import ElementTree

import pytest

from contract_tests.learn.compared import Compared, Outcome
from contract_tests.learn.drift_report import as_json, as_junit, lines, status, summary
from contract_tests.reports.report import About

ABOUT = About(target="http://a.test", document="", date="2026-11-27T10:00:00+00:00", took=1.5)
SAME = Compared(line="picks.a", outcome=Outcome.SAME)
MOVED = Compared(
    line="tells", outcome=Outcome.MOVED, document="all", profile="all", live="first", mock="all", who="live"
)
UNSEEN = Compared(line="picks.b", outcome=Outcome.UNSEEN, why="a run with a larger --budget would")
UNCOMPARED = Compared(line="stages.text.at", outcome=Outcome.UNCOMPARED, profile=3, live={0: 4, 1: 5}, why="seen once")


@pytest.mark.parametrize(
    ("compared", "number"),
    [([SAME], 0), ([SAME, UNCOMPARED], 0), ([SAME, UNSEEN], 3), ([UNSEEN, MOVED], 1), ([MOVED], 1)],
)
def test_what_was_not_looked_at_is_never_the_same(compared: list[Compared], number: int) -> None:
    assert status(compared) == number


def test_the_four_columns_stand_below_what_moved() -> None:
    assert [*lines([SAME, UNSEEN, UNCOMPARED, MOVED])] == [
        "moved: tells (live)",
        "  document  all",
        "  profile   all",
        "  live      first",
        "  mock      all",
        "not looked at: picks.b: a run with a larger --budget would",
        'not comparable: stages.text.at: seen once; profile 3, live {"0": 4, "1": 5}',
    ]


def test_one_line_has_it_all() -> None:
    told = summary([SAME, MOVED, UNSEEN, SAME], "live.yaml", ABOUT)
    assert told == "http://a.test against live.yaml: 1 moved, 1 not looked at, 0 not comparable, 2 the same"


def test_a_program_can_read_it() -> None:
    found = json.loads(as_json([SAME, MOVED], "live.yaml", ABOUT))
    assert (found["status"], found["target"], len(found["lines"])) == (1, "http://a.test", 2)
    assert found["lines"][1]["live"] == "first"
    suite = ElementTree.fromstring(as_junit([SAME, MOVED, UNSEEN, UNCOMPARED], ABOUT))
    assert [suite.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["4", "1", "1", "1"]
    failure = suite.find("testcase[@name='tells']/failure")
    assert failure is not None
    assert failure.get("message") == "document all; profile all; live first; mock all"
