"""Counts in words."""

from contract_tests.documents.counted import counted, one_of


def test_one_thing_is_no_plural() -> None:
    assert [counted(number, "task") for number in range(3)] == ["0 tasks", "1 task", "2 tasks"]
    assert [one_of(1, 1, "task"), one_of(1, 3, "task")] == ["1 of 1 task is", "1 of 3 tasks are"]
