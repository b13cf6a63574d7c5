"""The bar that shows how far a run is."""

import io
from dataclasses import replace

import pytest

from contract_tests.reports.progress import EVERY, progress
from contract_tests.verdicts.results import Result, Verdict
from tests.courses import ACCEPTED, REFUSED


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_where_no_terminal_is_a_line_comes_every_few_seconds() -> None:
    stream, times = io.StringIO(), iter([0.0, EVERY - 1, EVERY, EVERY, EVERY + 1])
    with progress(3, stream, lambda: next(times)) as told:
        for probe in (REFUSED, REFUSED, None, ACCEPTED, replace(ACCEPTED, id="another")):
            told(Result(rule="extend.example", verdict=Verdict.PASSED, probe=probe))
    assert stream.getvalue() == "2 of 3 probes are answered\n"


@pytest.mark.parametrize(("stream", "drawn"), [(Terminal(), True), (io.StringIO(), False)])
def test_the_bar_is_drawn_on_a_terminal_alone(stream: io.StringIO, drawn: bool) -> None:
    with progress(2, stream) as told:
        for probe in (REFUSED, REFUSED, ACCEPTED, None):
            told(Result(rule="extend.example", verdict=Verdict.PASSED, probe=probe))
    assert ("1/2" in stream.getvalue()) is drawn
    assert ("2/2" in stream.getvalue()) is drawn
