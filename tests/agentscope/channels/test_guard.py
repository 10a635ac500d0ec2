"""Where messages may be sent: the table of addresses that attackers try, and names that change."""

import socket
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentscope.channels.allowed import allowed_networks
from agentscope.channels.guard import Forbidden, forbidden, judged, networks

NEVER = {
    "127.0.0.1": "this machine",
    "127.8.8.8": "this machine",
    "0.0.0.0": "this machine",  # noqa: S104
    "::1": "this machine",
    "::": "this machine",
    "169.254.169.254": "clouds",
    "fe80::1": "clouds",
    "fd00:ec2::254": "clouds",
    "fd00:ec2::23": "clouds",  # of pods
    "fd20:ce::254": "clouds",
    "fd00:42::42": "clouds",
    "100.100.100.200": "clouds",
    "::ffff:127.0.0.1": "this machine",
    "::ffff:169.254.169.254": "clouds",
    "64:ff9b::7f00:1": "this machine",
    "64:ff9b::a9fe:a9fe": "clouds",
    "2002:7f00:1::": "this machine",
    "2002:a9fe:a9fe::1": "clouds",
    "2001:0:4136:e378:8000:63bf:5601:5601": "clouds",  # Teredo of 169.254.169.254
    "192.0.0.192": "clouds",
    "168.63.129.16": "clouds",
    "::127.0.0.1": "no address of one machine",
    "64:ff9b:1::7f00:1": "no address of one machine",
    "224.0.0.1": "no address of one machine",
    "255.255.255.255": "no address of one machine",
    "ff02::1": "no address of one machine",
}
PRIVATE = (
    "10.0.0.1", "172.16.5.4", "192.168.1.1", "100.64.0.1", "fd12::1", "::ffff:10.0.0.1", "fec0::1",
)  # fmt: skip
PUBLIC = ("1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101")
SPELLINGS = ("2130706433", "0x7f000001", "0177.0.0.1", "127.1", "localhost")
EVERYWHERE = networks(["0.0.0.0/0", "::/0"])


@pytest.mark.parametrize(("address", "why"), NEVER.items())
def test_some_addresses_are_never_sent_to_even_if_their_network_is_allowed(address, why):
    assert why in forbidden(ip_address(address))
    assert why in forbidden(ip_address(address), EVERYWHERE)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_ones_are_only_where_the_operator_allows_them(address):
    assert "AGENTSCOPE_ALLOWED_NETWORKS" in forbidden(ip_address(address))
    assert forbidden(ip_address(address), networks(["203.0.113.0/24"]))
    assert not forbidden(ip_address(address), EVERYWHERE)


@pytest.mark.parametrize(
    ("address", "network"),
    [("127.0.0.1", "127.0.0.0/8"), ("127.0.0.1", "127.0.0.1/32"), ("::1", "::1/128")],
)
def test_this_machine_is_only_if_a_network_of_nothing_else_is_allowed(address, network):
    assert not forbidden(ip_address(address), networks([network]))
    assert forbidden(ip_address(address), EVERYWHERE)
    assert forbidden(ip_address("169.254.169.254"), networks([network]))


def test_this_machine_is_only_in_an_embedded_installation(settings):
    settings.AGENTSCOPE_ALLOWED_NETWORKS = networks(["127.0.0.0/8", "::1/128", "10.0.0.0/8"])
    settings.AGENTSCOPE_EMBEDDED = False
    assert allowed_networks() == networks(["10.0.0.0/8"])
    settings.AGENTSCOPE_EMBEDDED = True
    assert allowed_networks() == settings.AGENTSCOPE_ALLOWED_NETWORKS


@pytest.mark.parametrize("address", PUBLIC)
def test_public_ones_are(address):
    assert not forbidden(ip_address(address))


@given(st.ip_addresses(v=4))
def test_an_address_is_judged_alike_however_it_is_wrapped(address):
    low = int(address)
    for wrapped in (f"::ffff:{address}", str(ip_address((0x64FF9B << 96) | low))):
        assert forbidden(ip_address(wrapped)) == forbidden(address)


@pytest.mark.parametrize("host", SPELLINGS)
def test_spellings_are_judged_by_what_they_come_to(host):
    with pytest.raises(Forbidden, match="this machine"):
        judged(host, 80)


def test_who_is_refused_this_machine_is_told_where_it_can_be_named():
    refusal = forbidden(ip_address("127.0.0.1"))
    assert "nothing is sent there where people log in (AGENTSCOPE_EMBEDDED=0)" in refusal
    assert "where nobody does, AGENTSCOPE_ALLOWED_NETWORKS can name 127.0.0.0/8" in refusal


def answers(*addresses):
    return lambda *_, **__: [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 80)) for each in addresses
    ]


def test_a_name_with_one_bad_address_is_bad(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", answers("1.1.1.1", "127.0.0.1"))
    with pytest.raises(Forbidden, match=r"both\.example is 127\.0\.0\.1, which is this machine"):
        judged("both.example", 80)


def test_what_is_connected_to_is_what_was_judged(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", answers("1.1.1.1", "1.0.0.1", "1.1.1.1"))
    assert judged("good.example", 443) == [("1.1.1.1", 443), ("1.0.0.1", 443)]


def test_networks_that_are_none_are_refused():
    with pytest.raises(ValueError, match=r"10\.1\.0\.0/99"):
        networks(["10.1.0.0/99"])
