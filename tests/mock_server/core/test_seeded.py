"""Everything that looks random."""

from base64 import urlsafe_b64decode
from uuid import RFC_4122, UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.seeded import (
    digest,
    fraction,
    media_name,
    named_media,
    persona_id,
    pick,
    task_id,
    track_ids,
)

seeds = st.integers()
# A NUL joins the parts: no bearer key and no name of the mock's own holds one.
names = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
parts = st.lists(names, max_size=4)
task_ids = st.builds(task_id, seeds, names, st.integers(1))
counts = st.integers(0, 9)


@given(seeds, parts, seeds, parts)
def test_different_parts_differ(seed: int, one: list[str], other_seed: int, other: list[str]) -> None:
    same = (seed, one) == (other_seed, other)
    assert (digest(seed, *one) == digest(other_seed, *other)) == same


@given(seeds, names, names, names)
def test_parts_are_not_run_together(seed: int, a: str, b: str, c: str) -> None:
    if b:
        assert digest(seed, a + b, c) != digest(seed, a, b + c)
    assert digest(seed, a, b) != digest(seed, a, b, c)


def test_ids_stay_the_same() -> None:
    assert digest(7, "key", 1).hex() == "de83d1931068ed9913da2ba10f56ab77"
    assert task_id(7, "key", 1) == "de83d19310684d9993da2ba10f56ab77"
    assert track_ids(7, task_id(7, "key", 1), 3) == (
        "1aa3d6e8-02c5-4d0a-a2c7-9ed6ce390e52",
        "2eedd7dd-c96b-45b1-871b-d31ab1bf602e",
        "8d7b3843-7664-4b84-888d-def396f6ae5c",
    )
    assert persona_id(7, "key", "track") == "fb2ec26b1ad9ec58253c91bb289b07e3"


@given(seeds, names, st.integers(1))
def test_a_task_id_is_the_hex_of_a_uuid(seed: int, account: str, ordinal: int) -> None:
    id = task_id(seed, account, ordinal)
    uuid = UUID(id)
    assert (uuid.hex, uuid.version, uuid.variant) == (id, 4, RFC_4122)


@given(seeds, names, st.integers(1, 99), st.integers(1, 99))
def test_each_request_has_its_task_id(seed: int, account: str, one: int, other: int) -> None:
    assert (task_id(seed, account, one) == task_id(seed, account, other)) == (one == other)


@given(seeds, task_ids, counts)
def test_a_track_id_is_a_uuid(seed: int, task: str, count: int) -> None:
    for id in track_ids(seed, task, count):
        uuid = UUID(id)
        assert (str(uuid), uuid.version, uuid.variant) == (id, 4, RFC_4122)


@given(seeds, task_ids, counts)
def test_each_track_of_a_task_has_its_id(seed: int, task: str, count: int) -> None:
    assert len(set(track_ids(seed, task, count))) == count


@given(seeds, task_ids, counts, counts)
def test_the_first_tracks_do_not_depend_on_how_many_there_are(seed: int, task: str, few: int, more: int) -> None:
    assert track_ids(seed, task, few + more)[:few] == track_ids(seed, task, few)


@given(seeds, task_ids, task_ids, counts)
def test_tasks_share_no_track(seed: int, one: str, other: str, count: int) -> None:
    shared = set(track_ids(seed, one, count)) & set(track_ids(seed, other, count))
    assert len(shared) == (count if one == other else 0)


@given(seeds, names, names, names)
def test_a_persona_id_is_one_per_account_and_track(seed: int, account: str, track: str, other: str) -> None:
    id = persona_id(seed, account, track)
    assert (len(id), set(id) <= set("0123456789abcdef")) == (32, True)
    assert (persona_id(seed, account, other) == id) == (other == track)
    assert (persona_id(seed, other, track) == id) == (other == account)


@given(seeds, parts)
def test_a_fraction_is_below_one(seed: int, named: list[str]) -> None:
    assert 0 <= fraction(seed, *named) < 1


def test_fractions_spread_evenly() -> None:
    drawn = [fraction(0, number) for number in range(1000)]
    for tenth in range(10):
        assert 60 < sum(tenth <= each * 10 < tenth + 1 for each in drawn) < 140


@given(st.lists(st.integers(), min_size=1), seeds, parts)
def test_a_pick_is_an_option(options: list[int], seed: int, named: list[str]) -> None:
    picked = pick(options, seed, *named)
    assert picked in options
    assert picked == pick(options, seed, *named)


def test_every_option_is_picked() -> None:
    assert {pick("abc", 0, number) for number in range(50)} == {"a", "b", "c"}


@given(names | task_ids.map(lambda task: track_ids(7, task, 1)[0]))
def test_a_media_name_leads_to_its_track(track: str) -> None:
    name = media_name(track)
    assert set(name) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert urlsafe_b64decode(name + "=" * (-len(name) % 4)).decode() == track
    assert named_media(name) == track


@pytest.mark.parametrize("name", ["A", "_w", "é", "\udc00"])
def test_another_name_is_no_track(name: str) -> None:
    assert named_media(name) is None


@given(st.text())
def test_any_name_is_a_track_or_none(name: str) -> None:
    track = named_media(name)
    assert track is None or named_media(media_name(track)) == track
