"""Where callbacks may go."""

import asyncio
from ipaddress import IPv4Address, ip_network
from socket import AF_INET, AddressFamily

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from hypothesis import given
from hypothesis import strategies as st

from mock_server.hosts import Blocked, GuardedResolver, HostPolicy

HARMLESS_FIRST = ("127.0.0.1", "10.1.2.3", "172.31.0.1", "192.168.1.1", "::1", "fd12::1")


def addresses(*networks: str) -> st.SearchStrategy[str]:
    return st.one_of([st.ip_addresses(network=ip_network(network)) for network in networks]).map(str)


def allowed(host: str, address: str, *patterns: str) -> bool:
    try:
        HostPolicy(patterns).check(host, address)
    except Blocked:
        return False
    return True


local = addresses("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/9")
never = addresses("169.254.0.0/16", "fe80::/10", "0.0.0.0/8", "224.0.0.0/4", "ff00::/8")
public = addresses("8.0.0.0/8", "172.32.0.0/11", "2001:4860::/32", "fec0::/10")


@given(local)
def test_local_addresses_are_allowed(address: str) -> None:
    assert allowed(address, address)


@given(never)
def test_some_addresses_are_never_allowed(address: str) -> None:
    assert not allowed(address, address, "*", address)


@given(public)
def test_public_addresses_need_a_permission(address: str) -> None:
    assert not allowed("api.example.com", address)
    assert allowed("api.example.com", address, "*.example.com")


@given(st.ip_addresses(v=4))
def test_ipv4_in_ipv6_is_ipv4(address: IPv4Address) -> None:
    mapped = f"::ffff:{address}"
    assert allowed("h", mapped) == allowed("h", str(address))
    assert allowed("h", mapped, "h") == allowed("h", str(address), "h")


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("169.254.169.254", id="metadata of most clouds"),
        pytest.param("fd00:ec2::254", id="metadata of AWS over IPv6"),
        pytest.param("100.100.100.200", id="metadata of Alibaba"),
        pytest.param("fe80::1%eth0", id="link-local with a zone"),
        pytest.param("0.0.0.0", id="unspecified"),
        pytest.param("::", id="unspecified IPv6"),
        pytest.param("255.255.255.255", id="broadcast"),
        pytest.param("::ffff:169.254.169.254", id="metadata in the clothes of IPv6"),
    ],
)
def test_a_name_hides_no_address(address: str) -> None:
    with pytest.raises(Blocked) as blocked:
        HostPolicy(["*"]).check("innocent.example.com", address)
    assert str(blocked.value) == (
        f"innocent.example.com ({address}) is a link-local, metadata or unspecified address; "
        "no callback is ever sent there"
    )


def test_a_public_host_tells_the_option() -> None:
    with pytest.raises(Blocked) as blocked:
        HostPolicy().check("api.example.com", "93.184.216.34")
    assert str(blocked.value) == (
        "api.example.com (93.184.216.34) is public; allow it with --allow-callbacks-to api.example.com"
    )


def test_a_public_address_tells_the_option() -> None:
    with pytest.raises(Blocked) as blocked:
        HostPolicy().check("8.8.8.8", "8.8.8.8")
    assert str(blocked.value) == "8.8.8.8 is public; allow it with --allow-callbacks-to 8.8.8.8"


@pytest.mark.parametrize(
    ("pattern", "host", "fits"),
    [
        pytest.param("api.example.com", "api.example.com", True, id="the name itself"),
        pytest.param("API.Example.com", "api.example.COM", True, id="in another case"),
        pytest.param("*.example.com", "a.b.example.com", True, id="any depth"),
        pytest.param("*.example.com", "example.com", False, id="not the parent"),
        pytest.param("*.example.com", "example.com.evil.net", False, id="not a prefix"),
        pytest.param("*", "anything.net", True, id="everything"),
    ],
)
def test_patterns_allow_public_hosts(pattern: str, host: str, fits: bool) -> None:
    assert allowed(host, "93.184.216.34", pattern) == fits


@pytest.mark.parametrize("host", ["example.com", "localhost", "", "::1%"])
def test_names_are_left_unresolved(host: str) -> None:
    HostPolicy().check_literal(host)


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0177.0.0.1"])
def test_an_unusual_form_of_an_address_is_refused(host: str) -> None:
    with pytest.raises(Blocked, match=f"{host} is an address in an unusual form; write it as four numbers"):
        HostPolicy(["*"]).check_literal(host)


@pytest.mark.parametrize("host", ["8.8.8.8", "2001:4860:4860::8888", "169.254.169.254", "fe80::1%eth0"])
def test_a_literal_address_is_checked(host: str) -> None:
    with pytest.raises(Blocked):
        HostPolicy().check_literal(host)


class FixedResolver(AbstractResolver):
    """Resolves every name to the same addresses."""

    def __init__(self, *found: str) -> None:
        self.found = found
        self.closed = False

    async def resolve(self, host: str, port: int = 0, family: AddressFamily = AF_INET) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in self.found
        ]

    async def close(self) -> None:
        self.closed = True


def test_resolved_addresses_are_passed_on() -> None:
    guarded = GuardedResolver(HostPolicy(), FixedResolver(*HARMLESS_FIRST))
    assert [each["host"] for each in asyncio.run(guarded.resolve("localhost", 80))] == list(HARMLESS_FIRST)


@pytest.mark.parametrize("address", ["169.254.169.254", "93.184.216.34"])
def test_one_bad_address_blocks_all(address: str) -> None:
    guarded = GuardedResolver(HostPolicy(), FixedResolver(*HARMLESS_FIRST, address))
    with pytest.raises(Blocked, match=rf"^rebinding\.example \({address}\) is "):
        asyncio.run(guarded.resolve("rebinding.example", 80))


def test_closing_closes_the_resolver() -> None:
    resolver = FixedResolver()
    asyncio.run(GuardedResolver(HostPolicy(), resolver).close())
    assert resolver.closed
