"""What an address is."""

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.callbacks.address_kinds import EMBEDDED, LOCAL, PUBLIC, STANDS_FOR, kind_of, plain_address
from mock_server.contract.documents import FIXTURES, load

NETWORKS = load(FIXTURES / "networks.yaml")
LINK_LOCAL = st.ip_addresses(network=ip_network("169.254.0.0/16"))
UNIQUE_LOCAL = st.ip_addresses(network=ip_network("fc00::/7")).map(IPv6Address)


@pytest.mark.parametrize("entry", NETWORKS, ids=lambda entry: entry["network"])
def test_each_network_is_what_it_is_said_to_be(entry: dict[str, str]) -> None:
    within = [each for each in NETWORKS if each is not entry and _holds(entry["network"], each["network"])]
    inner = {ip_network(each["network"]) for each in within}
    ends = {str(ip_network(entry["network"])[0]), str(ip_network(entry["network"])[-1])}
    for address in ends:
        plain = plain_address(address)
        if not any(plain in network for network in inner):
            assert kind_of(address) == entry["is"]
    assert entry["source"]


def _holds(outer: str, inner: str) -> bool:
    one, other = ip_network(outer), ip_network(inner)
    return one.version == other.version and other.subnet_of(one)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "100.100.100.200",
        "168.63.129.16",
        "192.0.0.192",
        "fe80::a9fe:a9fe",
        "fd00:100::100:200",
        "fd00:a9fe:a9fe::1",
        "fd00:c1::a9fe:a9fe",
        "fd00:ec2::254",
        "fd00:ec2::23",
        "fd20:ce::254",
        "fd00:42::42",
    ],
)
def test_where_clouds_keep_their_metadata_is_known(address: str) -> None:
    assert "metadata" in kind_of(address)


@pytest.mark.parametrize("address", ["fd00::5efe:a9fe:a9fe", "fd00::200:5efe:7f00:1", "2001:db8::5efe:808:808"])
def test_an_address_of_a_tunnel_is_never_called(address: str) -> None:
    assert kind_of(address) == STANDS_FOR


@given(UNIQUE_LOCAL, LINK_LOCAL, st.sampled_from(EMBEDDED))
def test_what_stands_for_a_metadata_address_is_never_called(
    prefix: IPv6Address, hidden: IPv4Address, places: tuple[int, ...]
) -> None:
    packed = bytearray(prefix.packed)
    for place, value in zip(places, hidden.packed, strict=True):
        packed[place] = value
    assert kind_of(str(IPv6Address(bytes(packed)))) not in (LOCAL, PUBLIC)


def test_what_it_stands_for_is_told() -> None:
    assert kind_of("fd00:64:ff9b::a9fe:a9fe") == (
        "an IPv6 address that stands for an IPv4 address, 169.254.169.254, "
        "a link-local address, where clouds keep their metadata"
    )


@pytest.mark.parametrize("address", ["fd12::1", "fd00:64:ff9b::808:808", "fd00::a00:1", "::1", "fd12::7f00:1"])
def test_a_private_address_that_may_stand_for_a_harmless_one_is_local(address: str) -> None:
    assert kind_of(address) == LOCAL


def test_a_zone_is_not_looked_at() -> None:
    assert kind_of("::1%lo") == LOCAL


def test_what_is_no_address_is_an_error() -> None:
    with pytest.raises(ValueError, match="localhost"):
        kind_of("localhost")
