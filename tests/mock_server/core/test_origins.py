"""Origins of pages."""

from typing import Any

import pytest

from mock_server.core.errors import BadSetting
from mock_server.core.origins import parse_origins
from mock_server.core.settings import Settings


@pytest.mark.parametrize(
    ("given", "origins"),
    [
        ((), []),
        ("http://localhost:3000", ["http://localhost:3000"]),
        ("HTTP://Localhost:80 https://app.example.com:443", ["http://localhost", "https://app.example.com"]),
        ("https://app.example.com:80", ["https://app.example.com:80"]),
        (["*", "null", "http://[::1]:4010"], ["*", "null", "http://[::1]:4010"]),
        ("chrome-extension://abcdef", ["chrome-extension://abcdef"]),
    ],
)
def test_an_origin_is_written_as_browsers_do(given: Any, origins: list[str]) -> None:
    assert parse_origins(given) == parse_origins(origins) == origins


@pytest.mark.parametrize(
    "text",
    ["http://localhost:3000/", "localhost", "localhost:3000", "http://", "http://a/b", "http://*.a.com", "http://é"],
)
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(BadSetting) as refused:
        Settings(cors_origin=(text,))
    assert str(refused.value) == (
        f"origin {text!r} is not SCHEME://HOST:PORT without a path. Example: http://localhost:3000. "
        "Also allowed: * for every page, and null for pages that are files."
    )
