"""HTTP statuses of codes that no reading tells."""

from contract_tests.learn.evidence import Left, Line
from contract_tests.learn.statuses import statuses
from contract_tests.reports.report import Asked
from tests.courses import BAD, GOOD, exchange


def asked(*statuses: int, code: int = 422, method: str = "POST") -> list[Asked]:
    body = {**(GOOD if code == 200 else BAD), "code": code}
    every = enumerate(statuses, 1)
    return [Asked(probe="one", exchange=exchange(body, number=n, status=each, method=method)) for n, each in every]


def test_a_status_that_is_not_the_mocks_is_a_line() -> None:
    assert [*statuses(asked(422, 422), {422: 200})] == [
        Line(("answers", "statuses", 422), 422, "2 times: requests 1, 2")
    ]
    assert [*statuses(asked(201, code=200), {200: 200})] == [Line(("answers", "statuses", 200), 201, "once: request 1")]


def test_the_mocks_status_and_codes_that_it_has_not_are_none() -> None:
    assert not [*statuses([*asked(200), *asked(402, code=402)], {422: 200})]


def test_a_code_with_several_statuses_stays_open() -> None:
    why = "seen in several ways: 200, 422"
    assert [*statuses(asked(422, 200), {422: 200})] == [Left("answers.statuses.422", why)]


def test_another_method_is_no_request_to_the_endpoint() -> None:
    assert not [*statuses(asked(405, code=404, method="PUT"), {404: 200})]


def test_a_status_that_was_said_and_is_not_seen_stays_open() -> None:
    found = [*statuses(asked(422), {422: 422, 455: 400}, [422, 455])]
    assert found == [Left("answers.statuses.455", "no answer with it came")]
