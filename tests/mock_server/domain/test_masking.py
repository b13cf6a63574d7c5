"""What may be shown of keys and URLs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.accounts import known_keys
from mock_server.domain.masking import masked, masked_url

KNOWN = known_keys()


def test_no_key_stays_none() -> None:
    assert masked(None) is None


@given(st.text(min_size=4).filter(lambda key: not key.startswith("mock-") and key not in KNOWN))
def test_a_key_shows_three_characters(key: str) -> None:
    assert masked(key) == f"{key[:3]}…"


@given(st.text().map("mock-".__add__))
def test_a_magic_key_is_shown(key: str) -> None:
    assert masked(key) == key


@pytest.mark.parametrize("key", ["test-key", "empty-key"])
def test_a_key_that_everyone_knows_is_shown(key: str) -> None:
    assert masked(key) == key


def test_a_url_is_shown_without_its_password() -> None:
    assert masked_url("http://user:secret@127.0.0.1/cb?a=b@c") == "http://...@127.0.0.1/cb?a=b@c"
    assert masked_url("http://127.0.0.1/" + "x" * 999) == "http://127.0.0.1/" + "x" * 183 + "... (1016 characters)"
