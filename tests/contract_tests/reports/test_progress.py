"""The bar that shows how far a run is."""

import io

import pytest

from contract_tests.reports.progress import progress
from contract_tests.verdicts.results import Result, Verdict
from tests.courses import ACCEPTED, REFUSED


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("stream", "drawn"), [(Terminal(), True), (io.StringIO(), False)])
def test_the_bar_is_drawn_on_a_terminal_alone(stream: io.StringIO, drawn: bool) -> None:
    with progress(2, stream) as told:
        for probe in (REFUSED, REFUSED, ACCEPTED, None):
            told(Result(rule="extend.example", verdict=Verdict.PASSED, probe=probe))
    assert ("1/2" in stream.getvalue()) is drawn
    assert ("2/2" in stream.getvalue()) is drawn
