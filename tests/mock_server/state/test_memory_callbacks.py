"""What is owed: who claims what first, that nothing is lost and nothing claimed twice, and how much there may be."""

from itertools import count
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from mock_server.domain.owed import Owed, owed_first
from mock_server.domain.proposal import Crowded
from mock_server.domain.timeline import plan
from mock_server.state.memory_callbacks import OWED_KEPT, QUEUED, OwedCallbacks
from tests.builders import CREATED, task

LIKE = owed_first(task().record, plan(task()))
NOBODY = frozenset[str]()
"""No receiver is full."""
RECEIVERS = "abc"
KEYS = ("one", "two")


def owed(**changes: Any) -> Owed:
    """What is due at CREATED, with changes."""
    assert LIKE is not None
    return LIKE.changed(**{"due": CREATED, "receiver": "a"} | changes)


def holding(*owed: Owed) -> OwedCallbacks:
    held = OwedCallbacks()
    for each in owed:
        assert held.owe(each) is None
    return held


def many(number: int, **changes: Any) -> list[Owed]:
    return [owed(ordinal=ordinal, **changes) for ordinal in range(1, number + 1)]


def test_what_is_given_back_is_due_again_unless_it_was_dropped() -> None:
    held = holding(owed())
    claim = held.claim(CREATED, NOBODY)
    assert claim is not None
    held.give_back(claim[0])
    assert claimed(held) == claim[1]
    held.forget(None)
    held.give_back(claim[0] + 1)
    assert (claimed(held), len(held)) == (None, 0)


def claimed(held: OwedCallbacks, full: frozenset[str] = NOBODY, now: float = CREATED) -> Owed | None:
    claim = held.claim(now, full)
    return None if claim is None else claim[1]


class Books(RuleBasedStateMachine):
    """Owing, claiming, settling and dropping in any order, while time goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.held = OwedCallbacks()
        self.now = CREATED
        self.free: set[Owed] = set()
        self.claimed: dict[int, Owed] = {}
        self.settled: list[int] = []
        self.ordinals = count(1)

    @rule(receiver=st.sampled_from(RECEIVERS), key=st.sampled_from(KEYS), after=st.integers(-3, 5))
    def owe(self, receiver: str, key: str, after: int) -> None:
        """A retry may come at once, and what was held up by one was due before."""
        each = owed(receiver=receiver, key=key, ordinal=next(self.ordinals), due=self.now + after)
        assert self.held.owe(each) is None
        self.free.add(each)

    @rule(seconds=st.integers(1, 4))
    def go_on(self, seconds: int) -> None:
        self.now += seconds

    @rule(full=st.sets(st.sampled_from(RECEIVERS)))
    def claim(self, full: set[str]) -> None:
        due = sorted(each for each in self.free if each.due <= self.now and each.receiver not in full)
        claim = self.held.claim(self.now, full)
        assert (claim is None) == (due == [])
        if claim is not None:
            token, first = claim
            assert token not in {*self.claimed, *self.settled}
            assert first == due[0]
            self.free.remove(first)
            self.claimed[token] = first
        assert self.held.next_later() == min((each.due for each in self.free if each.due > self.now), default=None)

    @precondition(lambda self: self.claimed)
    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        token = data.draw(st.sampled_from(sorted(self.claimed)))
        assert self.held.settle(token)
        del self.claimed[token]
        self.settled.append(token)

    @precondition(lambda self: self.claimed)
    @rule(data=st.data(), after=st.integers(-3, 5))
    def settle_and_owe_again(self, data: st.DataObject, after: int) -> None:
        token = data.draw(st.sampled_from(sorted(self.claimed)))
        again = self.claimed.pop(token).changed(due=self.now + after)
        self.settled.append(token)
        assert self.held.settle(token)
        assert self.held.owe(again) is None
        self.free.add(again)

    @precondition(lambda self: self.settled)
    @rule(data=st.data())
    def settle_once_more(self, data: st.DataObject) -> None:
        assert not self.held.settle(data.draw(st.sampled_from(self.settled)))

    @rule(key=st.none() | st.sampled_from(KEYS))
    def drop(self, key: str | None) -> None:
        everything = [*self.free, *self.claimed.values()]
        assert self.held.drop(key) == sorted(each for each in everything if key in (None, each.key))
        self.free = {each for each in self.free if key not in (None, each.key)}
        dropped = [token for token, each in self.claimed.items() if key in (None, each.key)]
        for token in dropped:
            del self.claimed[token]
        self.settled += dropped

    @rule(receiver=st.sampled_from(RECEIVERS))
    def look_for_room(self, receiver: str) -> None:
        assert self.held.crowded(receiver, self.now) is None

    @invariant()
    def nothing_is_lost(self) -> None:
        everything = [*self.free, *self.claimed.values()]
        assert sorted(self.held) == sorted(everything)
        assert len(self.held) == len(everything)
        assert self.held.next_due() == min((each.due for each in self.free), default=None)


Books.TestCase.settings = settings(max_examples=200, stateful_step_count=40)
TestBooks = Books.TestCase


def test_what_was_due_first_is_claimed_first_whatever_its_receiver() -> None:
    held = holding(owed(due=CREATED + 2), owed(receiver="b", due=CREATED + 1), owed(receiver="c", due=CREATED + 3))
    claims = [claimed(held, now=CREATED + 3) for _ in range(3)]
    assert [each.receiver for each in claims if each] == ["b", "a", "c"]


def test_what_becomes_due_late_still_goes_before_what_was_due_later() -> None:
    """A callback that a retry of the one before held up may have been due long before others that wait."""
    held = holding(*many(2, due=CREATED + 100))
    claimed(held, now=CREATED + 100)
    assert held.owe(late := owed(ordinal=9, due=CREATED)) is None
    assert claimed(held, now=CREATED + 100) == late


def test_what_is_not_due_is_not_claimed() -> None:
    held = holding(owed(due=CREATED + 1))
    assert held.claim(CREATED + 0.9, NOBODY) is None
    assert claimed(held, now=CREATED + 1) is not None


def test_a_full_receiver_holds_up_nothing_but_its_own() -> None:
    held = holding(*many(3), owed(receiver="b", ordinal=9))
    first = claimed(held, frozenset("a"))
    assert first is not None
    assert first.receiver == "b"
    assert claimed(held, frozenset("a")) is None
    assert [each.ordinal for _ in range(3) if (each := claimed(held))] == [1, 2, 3]


def test_what_waits_for_a_full_receiver_does_not_become_due_again() -> None:
    held = holding(owed(), owed(due=CREATED + 7))
    assert held.claim(CREATED, frozenset("a")) is None
    assert (held.next_due(), held.next_later()) == (CREATED, CREATED + 7)


def test_what_is_owed_is_bounded() -> None:
    held = holding(*many(OWED_KEPT - 1))
    assert held.crowded("b", CREATED) is None
    assert held.owe(owed(ordinal=OWED_KEPT)) is None
    assert held.crowded("b", CREATED) == Crowded("100000 tasks are owed callbacks, which is all that the mock keeps")
    assert held.owe(owed(ordinal=OWED_KEPT + 1, due=CREATED + 1)) == owed(ordinal=1)
    assert len(held) == OWED_KEPT


@pytest.mark.parametrize("claims", [0, 1, 3])
def test_past_that_what_was_due_first_and_waits_is_written_off(claims: int) -> None:
    held = holding(*many(OWED_KEPT))
    for _ in range(claims):
        claimed(held)
    assert held.claim(CREATED, frozenset("a")) is None
    assert held.owe(owed(ordinal=OWED_KEPT + 1, due=CREATED + 1)) == owed(ordinal=claims + 1)
    following = claimed(held)
    assert following == owed(ordinal=claims + 2)
    assert len(held) == OWED_KEPT


def test_what_is_claimed_is_not_written_off() -> None:
    held = holding(*many(OWED_KEPT))
    for _ in range(OWED_KEPT):
        claimed(held)
    assert held.owe(owed(ordinal=OWED_KEPT + 1)) == owed(ordinal=OWED_KEPT + 1)


def test_a_receiver_that_is_slower_than_tasks_come_is_crowded_alone() -> None:
    held = holding(*many(QUEUED), owed(receiver="b", ordinal=QUEUED + 1))
    assert held.crowded("a", CREATED) == Crowded("10000 tasks wait to call a, which answers slower than tasks come")
    assert held.crowded("b", CREATED) is None
    assert held.crowded("c", CREATED) is None


def test_what_is_claimed_waits_no_longer() -> None:
    held = holding(*many(QUEUED))
    claimed(held)
    assert held.crowded("a", CREATED) is None


def test_what_is_not_due_yet_does_not_wait() -> None:
    held = holding(*many(QUEUED, due=CREATED + 1))
    assert held.crowded("a", CREATED) is None
    assert held.crowded("a", CREATED + 1) is not None


@pytest.mark.parametrize("key", ["key", None])
def test_what_is_dropped_leaves_room(key: str | None) -> None:
    held = holding(*many(QUEUED))
    assert held.crowded("a", CREATED) is not None
    held.drop(key)
    assert held.crowded("a", CREATED) is None
