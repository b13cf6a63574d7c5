"""A record, and the task that it stands for."""

import json
from typing import Any

import pytest

from tests.builders import edition, generated, task


@pytest.mark.parametrize("made", [task, generated])
def test_a_request_is_kept_as_it_came(made: Any) -> None:
    accepted = made(prompt="ö😀", tempo=[1, None, 0.5])
    assert accepted.request.fields == json.loads(accepted.record.body)
    assert accepted.request.fields["tempo"] == [1, None, 0.5]


@pytest.mark.parametrize("made", [task, generated])
def test_a_new_task_has_lost_nothing(made: Any) -> None:
    accepted = made()
    assert (accepted.record.given_up, accepted.record.lost) == (False, False)


def test_tasks_of_one_record_are_equal() -> None:
    assert task() == task()
    assert hash(task()) == hash(task())
    assert task() != task(lost=True)
    assert task() != task().record


def test_a_task_finds_what_its_record_names() -> None:
    found = task(scenario="late", pace="60x", under=edition("apikley", "first_items=both"))
    assert (found.operation.name, found.scenario.name, found.pace.speed) == ("extend", "late", 60)
    assert found.edition.readings.first_items == 2


def test_a_record_tells_its_size_about() -> None:
    plain = task(body=b"").record
    assert task(body=b"x" * 1000).record.size - plain.size == 1000
    assert plain.changed(drawn="first_items=both").size > plain.size
