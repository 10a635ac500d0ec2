"""Keys by machine: made, replaced and revoked, by those who may."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from agentscope.projects.models import Key, User
from agentscope.projects.read import _keys
from agentscope.projects.roles import Role
from agentscope.projects.write import add_member, create_key, create_project
from tests.kit.changes import noted

KEYS, JSON = "/api/v1/keys", "application/json"


@pytest.fixture(autouse=True)
def _production(settings):
    settings.AGENTSCOPE_EMBEDDED = False
    _keys.clear()


def by_key(secret: str) -> Client:
    return Client(headers={"host": "localhost", "authorization": f"Bearer {secret}"})


@pytest.fixture
def admin(shop):
    return by_key(create_key(shop, Key.Scope.ADMIN, "admin")[1])


def member(shop, role: Role) -> Client:
    user = User.objects.create_user(role.value)
    add_member(shop, user, role)
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    return client


def test_a_key_is_made_and_works(shop, admin):
    soon = (timezone.now() + timedelta(days=1)).isoformat()
    said = {"label": "ci", "scope": "read", "expires_at": soon}
    answer = admin.post(KEYS, said, JSON)
    assert answer.status_code == 201
    made = answer.json()
    assert (made["label"], made["scope"], made["state"]) == ("ci", "read", "works")
    assert by_key(made["secret"]).get("/api/v1/traces").status_code == 200
    assert noted()[-1].who == made["created_by"]
    listed = admin.get(KEYS).json()
    assert [each["label"] for each in listed["keys"]] == ["ci", "admin"]
    assert listed["total"] == 2
    assert made["secret"] not in str(listed)
    assert admin.get(f"{KEYS}/{made['id']}").json()["name"] == made["name"]


def test_a_key_is_replaced_then_revoked(shop, admin):
    old = create_key(shop, Key.Scope.READ, "ci")[0]
    until = (timezone.now() + timedelta(hours=1)).isoformat()
    answer = admin.post(f"{KEYS}/{old.pk}/rotate", {"works_until": until}, JSON)
    assert answer.status_code == 201
    assert admin.get(f"{KEYS}/{old.pk}").json()["state"] == "replaced"
    assert admin.get(f"{KEYS}/{old.pk}").json()["successor"] == answer.json()["id"]
    again = admin.post(f"{KEYS}/{old.pk}/rotate", {"works_until": until}, JSON)
    assert (again.status_code, again.json()["error"]["message"][:4]) == (400, "key:")
    assert admin.delete(f"{KEYS}/{old.pk}").status_code == 204
    assert admin.get(f"{KEYS}/{old.pk}").json()["state"] == "revoked"


def test_a_table_holds_no_secret(shop, admin):
    secret = create_key(shop, Key.Scope.READ, "ci")[1]
    table = admin.get(f"{KEYS}?format=csv")
    text = b"".join(table.streaming_content).decode()
    assert text.startswith("id,name,label,scope,prefix,state,")
    assert secret not in text


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ({"scope": "god"}, "scope"),
        ({}, "scope"),
        ({"scope": "read", "label": "x" * 101}, "label"),
        ({"scope": "read", "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"scope": "read", "expires_at": "soon"}, "expires_at"),
        ({"scope": "read", "project": "bank"}, "project"),
        ({"scope": "read", "project_id": 1}, "project_id"),
        ({"scope": "read", "created_by": "eve"}, "created_by"),
        ({"scope": "read", "digest": "x"}, "digest"),
    ],
)
def test_what_cannot_be_is_named(shop, admin, said, part):
    answer = admin.post(KEYS, said, JSON)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith(f"{part}: ")
    assert Key.objects.count() == 1


@pytest.mark.parametrize("scope", [each for each in Key.Scope if each != Key.Scope.ADMIN])
def test_no_other_key_makes_keys(shop, scope):
    client = by_key(create_key(shop, scope)[1])
    assert client.get(KEYS).status_code == 403
    assert client.post(KEYS, {"scope": "admin"}, JSON).status_code == 403
    assert Key.objects.count() == 1


def test_a_key_of_another_project_is_not_found(shop, admin):
    theirs = create_key(create_project("bank"), Key.Scope.READ)[0]
    one = f"{KEYS}/{theirs.pk}"
    until = (timezone.now() + timedelta(hours=1)).isoformat()
    assert admin.get(one).status_code == 404
    assert admin.delete(one).status_code == 404
    assert admin.post(f"{one}/rotate", {"works_until": until}, JSON).status_code == 404
    theirs.refresh_from_db()
    assert (theirs.revoked_at, theirs.successor) == (None, None)


def test_who_may_only_send_makes_keys_that_send(shop):
    theirs = create_key(shop, Key.Scope.INGEST, "theirs")[0]
    client = member(shop, Role.INGEST)
    refused = client.post(KEYS, {"scope": "read"}, JSON)
    assert refused.status_code == 403
    assert "Only owners and admins may" in refused.json()["error"]["message"]
    made = client.post(KEYS, {"scope": "ingest"}, JSON)
    assert made.status_code == 201
    assert [each["id"] for each in client.get(KEYS).json()["keys"]] == [made.json()["id"]]
    assert client.delete(f"{KEYS}/{theirs.pk}").status_code == 404


def test_an_admin_does_what_an_admin_key_does(shop):
    client = member(shop, Role.ADMIN)
    made = client.post(KEYS, {"scope": "admin"}, JSON).json()
    assert client.delete(f"{KEYS}/{made['id']}").status_code == 204


@pytest.mark.parametrize("name", ["key", "api_key", "token", "authorization", "x-agentscope-key"])
def test_a_key_in_an_address_is_none(shop, name):
    secret = create_key(shop, Key.Scope.READ)[1]
    for value in (secret, f"Bearer {secret}"):
        answer = Client(headers={"host": "localhost"}).get("/api/v1/traces", {name: value})
        assert answer.status_code == 401
        assert "No key" in answer.json()["error"]["message"]
    sent = Client(headers={"host": "localhost"}).post(
        f"/v1/traces?{name}={secret}", b"", content_type="application/x-protobuf"
    )
    assert sent.status_code == 401


def test_a_key_that_expired_says_so(shop):
    key, secret = create_key(shop, Key.Scope.READ, "ci")
    Key.objects.update(expires_at=timezone.now())
    answer = by_key(secret).get("/api/v1/traces")
    assert answer.status_code == 401
    assert f"The key {key.name} expired" in answer.json()["error"]["message"]
