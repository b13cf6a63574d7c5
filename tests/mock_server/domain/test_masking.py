"""What may be shown of keys and URLs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.domain.accounts import known_keys
from mock_server.domain.masking import masked, masked_header, masked_place, masked_url

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


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("Authorization", "Bearer secret-key", "Bearer sec…"),
        ("authorization", "Bearer test-key", "Bearer test-key"),
        ("Proxy-Authorization", "Basic dXNlcjpwYXNz", "Basic dXN…"),
        ("Authorization", "secret-key", "sec…"),
        ("Cookie", "session=1; a=2", "ses…"),
        ("Set-Cookie", "session=1", "ses…"),
        ("X-Api-Key", "0123456789", "012…"),
        ("X-Trace", "of secret-key 7", "of sec… 7"),
        ("Content-Type", "text/html", "text/html"),
    ],
)
def test_a_header_is_shown_without_its_secret(name: str, value: str, shown: str) -> None:
    assert masked_header(name, value, "secret-key") == shown


@pytest.mark.parametrize("key", [None, "a", "test-key"])
def test_a_short_or_public_key_stays_where_it_is_a_part_of_a_word(key: str | None) -> None:
    assert masked_header("Accept", "application/test-key", key) == "application/test-key"


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        pytest.param("mock.db", "mock.db", id="a file"),
        pytest.param("redis://:hunter2@a.test:6379/0", "redis://...@a.test:6379/0", id="a password"),
        pytest.param("valkeys://me:pass@a.test/0?password=pass", "valkeys://...@a.test/0", id="in the query, too"),
        pytest.param("redis://a.test", "redis://a.test", id="no password"),
    ],
)
def test_where_the_state_is_is_shown_without_a_password(place: str, shown: str) -> None:
    assert masked_place(place) == shown
