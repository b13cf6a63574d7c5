"""Everything that looks random."""

from base64 import urlsafe_b64decode
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from mock_server.seeding import digest, fraction, media_name, pick, task_id, track_id

seeds = st.integers()
# A NUL joins the parts: no bearer key and no name of the mock's own holds one.
names = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
parts = st.lists(names, max_size=4)


@given(seeds, parts, seeds, parts)
def test_different_parts_differ(seed: int, one: list[str], other_seed: int, other: list[str]) -> None:
    same = (seed, one) == (other_seed, other)
    assert (digest(seed, *one) == digest(other_seed, *other)) == same


@given(seeds, names, names, names)
def test_parts_are_not_run_together(seed: int, a: str, b: str, c: str) -> None:
    if b:
        assert digest(seed, a + b, c) != digest(seed, a, b + c)
    assert digest(seed, a, b) != digest(seed, a, b, c)


def test_digests_stay_the_same() -> None:
    assert digest(7, "key", 1).hex() == task_id(7, "key", 1) == "de83d1931068ed9913da2ba10f56ab77"


@given(seeds, names, st.integers(1))
def test_a_task_id_is_32_digits(seed: int, account: str, ordinal: int) -> None:
    id = task_id(seed, account, ordinal)
    assert len(id) == 32
    assert set(id) <= set("0123456789abcdef")


@given(seeds, names, st.integers(0, 9))
def test_a_track_id_is_a_uuid(seed: int, task: str, index: int) -> None:
    id = track_id(seed, task, index)
    assert (str(UUID(id)), UUID(id).version) == (id, 4)


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


@given(seeds, names)
def test_a_media_name_is_reversible(seed: int, task: str) -> None:
    track = track_id(seed, task, 0)
    name = media_name(track)
    assert "=" not in name
    assert urlsafe_b64decode(name + "=" * (-len(name) % 4)).decode() == track
