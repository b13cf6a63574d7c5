"""What is told of the URL of an engine."""

import pytest

from mock_server.core.errors import BadSetting
from mock_server.state.shared.redis_connection import UNCLEAR, named


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("redis://user:hunter2@a.test:1/2?x=y", "redis://a.test:1/2"),
        ("valkey://:hunter2@a.test", "valkey://a.test"),
        ("redis://a.test/2", "redis://a.test/2"),
        ("redis://[::1]:6379", "redis://[::1]:6379"),
    ],
)
def test_an_engine_is_called_without_its_password(url: str, name: str) -> None:
    assert named(url) == name


@pytest.mark.parametrize(
    "url",
    [f"redis://:hun{each}ter2@a.test:6379" for each in "/?#["] + ["redis://:12/3@a.test", "redis://a.test:65536"],
)
def test_nothing_is_told_of_a_url_whose_password_nobody_can_tell(url: str) -> None:
    with pytest.raises(BadSetting) as told:
        named(url)
    assert str(told.value) == UNCLEAR
