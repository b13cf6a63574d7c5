"""When all callbacks of a task have come."""

from dataclasses import replace
from typing import Any

import pytest

from contract_tests.probes.request import ATTEMPTS, Reply
from contract_tests.receiver.receiver import Arrival
from contract_tests.run.due import ALREADY, NEVER, PASSED_OVER, first_came, owed_until
from tests.courses import ACCEPTED, STAGES, arrival, stage

PLAIN = replace(ACCEPTED, replies=())
THREE = [arrival(stage(name)) for name in STAGES]
FAILED = arrival({"code": 501, "msg": "x", "data": {"callbackType": "error"}})


@pytest.mark.parametrize(
    ("came", "all_of_them"),
    [
        ([], False),
        (THREE[:2], False),
        (THREE, True),
        ([THREE[0], *THREE[:2]], False),
        ([*THREE[:2], *THREE], True),
        ([arrival(b"x")], False),
        ([FAILED], True),
        ([arrival([1])], False),
    ],
)
def test_each_stage_is_owed_once_or_a_failure(came: list[Arrival], all_of_them: bool) -> None:
    assert owed_until(PLAIN, [501], came) == (ALREADY if all_of_them else NEVER)


@pytest.mark.parametrize("before", [[], THREE[:1], [THREE[1], THREE[1]]])
def test_a_stage_that_was_passed_over_is_owed_for_a_while_after_the_last(before: list[Arrival]) -> None:
    last = [replace(THREE[2], at=200.0), replace(THREE[2], at=300.0)]
    assert owed_until(PLAIN, [501], [*before, *last]) == 200.0 + PASSED_OVER


def test_what_the_receiver_is_to_see_again_is_owed_again() -> None:
    lost: Any = replace(ACCEPTED, replies=(Reply(500),) * ATTEMPTS)
    assert owed_until(lost, [501], THREE) == NEVER
    assert owed_until(lost, [501], [THREE[0]] * ATTEMPTS + THREE[1:]) == ALREADY


def test_a_task_that_calls_back_once_owes_that() -> None:
    assert [first_came([]), first_came(THREE[:1])] == [NEVER, ALREADY]
