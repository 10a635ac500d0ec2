"""Passwords, codes and keys that somebody types into any form, or sends to any address, stand in no
line of the log and in no ledger."""

from __future__ import annotations

import logging

import pytest
from django.db import transaction
from django.test import Client
from django.utils.module_loading import import_string

from agentscope.accounts.invitations import invite
from agentscope.ledger.models import Content
from agentscope.projects.changes import COMMAND_LINE
from agentscope.projects.models import Key
from agentscope.projects.roles import Role
from agentscope.projects.write import create_key
from tests import test_every_route as routes

pytestmark = pytest.mark.django_db
shop, parts = routes.shop, routes.parts
TYPED = "typed-5ecret-0123456789"
FIELDS = (
    *("password", "old_password", "new_password", "new_password1", "new_password2", "password1"),
    *("password2", "code", "secret", "token", "key", "url", "login", "csrfmiddlewaretoken"),
)
SAID = dict.fromkeys(FIELDS, TYPED) | {"username": "alice", "url": f"https://x.test/{TYPED}"}
OWN = ("login/", "login/code/", *sorted(routes.OWN))


@pytest.fixture
def heard(settings, caplog):
    settings.AGENTSCOPE_EMBEDDED = False
    caplog.set_level(logging.DEBUG)
    return caplog


def told() -> str:
    """All that ledgers tell."""
    return str(list(Content.objects.values_list("text", flat=True)))


def test_what_is_typed_into_forms_is_not_logged(heard, shop, parts):
    client = routes.logged_in("alice", shop)
    session = client.cookies["sessionid"].value
    for route in (*routes.PAGES, *OWN):
        with transaction.atomic():
            client.post(routes.address(route, parts), SAID)
            assert TYPED not in told(), route
            transaction.set_rollback(True)
        client.cookies["sessionid"] = session
    for secret in (TYPED, session):
        assert secret not in heard.text


def test_keys_and_what_they_make_are_not_logged(heard, shop, parts):
    secret = create_key(shop, Key.Scope.ADMIN)[1]
    client = Client(headers={"host": "localhost", "authorization": f"Bearer {secret}"})
    made = client.post("/api/v1/keys", {"scope": "read"}, "application/json").json()["secret"]
    hook = {"kind": "webhook", "name": "x", "settings": {"url": "https://x.test", "secret": TYPED}}
    assert client.post("/api/v1/channels", hook, "application/json").status_code == 201
    for route in routes.READS:
        client.get(routes.address(route, parts), {"key": TYPED})
    client.get("/api/v1/traces", headers={"authorization": f"Bearer {TYPED}"})
    for each in (secret, made, TYPED):
        assert each not in heard.text
        assert each not in told()


def test_who_reads_the_log_cannot_accept_an_invitation(heard, shop, settings):
    _, token = invite(shop, "ann@example.com", Role.VIEWER, COMMAND_LINE, Role.OWNER)
    client = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    assert client.post(f"/invitations/{token}/", SAID).status_code == 403
    assert client.get(f"/invitations/{token}x/").status_code == 404
    line = import_string(settings.LOGGING["formatters"]["line"]["class"])()
    lines = [line.format(record) for record in heard.records]
    assert token in heard.text
    assert token not in "".join(lines)
    assert any("/invitations/…/" in each for each in lines)
