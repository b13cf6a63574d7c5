"""What URLs begin with: the base URL that was set, an address on loopback, or the Host and the prefix of a request."""

from typing import Any

import pytest

from mock_server.core.settings import BASE_URL
from mock_server.http.base_urls import BaseUrls, path_of

HERE = ("127.0.0.1", 8000)
THERE = ("172.17.0.2", 8000)
ADDRESS = "http://127.0.0.1:4010"


def scope(host: str = "suno-mock:4010", **changes: Any) -> dict[str, Any]:
    """A request with a Host."""
    headers = [(b"accept", b"*/*"), (b"host", host.encode("latin-1"))]
    return {"type": "http", "path": "/x", "headers": headers, "server": HERE, "scheme": "http"} | changes


@pytest.mark.parametrize("server", [HERE, THERE])
@pytest.mark.parametrize("address", ["", ADDRESS])
def test_a_base_url_that_is_set_holds_for_every_host(server: tuple[str, int], address: str) -> None:
    base_urls = BaseUrls("https://mock.example.com/suno/", address)
    assert base_urls.reached(scope(server=server)) == ""
    assert base_urls.reached(scope(server=server, root_path="/elsewhere")) == ""
    assert base_urls.of(scope(server=server)) == "https://mock.example.com/suno"


def test_a_base_url_without_a_path_takes_that_of_the_mount() -> None:
    base_urls = BaseUrls("http://mock")
    assert base_urls.reached(scope(root_path="/suno")) == "http://mock/suno"
    assert base_urls.of(scope()) == "http://mock"


@pytest.mark.parametrize("server", [HERE, THERE, None])
@pytest.mark.parametrize("host", ["suno-mock:4010", "192.168.1.5:4010", "[2001:db8::1]:4010", "Mock", "a.example.com"])
def test_on_every_address_urls_take_the_host(server: tuple[str, int] | None, host: str) -> None:
    assert BaseUrls("", ADDRESS).reached(scope(host, server=server)) == f"http://{host.lower()}"


def test_the_address_of_this_machine_is_the_mocks_own() -> None:
    base_urls = BaseUrls("", ADDRESS)
    assert base_urls.reached(scope("127.0.0.1:4010")) == ""
    assert base_urls.of(scope("127.0.0.1:4010")) == base_urls.own == ADDRESS


@pytest.mark.parametrize("host", ["", "a b", "user@evil.example", "evil.example/x", "a:0", "\xe9", "a" * 300])
def test_a_host_that_is_none_is_not_taken(host: str) -> None:
    assert BaseUrls("", ADDRESS).of(scope(host)) == ADDRESS


@pytest.mark.parametrize(
    "headers", [[], [(b"host", b"a"), (b"host", b"b")]], ids=["without a Host", "with more than one"]
)
def test_what_names_no_one_host_gets_the_mocks_own(headers: list[tuple[bytes, bytes]]) -> None:
    assert BaseUrls("", ADDRESS).of(scope(headers=headers)) == ADDRESS


def test_tls_before_the_mock_is_told_by_the_server() -> None:
    assert BaseUrls("", ADDRESS).of(scope("a.example.com", scheme="https")) == "https://a.example.com"
    assert BaseUrls("", ADDRESS).of(scope("a.example.com", scheme="javascript")) == ADDRESS


@pytest.mark.parametrize(
    ("server", "scheme", "expected"),
    [
        pytest.param(HERE, "http", "http://127.0.0.1:8000", id="loopback"),
        pytest.param(("::1", 8000), "http", "http://[::1]:8000", id="loopback of IPv6"),
        pytest.param(("::ffff:127.0.0.1", 8000), "http", "http://127.0.0.1:8000", id="IPv4 of a dual stack"),
        pytest.param(HERE, "https", "https://suno-mock:4010", id="loopback with TLS"),
        pytest.param(THERE, "http", "http://suno-mock:4010", id="an address of a network"),
        pytest.param(("mock", None), "http", BASE_URL, id="in process"),
        pytest.param(("testserver", 80), "http", BASE_URL, id="in process with a port"),
        pytest.param(("/run/mock.sock", None), "http", BASE_URL, id="a socket without an address"),
        pytest.param(None, "http", BASE_URL, id="unknown"),
    ],
)
def test_under_another_server_loopback_has_its_address_and_all_else_its_host(
    server: tuple[str, int | None] | None, scheme: str, expected: str
) -> None:
    base_urls = BaseUrls("")
    assert base_urls.of(scope(server=server, scheme=scheme)) == expected
    assert base_urls.of(scope(server=server, scheme=scheme, root_path="/suno")) == f"{expected}/suno"


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        ("/suno", "/suno"),
        ("/suno/", "/suno"),
        ("suno", "/suno"),
        ("/", ""),
        ("", ""),
        ("/a b/ü", "/a%20b/%C3%BC"),
        ('/"><script>', "/%22%3E%3Cscript%3E"),
        ("//evil.example", "/evil.example"),
        ("/\\evil.example", "/%5Cevil.example"),
    ],
)
def test_a_prefix_is_a_path_and_nothing_else(root: str, expected: str) -> None:
    assert BaseUrls("").mounted_at(scope(root_path=root)) == expected
    assert BaseUrls("", ADDRESS).of(scope("mock", root_path=root)) == f"http://mock{expected}"


def test_without_a_mount_the_prefix_is_that_of_the_base_url() -> None:
    base_urls = BaseUrls("https://mock.example.com/suno/")
    assert base_urls.mounted_at(scope()) == "/suno"
    assert base_urls.mounted_at(scope(root_path="/inner")) == "/inner"


@pytest.mark.parametrize(
    ("path", "root", "expected"),
    [
        ("/x", "", "/x"),
        ("/suno/x", "/suno", "/x"),
        ("/suno", "/suno", ""),
        ("/sunox", "/suno", "/sunox"),
        ("/x", "/suno", "/x"),
        ("/suno//x", "/suno/", "/x"),
    ],
)
def test_a_path_is_without_the_mount(path: str, root: str, expected: str) -> None:
    assert path_of(scope(path=path, root_path=root)) == expected


@pytest.mark.parametrize(
    ("path", "changes", "expected"),
    [
        ("/a%20b", {}, {}),
        ("/a b/x", {}, {"root_path": "/a b"}),
        ("/a bc/x", {}, {}),
        ("/x", {}, {}),
        ("/a b/x", {"root_path": "/outer"}, {}),
    ],
)
def test_the_path_of_the_base_url_may_be_there_or_not(
    path: str, changes: dict[str, str], expected: dict[str, str]
) -> None:
    came = scope(path=path, **changes)
    assert BaseUrls("http://mock/a%20b").without_prefix(came) == came | expected
    assert BaseUrls("http://mock").without_prefix(came) == came
