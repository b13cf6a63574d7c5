"""How many attempts are under way at once."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mock_server.callbacks.concurrency import IN_ALL, PER_RECEIVER, Places, receiver_of

Waiter = tuple[str, int]


def filled(**receivers: int) -> Places[str]:
    """Places of which so many are taken or waited for."""
    places = Places[str]()
    for receiver, count in receivers.items():
        for number in range(count):
            if not places.take(receiver):
                places.wait(receiver, f"{receiver}{number}")
    return places


def test_one_receiver_has_its_places() -> None:
    places = filled(a=1000)
    assert len(places) == 1000 - PER_RECEIVER
    assert not places.take("a")


def test_what_waits_is_counted_by_receiver() -> None:
    places = filled(a=PER_RECEIVER + 2, b=PER_RECEIVER)
    assert [places.queued(receiver) for receiver in "abc"] == [2, 0, 0]


def test_a_crowded_receiver_takes_no_place_of_another() -> None:
    assert filled(a=1000).take("b")


def test_who_waits_longest_comes_next() -> None:
    places = filled(a=PER_RECEIVER + 2)
    assert [places.leave("a"), places.leave("a"), places.leave("a")] == [
        f"a{PER_RECEIVER}",
        f"a{PER_RECEIVER + 1}",
        None,
    ]


def test_receivers_take_turns() -> None:
    names = [f"r{number}" for number in range(IN_ALL // PER_RECEIVER)]
    places = filled(**dict.fromkeys(names, PER_RECEIVER), x=2, y=2)
    assert [places.leave(names[0]) for _ in range(4)] == ["x0", "y0", "x1", "y1"]


def test_who_is_dropped_waits_no_longer() -> None:
    places = filled(a=PER_RECEIVER + 3, b=PER_RECEIVER + 1)
    places.drop(lambda waiter: waiter.startswith("b") or waiter.endswith("1"))
    assert list(places) == [f"a{PER_RECEIVER}", f"a{PER_RECEIVER + 2}"]
    assert len(places) == 2


@pytest.mark.parametrize(
    ("other", "same"),
    [
        pytest.param("http://a:1/other?x=y", True, id="another path"),
        pytest.param("http://a:2/", False, id="another port"),
        pytest.param("http://b:1/", False, id="another host"),
    ],
)
def test_a_receiver_is_a_host_and_port(other: str, same: bool) -> None:
    assert (receiver_of(other) == receiver_of("http://a:1/")) == same


class Yard(RuleBasedStateMachine):
    """Attempts at places come and go in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.places = Places[Waiter]()
        self.taken: Counter[str] = Counter()
        self.waiting: list[Waiter] = []
        self.serial = 0

    @rule(receiver=st.sampled_from("abcdefghijkl"), count=st.integers(1, 70))
    def arrive(self, receiver: str, count: int) -> None:
        for _ in range(count):
            self.serial += 1
            if self.places.take(receiver):
                self.taken[receiver] += 1
            else:
                self.places.wait(receiver, (receiver, self.serial))
                self.waiting.append((receiver, self.serial))

    @precondition(lambda self: self.taken.total())
    @rule(data=st.data(), count=st.integers(1, 70))
    def leave(self, data: st.DataObject, count: int) -> None:
        receiver = data.draw(st.sampled_from(sorted(+self.taken)))
        for _ in range(min(count, self.taken[receiver])):
            self.taken[receiver] -= 1
            following = self.places.leave(receiver)
            if following is not None:
                of_same = [waiter for waiter in self.waiting if waiter[0] == following[0]]
                assert following == of_same[0]
                self.waiting.remove(following)
                self.taken[following[0]] += 1

    @rule(receiver=st.sampled_from("abcdefghijkl"))
    def drop(self, receiver: str) -> None:
        self.places.drop(lambda waiter: waiter[0] == receiver)
        self.waiting = [waiter for waiter in self.waiting if waiter[0] != receiver]

    @invariant()
    def no_bound_is_passed_and_no_place_left_empty(self) -> None:
        assert self.taken.total() <= IN_ALL
        assert all(count <= PER_RECEIVER for count in self.taken.values())
        assert sorted(self.places) == sorted(self.waiting)
        assert len(self.places) == len(self.waiting)
        if self.taken.total() < IN_ALL:
            assert all(self.taken[receiver] == PER_RECEIVER for receiver, _ in self.waiting)


TestYard = Yard.TestCase


@given(st.lists(st.sampled_from("ab"), max_size=120))
def test_who_is_gone_leaves_nothing_behind(receivers: list[str]) -> None:
    places = Places[int]()
    held = [receiver for receiver in receivers if places.take(receiver)]
    for receiver in held:
        assert places.leave(receiver) is None
    assert not places._taken
