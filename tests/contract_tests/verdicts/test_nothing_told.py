"""Results that tell nothing of the API."""

from contract_tests.verdicts.nothing_told import why_nothing
from contract_tests.verdicts.results import Result, Verdict
from tests.courses import REFUSED, exchange


def test_each_request_counts_once_however_many_results_it_has() -> None:
    page = [exchange(b"<html>", REFUSED, number=number, content_type="text/html") for number in (1, 2)]
    results = [
        Result(rule=rule, verdict=Verdict.VIOLATED, probe=REFUSED, exchange=each)
        for each in page
        for rule in ("extend.title.length", "answer.msg", "answer.schema")
    ]
    assert why_nothing(results).startswith("this is not the API: 2 requests, and no answer was JSON with a code. ")
