"""In production: which key, and whose login, reads what."""

import time

import pytest
from django.test import Client

from agentscope.projects.models import Key
from agentscope.projects.read import CACHED_SECONDS
from agentscope.projects.roles import Role
from agentscope.projects.write import add_member, create_key, create_project, revoke_key
from tests.agentscope.api.conftest import TRACE

LIST, ONE = "/api/v1/traces", f"/api/v1/traces/{TRACE.hex}"


@pytest.fixture(autouse=True)
def _production(settings):
    settings.AGENTSCOPE_EMBEDDED = False
    settings.ALLOWED_HOSTS = ["agents.example"]


def read(path, key="", **headers):
    sent = {"host": "agents.example"} | {name.replace("_", "-"): headers[name] for name in headers}
    if key:
        sent["authorization"] = f"Bearer {key}"
    return Client().get(path, headers=sent)


def test_the_key_decides_the_project(stored, shop):
    _, secret = create_key(shop, Key.Scope.READ)
    assert read(ONE, secret).json()["spans"] >= 0
    assert read(ONE, x_agentscope_key=secret).status_code == 200
    assert read(ONE, secret, x_agentscope_project="shop").status_code == 200


@pytest.mark.parametrize("key", ["", "as_nonsense", "ä", "x" * 5000])
def test_without_a_known_key_nothing(stored, key):
    answer = read(ONE, key)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert "key" in answer.json()["error"]["message"].lower()


def test_another_projects_key_finds_nothing_of_ours(stored):
    _, secret = create_key(create_project("other"), Key.Scope.READ)
    assert read(LIST, secret).json()["total"] == 0
    assert read(ONE, secret).status_code == 404
    for picked in ({"x_agentscope_project": "shop"}, {}):
        address = ONE if picked else f"{ONE}?project=shop"
        assert read(address, secret, **picked).status_code == 403


def test_a_key_for_sending_does_not_read(stored, shop):
    _, secret = create_key(shop, Key.Scope.INGEST)
    answer = read(ONE, secret)
    assert answer.status_code == 403
    assert "send traces" in answer.json()["error"]["message"]


def test_a_revoked_key_stops_within_seconds(stored, shop, monkeypatch):
    key, secret = create_key(shop, Key.Scope.READ)
    assert read(ONE, secret).status_code == 200
    revoke_key(key)
    later = time.monotonic() + CACHED_SECONDS
    monkeypatch.setattr("agentscope.projects.read.time.monotonic", lambda: later)
    assert read(ONE, secret).status_code == 401


class TestMembers:
    @pytest.fixture
    def alice(self, shop, django_user_model):
        user = django_user_model.objects.create_user("alice")
        add_member(shop, user, Role.OWNER)
        return user

    @pytest.fixture
    def browser(self, alice):
        browser = Client(headers={"host": "agents.example"})
        browser.force_login(alice)
        return browser

    def test_a_member_reads_with_the_login_of_the_pages(self, browser, stored):
        assert browser.get(ONE).status_code == 200
        assert browser.get(f"{ONE}?project=shop").status_code == 200
        assert browser.post(ONE).status_code == 405

    def test_what_is_not_theirs_does_not_exist(self, browser, stored):
        create_project("other")
        for name in ("other", "nowhere"):
            answer = browser.get(f"{LIST}?project={name}")
            assert answer.status_code == 404
            assert answer.json()["error"]["message"] == f"You see no project {name}."

    def test_a_member_of_several_names_one(self, browser, alice, stored):
        add_member(create_project("other"), alice)
        answer = browser.get(ONE)
        assert answer.status_code == 400
        assert "x-agentscope-project" in answer.json()["error"]["message"]
        assert browser.get(ONE, headers={"x-agentscope-project": "shop"}).status_code == 200
        assert browser.get(ONE, headers={"x-agentscope-project": "other"}).status_code == 404

    def test_who_left_reads_nothing(self, browser, alice, stored):
        alice.memberships.all().delete()
        assert browser.get(ONE).status_code == 404
        alice.is_active = False
        alice.save()
        assert browser.get(ONE).status_code == 401
