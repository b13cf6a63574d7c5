"""Hosts of URLs: what a Host header may be, what a browser's origin is, and which base URLs are for others."""

from ipaddress import IPv4Address, IPv6Address
from string import ascii_lowercase, digits

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.hosts import authority, is_everywhere, is_for_others, page_origin

names = st.lists(st.text(ascii_lowercase + digits, min_size=1, max_size=20), min_size=1, max_size=4).map(".".join)
hosts = st.one_of(
    names.map(lambda name: f"x{name}x"),
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=6).map(lambda address: f"[{address}]"),
)
ports = st.one_of(st.just(""), st.integers(1, 65535).map(lambda port: f":{port}"))


@given(host=hosts, port=ports)
def test_a_name_or_an_address_and_a_port_are_an_authority(host: str, port: str) -> None:
    assert authority(host + port) == host + port
    assert httpx.URL(f"http://{host}{port}/x").host == host.strip("[]")


@given(st.text())
def test_whatever_comes_an_authority_is_that_of_a_url(came: str) -> None:
    found = authority(came)
    assert found in ("", came.lower())
    if found:
        url = httpx.URL(f"http://{found}/path")
        assert (url.netloc.decode(), url.path, url.userinfo) == (found.removesuffix(":80"), "/path", b"")


@pytest.mark.parametrize("came", ["Mock:4010", "suno_mock", "localhost.", "[::FFFF:1.2.3.4]:1", "xn--mnchen-3ya.de"])
def test_an_authority_is_in_lower_case(came: str) -> None:
    assert authority(came) == came.lower()


@pytest.mark.parametrize(
    "came",
    [
        "",
        ":4010",
        "a:",
        "a:0",
        "a:65536",
        "a:123456",
        "a:b",
        "a:1:2",
        "a:4010/x",
        "a/b",
        "a?b",
        "a#b",
        "a\\b",
        "user@a",
        "user:word@a",
        "a b",
        " a",
        "a\n",
        "a\r\nX: y",
        "a,b",
        'a"b',
        "<a>",
        "a%2fb",
        "a..b",
        ".a",
        "-a",
        "a-",
        "bücher.example",
        "\u212a",
        "::1",
        "[::1",
        "[::1]x",
        "[1.2.3.4]",
        "[::1%eth0]",
        "[:::]",
        "1.2.3.256",
        "1.2.3",
        "a.1",
        f"{'a.' * 127}com",
        "a" * 64,
        "a" * 100_000,
    ],
)
def test_nothing_else_is_an_authority(came: str) -> None:
    assert authority(came) == ""


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://mock", "http://mock"),
        ("http://Mock:80/suno?x", "http://mock"),
        ("https://mock.example.com:443", "https://mock.example.com"),
        ("https://mock.example.com:80", "https://mock.example.com:80"),
        ("http://[::1]:4010/", "http://[::1]:4010"),
        ("http://user@mock", "http://mock"),
        ("null", ""),
        ("", ""),
        ("http://", ""),
        ("http://[x", ""),
        ("http://a:99999", ""),
    ],
)
def test_an_origin_is_written_as_browsers_do(url: str, expected: str) -> None:
    assert page_origin(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", False),
        ("http://127.0.0.1:4010", False),
        ("http://[::1]:4010", False),
        ("http://[::ffff:127.0.0.1]", False),
        ("http://localhost:4010/suno", False),
        ("https://suno.localhost.", False),
        ("http://suno-mock:4010", False),
        ("https://mock.example.com", True),
        ("https://mock.example.com./suno", True),
        ("http://127.0.0.1.example.com", True),
        ("http://localhost.example.com", True),
        ("http://host.docker.internal:4010", True),
        ("http://192.168.1.5:4010", True),
        ("http://203.0.113.5", True),
        ("http://[2001:db8::1]:4010", True),
        ("http://0.0.0.0:4010", True),
    ],
)
def test_a_base_url_beyond_this_machine_is_for_others(url: str, expected: bool) -> None:
    assert is_for_others(url) is expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [("0.0.0.0", True), ("::", True), ("::ffff:0.0.0.0", True), ("127.0.0.1", False), ("mock", False)],
)
def test_a_wildcard_stands_for_every_address(host: str, expected: bool) -> None:
    assert is_everywhere(host) is expected


@given(st.one_of(st.integers(0, 2**32 - 1).map(IPv4Address), st.integers(0, 2**128 - 1).map(IPv6Address)))
def test_one_address_alone_of_each_family_is_every_one(address: IPv4Address | IPv6Address) -> None:
    assert is_everywhere(str(address)) is (int(address) == 0 or str(address) == "::ffff:0.0.0.0")
