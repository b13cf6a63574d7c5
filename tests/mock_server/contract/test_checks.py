"""The order in which a request is judged."""

import pytest

from mock_server.contract.checks import NamedCheck, checks
from tests.builders import edition

BETWEEN = [each.name for each in checks()][1:-1]


def test_a_check_has_one_place_in_the_order() -> None:
    names = [each.name for each in checks()]
    assert len(set(names)) == len(names)


def test_the_connection_comes_first_and_the_success_last() -> None:
    assert [checks()[0].name, checks()[-1].name] == ["connection", "accepted"]
    assert checks()[-1].code == 200


@pytest.mark.parametrize("check", checks()[:-1], ids=lambda check: check.name)
def test_a_check_says_what_it_asks_and_what_strikes(check: NamedCheck) -> None:
    assert check.check.partition("(")[0].strip().endswith("?")
    assert check.cause


@pytest.mark.parametrize("check", checks()[1:-1], ids=lambda check: check.name)
def test_a_refusal_has_a_documented_code_unless_any_can_come(check: NamedCheck) -> None:
    assert (check.code is None) == check.any
    assert check.code in (None, *edition().profile.codes)


def test_what_the_provider_would_ask_first_comes_first() -> None:
    assert BETWEEN[:5] == ["key", "maintenance", "scenario", "rate", "body"]
    assert BETWEEN[-1] == "credits"
