"""How many deliveries run at once, in all and to one receiver."""

from hypothesis import given
from hypothesis import strategies as st

from mock_server.callbacks.concurrency import IN_ALL, PER_RECEIVER, Concurrency


def test_a_receiver_is_full_with_so_many() -> None:
    running = Concurrency()
    for _ in range(PER_RECEIVER):
        assert "a" not in running
        running.enter("a")
    assert "a" in running
    assert "b" not in running
    running.leave("a")
    assert "a" not in running


def test_every_receiver_is_full_with_so_many_in_all() -> None:
    running = Concurrency()
    for number in range(IN_ALL):
        assert not running.exhausted
        running.enter(f"{number}")
    assert running.exhausted
    assert "another" in running
    running.leave("0")
    assert not running.exhausted
    assert "another" not in running


@given(st.lists(st.sampled_from("abc"), max_size=200))
def test_what_ends_leaves_as_much_room_as_it_took(receivers: list[str]) -> None:
    running = Concurrency()
    for receiver in receivers:
        running.enter(receiver)
    for receiver in receivers:
        running.leave(receiver)
    assert not any(receiver in running for receiver in "abc")
    assert not running.exhausted
