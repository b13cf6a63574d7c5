"""New ids look like the recorded ones."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.contract.forms import IdForm
from mock_server.domain.new_ids import task_like, tracks_like

FORM = IdForm()
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"


def new(recorded: str, seed: int = 0, ordinal: int = 1) -> str:
    return task_like(recorded, FORM, seed, "key", ordinal)


@pytest.mark.parametrize(
    ("recorded", "form"),
    [
        ("0123456789abcdef0123456789abcdef", "[0-9a-f]{32}"),
        ("11111111-2222-4333-8444-555555555555", UUID),
        ("AAAAAAAA-2222-4333-8444-555555555555", UUID.upper()),
        ("task_0123456789abcdef0123456789abcdef", "task_[0-9a-f]{32}"),
        ("suno-abcXYZ123456789", "suno-[a-z]{3}[A-Z]{3}[0-9]{9}"),
        ("1234567890123456789", "[0-9]{19}"),
        ("SM65a0a6951f7c44b0a1b2c3d4", "SM[0-9a-f]{24}"),
        ("65A0A6951F7C", "[0-9A-F]{12}"),
        ("a" * 200, "[0-9a-f]{128}a{72}"),
        ("7", "[0-9a-f]{32}"),
        ("x" * 100, "[a-z]{64}x{36}"),
    ],
)
def test_the_form_stays_and_the_digits_are_drawn(recorded: str, form: str) -> None:
    assert re.fullmatch(form, new(recorded)), new(recorded)
    assert len({new(recorded), new(recorded, seed=1), new(recorded, ordinal=2), recorded}) == 4
    assert new(recorded) == new(recorded)


@given(st.lists(st.text(max_size=60) | st.uuids().map(str), unique=True, max_size=20))
def test_tracks_have_ids_of_their_own(recorded: list[str]) -> None:
    ids = tracks_like(recorded, FORM, 0, "task")
    assert len(ids) == len(recorded)
    assert len(set(ids)) == len(ids)
