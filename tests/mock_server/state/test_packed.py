"""Records as JSON: whatever a client can send comes back as it was."""

from collections import deque
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.accounts import Account, Window
from mock_server.domain.owed import owed_first
from mock_server.domain.tasks import Task
from mock_server.domain.timeline import plan
from mock_server.state import packed
from mock_server.state.faults import Broken, Fault
from tests.builders import SOURCE, generated, task

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(anything)
def test_a_value_comes_back(value: Any) -> None:
    assert packed.unpacked(packed.packed(value)) == value


@pytest.mark.parametrize("value", ["\ud800", 2**64, -(2**70), {"\udfff": [2**200]}])
def test_also_what_is_no_utf8_and_no_64_bits(value: Any) -> None:
    assert packed.unpacked(packed.packed(value)) == value


@pytest.mark.parametrize("text", [b"", b"{", b" {", b"\x80\x04K\x01."])
def test_what_nobody_wrote_is_no_value(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"line 1|zero-length"):
        packed.unpacked(text)


def again(value: Any) -> Any:
    return packed.unpacked(packed.packed(value))


TASKS = {
    "a plain one": task(),
    "without waiting": task(pace="immediate"),
    "lost": task(lost=True, given_up=True),
    "with bytes that are no text": task(body=bytes(range(256))),
    "without a source": generated(),
}


@pytest.mark.parametrize("mine", TASKS.values(), ids=TASKS)
def test_a_task_comes_back(mine: Task) -> None:
    assert packed.task(again(packed.of_task(mine.record))) == mine.record


@pytest.mark.parametrize("scenario", ["200", "late", "duplicate", "malformed", "callback-501"])
def test_what_is_owed_comes_back(scenario: str) -> None:
    mine = task(scenario=scenario)
    first = owed_first(mine.record, plan(mine))
    assert first is not None
    assert packed.owed(again(packed.of_owed(first))) == first
    assert packed.owed_id(first) != packed.owed_id(first.turned())


def turned_round(value: dict[str, Any]) -> dict[str, Any]:
    """The same record, as a program may have written it that has its fields in another order."""
    return dict(reversed(value.items()))


@pytest.mark.parametrize("mine", TASKS.values(), ids=TASKS)
def test_the_order_in_which_fields_were_written_means_nothing(mine: Task) -> None:
    first = owed_first(mine.record, plan(mine))
    assert first is not None
    assert packed.task(turned_round(again(packed.of_task(mine.record)))) == mine.record
    assert packed.owed(turned_round(again(packed.of_owed(first)))) == first


def test_no_record_has_fields_that_nobody_writes() -> None:
    mine = task()
    first = owed_first(mine.record, plan(mine))
    assert first is not None
    with pytest.raises(TypeError, match="another"):
        packed.task(again(packed.of_task(mine.record)) | {"another": 1})
    with pytest.raises(TypeError, match="another"):
        packed.owed(again(packed.of_owed(first)) | {"another": 1})


def test_tracks_of_equal_numbers_come_back_as_they_were_written() -> None:
    whole, broken = (task(source=replace(SOURCE, duration=seconds)).record for seconds in (60, 60.0))
    assert [str(packed.task(again(packed.of_task(each))).source) for each in (whole, broken)] == [
        str(whole.source),
        str(broken.source),
    ]


def test_an_account_comes_back() -> None:
    mine = Account(
        credits=-5,
        requests=7,
        window=Window(recent=deque([1.25, 2.5])),
        refunds=[(3.5, 12)],
        queued=deque(["late", "silent"]),
        standing="late",
        made={("wav", "a"): None, ("persona", "b"): None},
    )
    found = packed.account(again(packed.of_account(mine)))
    assert packed.of_account(found) == packed.of_account(mine)
    assert (found.balance(9), found.window, found.tasks) == (7, mine.window, {})


def test_a_track_comes_back() -> None:
    assert type(SOURCE)(**again(packed.of_track(SOURCE))) == SOURCE


@pytest.mark.parametrize("fault", [Fault(), Fault(answer=Broken.STATUS, status=503, times=2), Fault(delay=0.5)])
def test_a_fault_comes_back(fault: Fault) -> None:
    assert packed.fault(again(packed.of_fault(fault))) == fault
