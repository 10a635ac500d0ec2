"""The ledger of the installation by machine: for those who run it, and for no key."""

from __future__ import annotations

import pytest

from agentscope.ledger.write import checkpoint
from agentscope.projects.changes import INSTALLATION, note_change
from agentscope.projects.models import Key
from agentscope.projects.write import create_key
from tests.agentscope.api.test_audit import get
from tests.kit.jobs import end_jobs

AUDIT = "/api/v1/installation/audit/"
ENTRIES, CHECKPOINTS, VERIFY = f"{AUDIT}entries", f"{AUDIT}checkpoints", f"{AUDIT}verify"
ADDRESSES = [ENTRIES, f"{ENTRIES}/2", CHECKPOINTS, VERIFY]


@pytest.fixture
def told(shop):
    """What was done in the installation, and what was in a project."""
    note_change("login", INSTALLATION, "ben", "Logged in by password", {"address": "10.0.0.7"})
    note_change("view", shop.pk, "cleo", "Saved the view of the shop", {})
    return shop


@pytest.fixture
def root(client, settings, django_user_model):
    """Somebody who runs the installation, and sees no project."""
    settings.AGENTSCOPE_EMBEDDED = False
    user = django_user_model.objects.create_user("root", is_staff=True)
    client.force_login(user)
    return user


def test_it_tells_what_belongs_to_no_project(client, root, told):
    (one,) = get(client, ENTRIES)["entries"]
    assert (one["position"], one["who"], one["kind"]) == (2, "ben", "login")
    assert get(client, f"{ENTRIES}/2")["details"] == {"address": "10.0.0.7"}
    assert [each["kind"] for each in get(client, ENTRIES, itself="true")["entries"]] == [
        "login",
        "ledger.opened",
    ]
    assert get(client, ENTRIES, who="cleo")["entries"] == []


def test_it_leaves_as_a_table_and_for_a_security_system(client, root, told):
    table = b"".join(client.get(ENTRIES, {"format": "csv"}).streaming_content).decode()
    assert "ben,Logged in by password" in table
    events = b"".join(client.get(ENTRIES, {"format": "ocsf"}).streaming_content).decode()
    assert "ben" in events
    assert "cleo" not in table + events


def test_checkpoints_and_what_verifying_found(client, root, told):
    signed = checkpoint(INSTALLATION)
    (one,) = get(client, CHECKPOINTS)["checkpoints"]
    assert (one["hash"], one["project"], one["elsewhere"]) == (signed.hash, INSTALLATION, [])
    assert get(client, VERIFY)["result"] is None
    client.post("/installation/ledger/verify/")
    end_jobs()
    assert get(client, VERIFY)["result"]["sentence"].startswith("All is well")


def test_a_position_that_is_not_there(client, root, told):
    answer = client.get(f"{ENTRIES}/3")
    assert answer.status_code == 404
    said = answer.json()["error"]["message"]
    assert said == "The ledger of the installation has no position 3."


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_is_there_for_those_who_run_the_installation_alone(client, root, told, address):
    root.is_staff = False
    root.save()
    answer = client.get(address)
    assert (answer.status_code, answer.json()["error"]["message"]) == (404, "Not found.")
    client.logout()
    assert client.get(address).status_code == 401


@pytest.mark.parametrize("header", ["authorization", "x-agentscope-key"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_no_key_reads_it_whoever_is_logged_in_beside(client, root, told, address, header):
    secret = create_key(told, Key.Scope.ADMIN)[1]
    said = f"Bearer {secret}" if header == "authorization" else secret
    answer = client.get(address, headers={header: said})
    assert answer.status_code == 403
    assert "each is of one project" in answer.json()["error"]["message"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_embedded_anybody_reads_it_by_a_name_that_is_ours(client, told, address):
    assert client.get(address).status_code == 200
    assert client.get(address, headers={"host": "evil.example"}).status_code in (400, 403)


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_is_changed_there(client, root, told, address):
    for verb in (client.post, client.put, client.patch, client.delete):
        assert verb(address, {}, "application/json").status_code == 405


def test_no_project_is_named(client, root, told):
    answer = client.get(ENTRIES, {"project": "shop"})
    assert answer.status_code == 400
    assert "project: there is no such parameter." in answer.json()["error"]["message"]
