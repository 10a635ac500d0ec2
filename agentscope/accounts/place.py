"""Where a request comes from."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

OF_ONE_LINE = 64  # bits of an IPv6 address that a line is given; the rest its owner may choose


def address_of(request: HttpRequest) -> str:
    """The address that a request comes from, past the proxies that settings name. Empty if it
    cannot be told: behind a proxy that is not named, everybody would have its address."""
    near = request.META.get("REMOTE_ADDR", "")
    proxies = settings.AGENTSCOPE_TRUSTED_PROXIES
    if not proxies:
        return "" if settings.SESSION_COOKIE_SECURE else near
    passed = request.headers.get("x-forwarded-for", "").split(",")
    for said in (near, *reversed(passed)):
        address = parsed(said)
        if address is None:
            return ""  # what is left of it anybody may have written
        if not any(address in network for network in proxies):
            return str(address)
    return ""


def parsed(said: str) -> IPv4Address | IPv6Address | None:
    """An address as it was written; nothing if it is none."""
    try:
        address = ip_address(said.strip())
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def line_of(address: str) -> str:
    """What attempts are counted by: of IPv6 the network, of which anybody has all addresses."""
    found = parsed(address)
    if isinstance(found, IPv6Address):
        return str(IPv6Network((int(found), OF_ONE_LINE), strict=False))
    return str(found or "")
