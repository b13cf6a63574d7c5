"""Where callbacks may go."""

import socket
from collections.abc import Callable
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mock_server.callbacks.address_kinds import kind_of
from mock_server.callbacks.host_policy import CACHED, Blocked, HostPolicy
from mock_server.core.errors import BadSetting

LINK_LOCAL = "a link-local address, where clouds keep their metadata"
METADATA = "a metadata address of a cloud"
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
FORBIDDEN_4 = ("169.254.0.0/16", "0.0.0.0/8", "224.0.0.0/4", "240.0.0.0/4", "100.100.100.200/32", "168.63.129.16/32")
never = addresses(
    *FORBIDDEN_4, "fe80::/10", "ff00::/8", "fd00:ec2::/32", "2002::/16", "64:ff9b::/96", "::ffff:0:0:0/96"
)
public = addresses("8.0.0.0/8", "172.32.0.0/11", "2001:4860::/32", "fec0::/10")


@given(local)
def test_local_addresses_are_allowed(address: str) -> None:
    assert allowed(address, address)


@given(never)
def test_some_addresses_are_never_allowed(address: str) -> None:
    assert not allowed(address, address, *EVERYTHING, address)


NUMBERS: tuple[Callable[[int], str], ...] = (
    str,
    hex,
    "0x{:X}".format,
    "0{:o}".format,
    "0X{:04x}".format,
    "000{:o}".format,
)
"""How C reads a number."""


@st.composite
def spellings(draw: st.DrawFn, address: IPv4Address) -> str:
    """An IPv4 address in any form that some program reads: 1 to 4 numbers in any base, IPv6 that stands for it."""
    parts, number = draw(st.integers(1, 4)), int(address)
    last = 32 - 8 * (parts - 1)
    values = [number >> shift & 255 for shift in range(24, 32 - 8 * parts, -8)] + [number & (1 << last) - 1]
    spelled = ".".join(draw(st.sampled_from(NUMBERS))(value) for value in values)
    octets = number.to_bytes(4)
    hidden = [b"\0" * 12, b"\0" * 10 + b"\xff\xff", b"\0" * 8 + b"\xff\xff\0\0", b"\0\x64\xff\x9b" + b"\0" * 8]
    six = [IPv6Address(before + octets) for before in hidden] + [IPv6Address(b"\x20\x02" + octets + b"\0" * 10)]
    forms = [f"[{form}]" for each in six if not each.is_loopback for form in (each, each.exploded, str(each).upper())]
    return draw(st.sampled_from([spelled, f"{spelled}.", str(address), *forms]))


def reached(host: str, *patterns: str) -> list[str]:
    """The addresses that a callback to a host would connect to, of a host that needs no look-up."""
    policy = HostPolicy(patterns)
    if policy.refusal(f"http://{host}/"):
        return []
    with suppress(Blocked, OSError):
        found = socket.getaddrinfo(host.strip("[]"), 80, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        for *_, address in found:
            policy.check(host, str(address[0]))
        return [str(address[0]) for *_, address in found]
    return []


EVERYTHING = ("*", "0.0.0.0/0", "::/0")


@given(addresses(*FORBIDDEN_4).map(IPv4Address).flatmap(spellings))
@example("0xa9fea9fe")
@example("169.254.43518")
@example("169.254.169.254.")
@example("[::ffff:169.254.169.254]")
def test_no_spelling_of_a_forbidden_address_is_reached(host: str) -> None:
    assert reached(host, *EVERYTHING) == []


@given(st.ip_addresses(v=4).map(str).map(IPv4Address).flatmap(spellings))
def test_no_spelling_reaches_what_the_address_itself_does_not(host: str) -> None:
    assert all(kind_of(address) == "local" for address in reached(host))


@given(local)
def test_every_form_of_a_local_address_is_reached(address: str) -> None:
    forms = [address] if ":" not in address else [address, IPv6Address(address).exploded, address.upper()]
    for form in forms if ":" in address else [*forms, f"::ffff:{address}"]:
        assert reached(f"[{form}]" if ":" in form else form), form


USERINFO = ["127.0.0.1@", "127.0.0.1:80@", "localhost%40", "a:b@", "127.0.0.1%2f@"]


@pytest.mark.parametrize("before", USERINFO)
def test_a_user_in_a_url_is_no_host(before: str) -> None:
    assert HostPolicy(EVERYTHING).refusal(f"http://{before.replace('%40', '@')}169.254.169.254/#@127.0.0.1")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://127.0.0.1:3000/cb", ""),
        ("http://localhost./", ""),
        ("http://[::1]/", ""),
        ("http://api.example.com/", ""),
        ("https://8.8.8.8/", "8.8.8.8 is public; allow it with --allow-callbacks-to 8.8.8.8"),
        (
            "http://[fe80::1%25eth0]/",
            "fe80::1%eth0 is a link-local address, where clouds keep their metadata; no callb",
        ),
        (
            "http://[64:ff9b::7f00:1]/",
            "64:ff9b::7f00:1 is an IPv6 address that stands for an IPv4 address; no callback",
        ),
        ("http://192.0.0.192/", "192.0.0.192 is a metadata address of a cloud; no callback is ever sent there"),
        (
            "http://999.1.1.1/",
            "999.1.1.1 is no address, and no name ends in a number; write an address as four decimal",
        ),
        ("http://a.0x/", "a.0x is no address, and no name ends in a number"),
        ("http://[::1]x/", "http://[::1]x/ is no address to call: "),
        (f"http://8.8.8.8/{'x' * CACHED}", "8.8.8.8 is public"),
    ],
)
def test_a_refusal_that_is_known_beforehand_says_why(url: str, why: str) -> None:
    refusal = HostPolicy().refusal(url)
    assert refusal.startswith(why)
    assert bool(refusal) == bool(why)


def test_a_command_to_paste_runs_nothing_else() -> None:
    with pytest.raises(Blocked, match=r"--allow-callbacks-to 'a;\$\(reboot\)'$"):
        HostPolicy().check("a;$(reboot)", "8.8.8.8")


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
    ("address", "kind"),
    [
        pytest.param("169.254.169.254", LINK_LOCAL, id="metadata of most clouds"),
        pytest.param("fd00:ec2::254", METADATA, id="metadata of AWS over IPv6"),
        pytest.param("fd20:ce::254", METADATA, id="metadata of Google over IPv6"),
        pytest.param("100.100.100.200", METADATA, id="metadata of Alibaba"),
        pytest.param("168.63.129.16", METADATA, id="metadata of Azure"),
        pytest.param("fe80::1%eth0", LINK_LOCAL, id="link-local with a zone"),
        pytest.param("0.0.0.0", "an unspecified address", id="unspecified"),
        pytest.param("::", "an unspecified address", id="unspecified IPv6"),
        pytest.param("255.255.255.255", "a reserved address", id="broadcast"),
        pytest.param("224.0.0.1", "a multicast address", id="multicast"),
        pytest.param("::ffff:169.254.169.254", LINK_LOCAL, id="metadata in the clothes of IPv6"),
        pytest.param("::7f00:1", "an IPv6 address that stands for an IPv4 address", id="IPv4-compatible"),
    ],
)
def test_a_name_hides_no_address(address: str, kind: str) -> None:
    with pytest.raises(Blocked) as blocked:
        HostPolicy(EVERYTHING).check("innocent.example.com", address)
    assert str(blocked.value) == f"innocent.example.com ({address}) is {kind}; no callback is ever sent there"


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
        pytest.param("api.example.com", "api.example.com.", True, id="with the dot of the root"),
        pytest.param("api.example.com.", "api.example.com", True, id="the dot in the pattern"),
        pytest.param("bücher.example", "xn--bcher-kva.example", True, id="another script"),
        pytest.param("xn--bcher-kva.example", "BÜCHER.example", True, id="another script in the host"),
        pytest.param("ex?mple.com", "example.com", True, id="one character"),
        pytest.param("93.184.216.34", "anything.net", True, id="its address"),
        pytest.param("93.184.0.0/16", "anything.net", True, id="its network"),
        pytest.param("93.184.1.2/16", "anything.net", True, id="its network, written loosely"),
        pytest.param("[::1]", "anything.net", False, id="another address"),
    ],
)
def test_patterns_allow_public_hosts(pattern: str, host: str, fits: bool) -> None:
    assert allowed(host, "93.184.216.34", pattern) == fits


@pytest.mark.parametrize("pattern", ["", "https://api.example.com/cb", "api.example.com:443", "u@h", "a b", "[x"])
def test_a_pattern_that_can_never_fit_is_refused(pattern: str) -> None:
    with pytest.raises(BadSetting) as refused:
        HostPolicy([pattern])
    assert str(refused.value) == (
        f'callbacks are to be allowed to "{pattern}", which is no host. '
        "Allowed: a name such as api.example.com, a pattern such as *.example.com, an address or a network."
    )


def test_a_pattern_of_many_stars_ends() -> None:
    assert not allowed("a" * 253, "93.184.216.34", "*a" * 60 + "*b")


@pytest.mark.parametrize("host", ["example.com", "localhost", "", "::1%", "1.example", "x.0y"])
def test_names_are_left_unresolved(host: str) -> None:
    HostPolicy().check_literal(host)


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0177.0.0.1", "0x7f.1", "0X7F000001", "127.0.0.1."])
def test_an_unusual_form_of_an_address_is_refused(host: str) -> None:
    with pytest.raises(Blocked) as blocked:
        HostPolicy(["*"]).check_literal(host)
    assert str(blocked.value) == (
        f"{host} is an address in an unusual form; write it as four decimal numbers, if you mean 127.0.0.1"
    )


@pytest.mark.parametrize("host", ["8.8.8.8", "2001:4860:4860::8888", "169.254.169.254", "fe80::1%eth0"])
def test_a_literal_address_is_checked(host: str) -> None:
    with pytest.raises(Blocked):
        HostPolicy().check_literal(host)


@pytest.mark.parametrize(
    "host", ["receiver", "localhost", "my.receiver.local", "host.docker.internal", "api.example.com"]
)
def test_a_name_that_may_be_nearby_may_come_to_be(host: str) -> None:
    assert HostPolicy(["*.example.com"]).refusal_unresolved(host) == ""


def test_a_public_name_that_cannot_be_looked_up_is_not_called() -> None:
    assert HostPolicy().refusal_unresolved("example.com") == (
        "example.com cannot be looked up, and counts as public; allow it with --allow-callbacks-to example.com"
    )
