"""Where a request comes from: what a proxy that is known says, and nothing that a client says."""

from ipaddress import ip_network

import pytest

from agentscope.accounts.place import address_of, line_of
from tests.agentscope.accounts.conftest import request_from

CLIENT, PROXY = "203.0.113.9", "10.0.0.2"


@pytest.mark.parametrize(
    ("near", "passed", "told"),
    [
        (PROXY, CLIENT, CLIENT),
        (PROXY, f"1.2.3.4, {CLIENT}", CLIENT),
        (PROXY, f"1.2.3.4, {CLIENT}, 10.9.9.9", CLIENT),
        (PROXY, f"{CLIENT}, nonsense", ""),
        (PROXY, "", ""),
        (PROXY, "10.0.0.3", ""),
        (CLIENT, "1.2.3.4", CLIENT),
        (f"::ffff:{PROXY}", CLIENT, CLIENT),
    ],
)
def test_behind_a_proxy_that_is_named(settings, near, passed, told):
    settings.AGENTSCOPE_TRUSTED_PROXIES = (ip_network("10.0.0.0/8"),)
    assert address_of(request_from(near, **{"x-forwarded-for": passed})) == told


def test_nobody_else_is_believed(settings):
    forged = request_from(CLIENT, **{"x-forwarded-for": "1.2.3.4"})
    assert address_of(forged) == CLIENT
    settings.SESSION_COOKIE_SECURE = True  # somebody speaks HTTPS for us, and is not named
    assert address_of(forged) == ""


def test_a_line_is_a_network_of_ipv6():
    assert line_of("2001:db8:1:2:3::4") == "2001:db8:1:2::/64"
    assert line_of(CLIENT) == CLIENT
    assert line_of("") == ""
