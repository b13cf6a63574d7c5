"""How far a run is, and the rules that are decided meanwhile."""

import io
from dataclasses import replace
from threading import Event

import pytest

from contract_tests.reports.progress import Progress, progress
from contract_tests.reports.rows import Row
from contract_tests.verdicts.results import Result, Verdict
from tests.courses import ACCEPTED, REFUSED
from tests.terminals import shown

AGAIN = replace(REFUSED, id="again")
PASSED = Result(rule=REFUSED.rule, verdict=Verdict.PASSED, probe=REFUSED)
VIOLATED = replace(PASSED, verdict=Verdict.VIOLATED)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def said() -> list[str]:
    return []


def begun(stream: io.StringIO, said: list[str] | None = None) -> Progress:
    times = iter([0.0, 5.0, 25.0])

    def say(row: Row) -> None:
        assert said is not None
        said.append(f"{row.verdict} {row.rule}")

    return Progress([REFUSED, AGAIN, ACCEPTED], stream, None if said is None else say, lambda: next(times))


def test_where_no_terminal_is_a_line_tells_how_far_the_run_is() -> None:
    found = begun(stream := io.StringIO())
    found.hear(PASSED)
    found.tick()
    found.hear(replace(PASSED, probe=AGAIN))
    found.tick()
    assert stream.getvalue().splitlines() == [
        "1 of 3 probes are answered, 0 rules decided, 0 violated, 5 s",
        "2 of 3 probes are answered, 1 rule decided, 0 violated, 25 s",
    ]


def test_what_the_run_is_doing_is_told() -> None:
    found = Progress([REFUSED], stream := io.StringIO(), None, lambda: 0.0, lambda: "2 tasks started")
    found.tick()
    assert stream.getvalue() == "0 of 1 probes are answered, 0 rules decided, 0 violated, 2 tasks started, 0 s\n"


def test_a_terminal_has_a_bar_that_leaves_nothing_behind() -> None:
    found = begun(stream := Terminal())
    found.hear(PASSED)
    found.tick()
    assert shown(stream.getvalue()) == "[######--------------] 1/3 probes, 0 rules decided, 0 violated, 5 s"
    found.erase()
    found.erase()
    assert shown(stream.getvalue()) == ""


def test_a_rule_is_said_when_all_of_its_probes_are_answered(said: list[str]) -> None:
    found = begun(Terminal(), said)
    found.hear(PASSED)
    found.hear(PASSED)
    assert (said, found.said) == ([], {})
    found.hear(replace(PASSED, probe=AGAIN))
    assert said == [f"passed {REFUSED.rule}"]
    found.hear(PASSED)
    assert (said, found.said) == ([f"passed {REFUSED.rule}"], {REFUSED.rule: Verdict.PASSED})


def test_a_violation_is_said_at_once_and_once_also_after_a_pass(said: list[str]) -> None:
    found = begun(Terminal(), said)
    for result in (PASSED, replace(PASSED, probe=AGAIN), VIOLATED, VIOLATED, PASSED):
        found.hear(result)
    assert said == [f"passed {REFUSED.rule}", f"violated {REFUSED.rule}"]


def test_a_rule_without_probes_of_its_own_is_said_when_it_is_broken(said: list[str]) -> None:
    found = begun(Terminal(), said)
    found.hear(Result(rule="callbacks", verdict=Verdict.PASSED, probe=ACCEPTED))
    assert said == []
    found.hear(Result(rule="callbacks", verdict=Verdict.VIOLATED))
    assert said == ["violated callbacks"]


def test_nothing_is_said_where_nobody_looks_on() -> None:
    found = begun(io.StringIO())
    found.hear(VIOLATED)
    assert found.said == {}


class Heard(io.StringIO):
    def __init__(self) -> None:
        super().__init__()
        self.twice = Event()

    def write(self, text: str) -> int:
        if "s\n" in self.getvalue():
            self.twice.set()
        return super().write(text)


def test_it_goes_on_telling_while_nothing_comes() -> None:
    with progress([REFUSED], stream := Heard(), every=0.01):
        assert stream.twice.wait(30)
    assert stream.getvalue().startswith("0 of 1 probes are answered, 0 rules decided, 0 violated, 0 s\n")


@pytest.mark.parametrize("stream", [Terminal(), io.StringIO()], ids=["terminal", "file"])
def test_nothing_is_left_of_a_run_that_is_over_at_once(stream: io.StringIO) -> None:
    with progress([REFUSED], stream) as found:
        found.hear(PASSED)
    assert shown(stream.getvalue()) == ""
