"""Embedded, no key is needed: so what changes something is refused to pages of other web sites."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from agentscope.api import urls
from agentscope.api.foreign import is_ours
from agentscope.channels.models import Delivery
from agentscope.channels.write import create_channel
from agentscope.projects.models import Key, User
from agentscope.projects.roles import Role
from agentscope.projects.write import add_member, create_key

CHANGING = ("post", "put", "patch", "delete")
THERE = {"origin": "https://evil.example"}
SAYS_SO = "A page of another web site"


def changing() -> Iterator[tuple[str, str]]:
    """Each method with each address that takes it and changes something."""
    for each in urls.urlpatterns:
        view = getattr(each.callback, "view_class", None) or getattr(each.callback, "cls", None)
        path = re.sub(r"<\w+:\w+>", "1", str(each.pattern))
        yield from ((name, f"/api/{path}") for name in CHANGING if hasattr(view, name))


ROUTES = list(changing())


def test_the_routes_are_those_that_change_something():
    assert ("post", "/api/v1/channels/1/test") in ROUTES
    assert ("post", "/api/v1/deliveries/1/retry") in ROUTES
    assert ("put", "/api/v1/budgets/1") in ROUTES
    assert {method for method, _ in ROUTES} >= {"post", "put", "delete"}


@pytest.mark.parametrize(
    "said",
    [
        THERE,
        {"origin": "null"},
        {"origin": "http://localhost:3000"},
        {"origin": "http://[oops"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
    ids=str,
)
def test_a_page_of_another_site_changes_nothing(client, shop, settings, said):
    settings.AGENTSCOPE_CORS_ORIGINS = ["*"]  # that is about reading
    for method, address in ROUTES:
        answer = getattr(client, method)(address, headers=said)
        assert answer.status_code == 403, (method, address, answer.content)
        assert answer.json()["error"]["message"].startswith(SAYS_SO)
        assert "key" in answer.json()["error"]["hint"]


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"origin": "http://localhost:4318", "sec-fetch-site": "same-origin"},
        {"origin": "https://LOCALHOST:4318"},
        {"sec-fetch-site": "none"},
    ],
    ids=str,
)
def test_our_own_pages_and_whatever_is_no_page_are_heard(client, shop, said):
    for method, address in ROUTES:
        answer = getattr(client, method)(address, headers={"host": "localhost:4318", **said})
        assert answer.status_code != 403, (method, address, answer.content)


def test_no_test_is_sent_and_a_page_may_still_read(client, shop):
    settings = {"url": "https://hooks.example/x", "secret": "s" * 16}
    channel = create_channel(shop.pk, "webhook", "ops", settings, "ada")
    address = f"/api/v1/channels/{channel.pk}"
    assert client.post(f"{address}/test", headers=THERE).status_code == 403
    assert not Delivery.objects.exists()
    assert client.get(address, headers=THERE).status_code == 200
    assert client.post(f"{address}/test").status_code == 202


def test_with_a_key_it_is_known_who_asks(client, shop):
    """Another site's page has none; a browser asks us before it sends one."""
    _, key = create_key(shop, Key.Scope.MANAGE)
    headers = {**THERE, "authorization": f"Bearer {key}"}
    assert client.post("/api/v1/channels/1/test", headers=headers).status_code == 404


def test_an_origin_without_a_host_is_nobodys():
    assert not is_ours("null", "")


def test_who_is_logged_in_shows_that_one_of_our_pages_asks(shop, settings):
    settings.AGENTSCOPE_EMBEDDED = False
    user = User.objects.create_user("ada")
    add_member(shop, user, Role.OWNER)
    client = Client(headers={"host": "localhost"}, enforce_csrf_checks=True)
    client.force_login(user)
    for method, address in ROUTES:
        answer = getattr(client, method)(address, {}, "application/json")
        assert answer.status_code == 403, (method, address, answer.content)
        assert answer.json()["error"]["message"].startswith("CSRF Failed")
