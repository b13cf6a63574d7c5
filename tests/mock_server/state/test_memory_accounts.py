"""Accounts and their tasks: what is kept, what is forgotten for want of room, and that both are told alike."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mock_server.core.errors import BadSetting
from mock_server.core.settings import RateLimit
from mock_server.domain.proposal import Opening
from mock_server.domain.tasks import OVERHEAD, TaskRecord
from mock_server.state.ledger import Change, Table, Unwritten
from mock_server.state.memory_accounts import (
    ACCOUNTS_KEPT,
    BYTES_KEPT,
    POLLED_KEPT,
    QUEUED_KEPT,
    TASKS_KEPT,
    TRACKS_KEPT,
    Accounts,
)
from tests.builders import CREATED, SOURCE, edition, task

ONE_IN_TEN = RateLimit(requests=1, seconds=10)
LIKE = task().record
LARGE = bytes(BYTES_KEPT // 3 - OVERHEAD)


def accounts(credits: Callable[[str], int] = lambda key: 100) -> Accounts:
    return Accounts(credits)


def record(id: str, key: str = "key", *, body: bytes = LIKE.body) -> TaskRecord:
    return LIKE.changed(id=id, key=key, body=body, tracks=(f"{id}/0", f"{id}/1"))


def opened(held: Accounts, id: str, key: str = "key", *, body: bytes = LIKE.body) -> TaskRecord:
    """A task that was started by a request of its key."""
    held.used(key)
    mine = record(id, key, body=body)
    held.open(Opening(mine, None, None))
    return mine


def ids(held: Accounts, key: str | None = None) -> list[str]:
    return [each.id for each in held.tasks(key)]


def crowd(held: Accounts, first: int = 0) -> None:
    """Use so many other accounts that every account before them is forgotten."""
    for number in range(first, first + ACCOUNTS_KEPT):
        held.used(f"crowd {number}")


def wait(held: Accounts, task_id: str, now: float = CREATED) -> float | None:
    """Poll a task; the seconds until that is allowed again."""
    return held.polls(task_id).take_slot(now, ONE_IN_TEN)


def test_an_account_opens_with_its_credits() -> None:
    held = accounts({"rich": 1000, "poor": 0}.__getitem__)
    assert [held.used(key).balance(CREATED) for key in ("rich", "poor")] == [1000, 0]


def test_credits_are_read_when_an_account_opens() -> None:
    opens_with = {"key": 5}
    held = accounts(opens_with.__getitem__)
    held.used("key")
    opens_with["key"] = 7
    assert held.used("key").balance(CREATED) == 5


def test_an_account_is_known_once_it_was_used() -> None:
    held = accounts()
    assert held.known("key") is None
    assert held.used("key") is held.known("key") is held.used("key")


def test_the_account_used_last_goes_last() -> None:
    held = accounts()
    for key in ("a", "b", "a"):
        held.used(key)
    assert held.keys() == ["b", "a"]


def test_looking_at_an_account_does_not_use_it() -> None:
    held = accounts()
    for key in ("a", "b"):
        opened(held, f"of {key}", key)
    held.known("a")
    held.tasks("a")
    assert held.keys() == ["a", "b"]


def test_the_oldest_account_is_forgotten() -> None:
    held = accounts()
    for number in range(ACCOUNTS_KEPT + 1):
        held.used(str(number)).requests += 1
    assert [held.used(key).requests for key in ("1", "0")] == [1, 0]


def test_the_account_in_use_is_not_forgotten() -> None:
    held = accounts()
    for number in range(ACCOUNTS_KEPT + 5):
        held.used(f"key {number}")
        if number % 5000 == 0:
            held.used("kept").requests += 1
    assert held.used("kept").requests == 3


def test_a_task_is_found_by_its_id_and_its_tracks() -> None:
    held = accounts()
    mine = opened(held, "a")
    assert held.task("a") is held.task_of_track("a/0") is held.task_of_track("a/1") is mine
    assert held.task("b") is held.task_of_track("b/0") is held.task_of_track("a") is None


def test_tasks_are_listed_oldest_first() -> None:
    held = accounts()
    for id, key in [("a", "one"), ("b", "two"), ("c", "one")]:
        opened(held, id, key)
    assert [ids(held, key) for key in (None, "one", "nobody")] == [["a", "b", "c"], ["a", "c"], []]


def test_the_oldest_task_is_forgotten() -> None:
    held = accounts()
    for number in range(TASKS_KEPT + 1):
        opened(held, str(number))
    assert [held.task(id) is not None for id in ("0", "1", str(TASKS_KEPT))] == [False, True, True]
    assert [held.task_of_track(f"{id}/0") is not None for id in ("0", "1")] == [False, True]
    assert len(held.tasks("key")) == TASKS_KEPT


def test_large_bodies_push_tasks_out() -> None:
    held = accounts()
    for number in range(4):
        opened(held, str(number), body=LARGE)
    assert ids(held) == ids(held, "key") == ["1", "2", "3"]


def test_drawn_readings_take_room() -> None:
    assert task(under=edition("apikley", "all=vary")).record.size > task().record.size


def test_a_forgotten_account_takes_its_tasks_along() -> None:
    held = accounts()
    opened(held, "a", "old")
    wait(held, "a")
    crowd(held)
    assert (held.task("a"), held.task_of_track("a/0")) == (None, None)
    assert ids(held) == ids(held, "old") == []
    assert wait(held, "a") is None


def test_what_was_pushed_out_is_counted() -> None:
    held = accounts()
    assert held.dropped == {"tasks": 0, "accounts": 0}
    for number in range(5):
        opened(held, str(number), body=LARGE)
    crowd(held)
    assert held.dropped == {"tasks": 2, "accounts": 1}
    held.reset("crowd 0")
    assert held.dropped == {"tasks": 2, "accounts": 1}
    held.reset(None)
    assert held.dropped == {"tasks": 0, "accounts": 0}


def test_a_new_task_has_lost_nothing() -> None:
    mine = opened(accounts(), "a")
    assert (mine.given_up, mine.heard, mine.lost) == (False, False, False)


notes = st.lists(st.tuples(st.booleans(), st.sampled_from([None, True, False])), max_size=6)


@given(notes)
def test_what_was_noted_stays_and_what_was_heard_once_is_not_lost(course: list[tuple[bool, bool | None]]) -> None:
    held = accounts()
    opened(held, "a")
    for given_up, received in course:
        held.note("a", given_up=given_up, received=received)
    noted = held.task("a")
    assert noted is not None
    heard = [received for _, received in course if received is not None]
    assert noted.given_up == any(given_up for given_up, _ in course)
    assert (noted.heard, noted.lost) == (any(heard), bool(heard) and not any(heard))
    assert noted == record("a").changed(given_up=noted.given_up, heard=noted.heard, lost=noted.lost)


def test_what_is_noted_of_a_forgotten_task_is_forgotten() -> None:
    held = accounts()
    held.note("a", given_up=True, received=False)
    assert held.task("a") is None


def test_what_is_noted_of_a_task_that_a_reset_forgot_is_written_nowhere() -> None:
    ledger = Unwritten()
    held = Accounts(lambda key: 100, ledger)
    mine = opened(held, "a")
    held.reset("key")
    held.note(mine.id, given_up=True, received=None)
    assert ledger.records[Table.TASK]["a"] is Change.GONE


def test_polls_are_counted_per_task() -> None:
    held = accounts()
    moments = [("a", 0), ("b", 1), ("a", 4), ("a", 10)]
    assert [wait(held, id, now) for id, now in moments] == [None, None, 6, None]


def test_polls_of_the_task_polled_first_are_forgotten() -> None:
    held = accounts()
    for number in range(POLLED_KEPT + 1):
        wait(held, str(number))
        if number == POLLED_KEPT // 2:
            wait(held, "0")
    assert [wait(held, id) for id in ("0", "2", "1")] == [10, 10, None]


def test_scenarios_are_queued_per_key() -> None:
    held = accounts()
    held.queue("key", "late", None)
    held.queue("key", "silent", 2)
    assert [held.used("key").next_scenario() for _ in range(4)] == ["silent", "silent", "late", "late"]
    assert held.used("other").next_scenario() is None


def test_a_queue_is_bounded() -> None:
    held = accounts()
    held.queue("key", "402", QUEUED_KEPT)
    with pytest.raises(BadSetting) as caught:
        held.queue("key", "429", 1)
    assert str(caught.value) == (
        "10000 scenarios are queued for the key and 1 more would come. "
        "Allowed: 10000 in all; clear the queue, or queue one with times None for all requests."
    )
    assert {held.used("key").next_scenario() for _ in range(QUEUED_KEPT)} == {"402"}
    assert held.used("key").next_scenario() is None


def test_tracks_are_added_for_one_key_or_for_all() -> None:
    held, mine, ours = accounts(), replace(SOURCE, id="mine"), replace(SOURCE, id="ours")
    held.add_track("key", mine)
    held.add_track(None, ours)
    assert held.tracks("key") == {"ours": ours, "mine": mine}
    assert held.tracks("other") == held.tracks(None) == {"ours": ours}


def test_a_keys_own_track_goes_before_that_of_all() -> None:
    held, mine = accounts(), replace(SOURCE, title="Mine")
    held.add_track("key", mine)
    held.add_track(None, SOURCE)
    assert held.tracks("key")[SOURCE.id] is mine


def test_an_added_track_is_found_whoever_has_it() -> None:
    held, mine = accounts(), replace(SOURCE, title="Mine")
    held.add_track("key", mine)
    assert held.added_track(SOURCE.id) is mine
    held.add_track(None, SOURCE)
    assert held.added_track(SOURCE.id) is SOURCE
    held.reset(None)
    assert held.added_track(SOURCE.id) is None


def test_added_tracks_are_bounded() -> None:
    held = accounts()
    for number in range(TRACKS_KEPT):
        held.add_track(str(number % 7), replace(SOURCE, id=str(number)))
    with pytest.raises(
        BadSetting, match=r"^10000 source tracks were added; reset the mock, or one key, to forget them\.$"
    ):
        held.add_track(None, SOURCE)
    changed = replace(SOURCE, id="0", title="changed")
    held.add_track("0", changed)
    assert held.tracks("0")["0"] == changed
    held.reset("0")
    held.add_track(None, SOURCE)


def test_a_reset_forgets_everything() -> None:
    held = accounts()
    opened(held, "a", body=LARGE)
    held.add_track(None, SOURCE)
    wait(held, "a")
    held.reset(None)
    assert (ids(held), held.keys(), held.tracks("key")) == ([], [], {})
    assert (held.task_of_track("a/0"), wait(held, "a")) == (None, None)


def test_a_reset_of_one_key_leaves_the_others() -> None:
    held = accounts()
    for key in ("one", "two"):
        opened(held, f"of {key}", key)
        held.add_track(key, SOURCE)
        wait(held, f"of {key}")
    held.add_track(None, replace(SOURCE, id="ours"))
    held.reset("one")
    assert (ids(held), held.keys()) == (["of two"], ["two"])
    assert [list(held.tracks(key)) for key in ("one", "two")] == [["ours"], ["ours", "source"]]
    assert [wait(held, f"of {key}") for key in ("one", "two")] == [None, 10]


@pytest.mark.parametrize("key", [None, "nobody"])
def test_resetting_nothing_is_fine(key: str | None) -> None:
    accounts().reset(key)


KEYS = st.sampled_from("abc")


class Books(RuleBasedStateMachine):
    """Accounts are used, open tasks, are pushed out and reset in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.held = accounts()
        self.serial = 0
        self.used: list[str] = []
        self.kept: list[TaskRecord] = []

    def use(self, key: str) -> None:
        self.used = [*(each for each in self.used if each != key), key][-ACCOUNTS_KEPT:]

    @rule(key=KEYS)
    def request(self, key: str) -> None:
        self.held.used(key)
        self.use(key)

    @rule(key=KEYS, large=st.booleans())
    def start(self, key: str, large: bool) -> None:
        self.serial += 1
        self.use(key)
        self.kept.append(opened(self.held, f"{self.serial}", key, body=LARGE if large else b"small"))
        while sum(each.size for each in self.kept) > BYTES_KEPT:
            del self.kept[0]

    @rule()
    def crowd(self) -> None:
        self.serial += ACCOUNTS_KEPT
        crowd(self.held, self.serial)
        self.used, self.kept = [f"crowd {self.serial + number}" for number in range(ACCOUNTS_KEPT)], []

    @rule(key=KEYS | st.none())
    def reset(self, key: str | None) -> None:
        self.held.reset(key)
        self.used = [each for each in self.used if key not in (None, each)]
        self.kept = [each for each in self.kept if key not in (None, each.key)]

    @invariant()
    def what_is_found_is_what_is_kept(self) -> None:
        assert self.held.keys() == self.used
        assert list(self.held.tasks(None)) == self.kept
        for key in "abc":
            mine = [each for each in self.kept if each.key == key]
            account = self.held.known(key)
            assert list(self.held.tasks(key)) == mine
            assert [*(account.tasks if account else ())] == [each.id for each in mine]
        found = [self.held.task_of_track(track) for each in self.kept for track in each.tracks]
        assert found == [each for each in self.kept for _ in each.tracks]


Books.TestCase.settings = settings(max_examples=20, stateful_step_count=12)
TestBooks = Books.TestCase


def test_what_one_key_had_is_forgotten_at_once_and_let_go_of_by_and_by() -> None:
    held = accounts()
    mine, others = opened(held, "a"), opened(held, "b", "other")
    opened(held, "c")
    held.reset("key")
    assert (held.task("a"), held.task_of_track(mine.tracks[0]), held.tasks("key")) == (None, None, [])
    assert held.tasks(None) == [others]
    assert [held.let_go(), held.let_go(), held.let_go()] == [True, False, False]
    assert held.tasks(None) == [others]


def test_a_task_of_the_same_id_is_another_than_the_one_that_was_forgotten() -> None:
    held = accounts()
    opened(held, "a")
    opened(held, "b")
    held.reset("key")
    again = opened(held, "a")
    assert (held.task("a"), held.tasks(None), held.tasks("key")) == (again, [again], [again])
    while held.let_go():
        pass
    assert held.tasks(None) == [again]


def test_what_was_forgotten_makes_room_before_an_older_task_that_is_kept() -> None:
    held = accounts()
    older = opened(held, "older", "other", body=LARGE)
    for id in ("a", "b"):
        opened(held, id, body=LARGE)
    held.reset("key")
    newer = opened(held, "newer", body=b"small")
    assert (held.tasks(None), held.dropped["tasks"]) == ([older, newer], 0)


def test_what_was_forgotten_takes_room_until_it_is_let_go_of_and_is_not_counted_as_dropped() -> None:
    held = accounts()
    for id in ("a", "b"):
        opened(held, id, body=LARGE)
    held.reset("key")
    kept = [opened(held, id, "other", body=LARGE) for id in ("c", "d")]
    assert (held.tasks(None), held.dropped["tasks"]) == (kept, 0)
