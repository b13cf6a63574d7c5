"""Callbacks that nobody asked for."""

from contract_tests.receiver.receiver import KEPT_BYTES
from contract_tests.verdicts.course import Finding
from contract_tests.verdicts.unasked import SHOWN, silence_findings, size_findings, stray_findings
from tests.courses import arrival


def test_a_refusal_that_calls_back_has_one_finding() -> None:
    expected = Finding(rule="refusal.callback", expected="no callback after a refusal", got="oops")
    assert list(silence_findings([arrival(b"oops"), arrival(b"again")])) == [expected]


def test_callbacks_to_another_url_are_listed_up_to_a_bound() -> None:
    strays = [arrival(b"", target=f"/{number}") for number in range(SHOWN + 1)]
    (found,) = stray_findings(strays)
    assert (found.rule, found.got) == ("callback.url", "POST /0, POST /1, POST /2, POST /3, POST /4")


def test_callbacks_that_could_not_be_kept_are_counted() -> None:
    got = "3 more, which were not judged"
    expected = Finding(rule="callback.size", expected=f"at most {KEPT_BYTES} bytes of callbacks", got=got)
    assert list(size_findings(3)) == [expected]


def test_where_none_came_there_is_no_finding() -> None:
    assert [*silence_findings([]), *stray_findings([]), *size_findings(0)] == []
