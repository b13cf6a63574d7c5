"""URLs that need no parser: whatever is taken for one, every parser reads alike."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from mock_server.core.addresses import ORIGIN, plain_origin

SIGNS = st.sampled_from("/?#@:.-_\\[]%é A\t\n\0")
WORDS = st.sampled_from(
    ["http", "https", "://", "a", "b1", "xn--", "127.0.0.1", "0x7f", "[::1]", "8080", "65536", "x" * 63]
)
TEXTS = st.lists(SIGNS | WORDS).map("".join)


@given(TEXTS | st.tuples(st.from_regex(ORIGIN, fullmatch=True), TEXTS).map("".join))
def test_a_plain_url_is_the_same_to_every_parser(text: str) -> None:
    plain = plain_origin(text)
    if plain is not None:
        url, split = URL(text, encoded=True), urlsplit(text)
        assert url.scheme == split.scheme
        assert plain.host == url.host == url.raw_host == split.hostname
        assert plain.receiver == split.netloc == url.raw_authority
        assert url.port is not None


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1:9/callback/1?a=b#c",
        "https://api.example-host.com",
        "http://localhost:64999",
        "http://a/",
        "http://0x7f.1/?x",
        "http://a/é b\n",
        f"http://{'x' * 63}/",
    ],
)
def test_what_is_usual_is_plain(text: str) -> None:
    assert plain_origin(text)


@pytest.mark.parametrize(
    "text",
    [
        "ftp://a/",
        "http:///a",
        "http://a:0/",
        "http://a:65536/",
        "http://user@a/",
        "http://[::1]/",
        "http://A/",
        "http://xn--bcher-kva.example/",
        "http://a..b/",
        "http://-a/",
        "http://a./",
        "http://a_b/",
        "http://a\\@b/",
        "http://a?b",
        "http://a#/",
        "http://a\n",
        " http://a/",
        f"http://{'x' * 64}/",
        f"http://{'x.' * 40}x/",
    ],
)
def test_what_parsers_may_differ_on_is_left_to_them(text: str) -> None:
    assert plain_origin(text) is None
