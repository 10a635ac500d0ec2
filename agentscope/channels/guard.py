"""Where messages may be sent: a name is resolved once, each of its addresses is judged, and only an
address that was judged is connected to, so that a name that is answered differently a moment later
gains nothing (DNS rebinding).

Never: the link of this machine, the metadata services of clouds, what is no address of one machine.
This machine only where an embedded installation names it as such, and private networks only where
the operator allows them. The ranges are those of the IANA registries of special-purpose addresses,
which `ipaddress` holds. Plain Python, for outside.py runs without Django.
"""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# What answers to every machine of a cloud with what only it should know, and is not link-local:
# Alibaba, Oracle, Azure (a public address), and by IPv6 AWS with its pods, Google, Scaleway.
METADATA = tuple(
    ip_network(each)
    for each in (
        *("100.100.100.200", "192.0.0.192", "168.63.129.16"),
        *("fd00:ec2::/32", "fd20:ce::254", "fd00:42::42"),
    )
)
NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
SITE_LOCAL = IPv6Network("fec0::/10")  # RFC 3879; `ipaddress` counts them as global
THIS_MACHINE = (
    "which is this machine: nothing is sent there where people log in (AGENTSCOPE_EMBEDDED=0);"
    " where nobody does, AGENTSCOPE_ALLOWED_NETWORKS can name 127.0.0.0/8 or ::1/128"
)
LOW_32 = (1 << 32) - 1


class Forbidden(OSError):
    """Nothing is sent there; the text says why and, if anything, what an operator can do."""


def judged(host: str, port: int, allowed: Sequence[Network] = ()) -> list[tuple[str, int]]:
    """The addresses of a host, each of them fit to be connected to, as (address, port).

    Raises Forbidden if any of them is not: who names a machine by a public and a private address
    wants the private one. Raises OSError if the name is not known."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    for address in addresses:
        why = forbidden(ip_address(address.partition("%")[0]), allowed)
        if why:
            named = host if host == address else f"{host} is {address}"
            raise Forbidden(f"{named}, {why}")
    return [(address, port) for address in addresses]


def forbidden(address: Address, allowed: Sequence[Network] = ()) -> str:
    """Why nothing is sent to an address; empty if it may be."""
    meant = inner(address)
    if meant != address:
        return forbidden(meant, allowed)
    if address.is_loopback and any(address in each for each in allowed if each.is_loopback):
        return ""  # a network of nothing else names it; one that holds it, as 0.0.0.0/0, does not
    if address.is_loopback or address.is_unspecified:
        return THIS_MACHINE
    if address.is_link_local or any(address in each for each in METADATA):
        return "where clouds keep the secrets of their machines"
    if address.is_multicast or address.is_reserved:
        return "which is no address of one machine"
    if (address.is_global and address not in SITE_LOCAL) or any(
        address in each for each in allowed
    ):
        return ""
    return "a private address; AGENTSCOPE_ALLOWED_NETWORKS can allow its network"


def inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for: mapped, NAT64, 6to4, Teredo; else itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & LOW_32)
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, address))[1]


def networks(said: Sequence[str]) -> tuple[Network, ...]:
    """Networks as an operator writes them: `10.1.0.0/16`. Raises ValueError for anything else."""
    return tuple(ip_network(each) for each in said)
