"""What is to be written: each record once, as it changed last, and the steps that could not be written before."""

import pytest

from mock_server.state.ledger import Change, Table, Unkept, Unwritten

Notes = list[tuple[str, Change] | Table]
CHANGED, MOVED, GONE = Change.CHANGED, Change.MOVED, Change.GONE


def noted(*notes: tuple[str, Change] | Table) -> Unwritten:
    """What is to be written after changes of accounts, and of whole tables."""
    found = Unwritten()
    for note in notes:
        if isinstance(note, Table):
            found.emptied(note)
        else:
            found.note(Table.ACCOUNT, *note)
    return found


@pytest.mark.parametrize(
    ("notes", "left"),
    [
        pytest.param([("a", CHANGED), ("b", CHANGED)], {"a": CHANGED, "b": CHANGED}, id="each"),
        pytest.param([("a", MOVED), ("b", MOVED), ("a", MOVED)], {"b": MOVED, "a": MOVED}, id="the last at the end"),
        pytest.param([("a", MOVED), ("b", MOVED), ("a", CHANGED)], {"a": MOVED, "b": MOVED}, id="moved stays moved"),
        pytest.param([("a", MOVED), ("a", GONE)], {"a": GONE}, id="gone"),
        pytest.param([("a", GONE), ("a", MOVED)], {"a": MOVED}, id="there again"),
        pytest.param([("a", MOVED), Table.ACCOUNT, ("b", MOVED)], {"b": MOVED}, id="all are gone"),
        pytest.param([("a", MOVED), Table.TASK], {"a": MOVED}, id="all others are gone"),
    ],
)
def test_a_record_is_written_as_it_changed_last(notes: Notes, left: dict[str, Change]) -> None:
    assert list(dict(noted(*notes))[Table.ACCOUNT].items()) == list(left.items())


def test_a_table_that_is_emptied_is_written_also_without_records() -> None:
    assert not Unwritten()
    assert noted(Table.FAULT)
    assert dict(noted(Table.FAULT)) == {Table.FAULT: {}}


@pytest.mark.parametrize("later", [[], [("a", GONE)], [("b", CHANGED), ("c", MOVED)], [Table.ACCOUNT, ("b", MOVED)]])
def test_two_steps_are_one(later: Notes) -> None:
    first: Notes = [Table.TASK, ("a", MOVED), ("b", MOVED)]
    assert noted(*first).before(noted(*later)) == noted(*first, *later)


def test_who_keeps_everything_in_memory_is_told_too() -> None:
    ledger = Unkept()
    ledger.note(Table.TASK, "a")
    ledger.emptied(Table.TASK)
    assert vars(ledger) == {}
