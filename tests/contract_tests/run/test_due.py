"""When all callbacks of a task have come."""

from dataclasses import replace
from typing import Any

import pytest

from contract_tests.probes.request import ATTEMPTS, Reply
from contract_tests.receiver.receiver import Arrival
from contract_tests.run.due import all_came
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
    assert all_came(PLAIN, [501], came) is all_of_them


def test_what_the_receiver_is_to_see_again_is_owed_again() -> None:
    lost: Any = replace(ACCEPTED, replies=(Reply(500),) * ATTEMPTS)
    assert not all_came(lost, [501], THREE)
    assert all_came(lost, [501], [THREE[0]] * ATTEMPTS + THREE[1:])
