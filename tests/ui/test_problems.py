from __future__ import annotations

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from agentscope.inbox.models import DeadLetter, Refusal
from agentscope.ledger.models import Anchored
from agentscope.ledger.write import append
from agentscope.projects.changes import INSTALLATION
from agentscope.projects.roles import Role
from agentscope.projects.write import add_member

pytestmark = pytest.mark.django_db


def refusal(project_id: int | None, reason: str) -> Refusal:
    now = timezone.now()
    return Refusal.objects.create(
        project_id=project_id, day=now.date(), reason=reason, requests=3, items=5, last_at=now
    )


@pytest.mark.usefixtures("embedded")
def test_it_says_so_when_nothing_was_refused(client, project):
    page = client.get(reverse("problems", args=[project.name]))
    assert b"No problems" in page.content


@pytest.mark.usefixtures("embedded")
def test_it_shows_what_was_refused_and_what_failed(client, project):
    refusal(project.pk, "bad <b>ids</b>")
    refusal(None, "no key at all")
    DeadLetter.objects.create(
        received_at=timezone.now(), project_id=project.pk, signal="traces", body=b"", error="boom"
    )
    page = client.get(reverse("problems", args=[project.name])).content.decode()
    assert "bad &lt;b&gt;ids&lt;/b&gt;" in page
    assert "no key at all" in page
    assert "boom" in page


@pytest.mark.usefixtures("production")
def test_members_see_their_own_project_only(client, project, alice, charlie):
    refusal(project.pk, "mine")
    refusal(None, "nobody's")
    client.force_login(alice)
    page = client.get(reverse("problems", args=[project.name])).content.decode()
    assert "mine" in page
    assert "nobody's" not in page
    client.force_login(charlie)
    assert client.get(reverse("problems", args=[project.name])).status_code == 404


@pytest.fixture
def not_anchored(settings, project):
    """Checkpoints that a place did not take: of the project, and of the installation."""
    settings.AGENTSCOPE_ANCHOR_PATH = "/kept.jsonl"
    for number, why in ((project.pk, "<b>full"), (INSTALLATION, "read only")):
        Anchored.objects.create(project_id=number, position=7, anchor="file", reason=why)


@pytest.mark.usefixtures("embedded", "not_anchored")
def test_it_shows_checkpoints_that_are_not_kept_elsewhere(client, project):
    page = client.get(reverse("problems", args=[project.name])).content.decode()
    assert "No problems" not in page
    assert "&lt;b&gt;full" in page
    assert "read only" in page
    assert "File: /kept.jsonl" in page


@pytest.mark.usefixtures("production", "not_anchored")
def test_who_may_read_a_ledger_sees_where_it_is_not_kept(client, project, alice, charlie):
    client.force_login(alice)
    page = client.get(reverse("problems", args=[project.name])).content.decode()
    assert "full" in page
    assert "read only" not in page
    add_member(project, charlie, Role.VIEWER)
    client.force_login(charlie)
    page = client.get(reverse("problems", args=[project.name])).content.decode()
    assert "No problems" in page
    alice.is_staff = True
    alice.save()
    client.force_login(alice)
    assert "read only" in client.get(reverse("problems", args=[project.name])).content.decode()


@pytest.fixture
def forged(project):
    """An entry of the project, and one of the installation, that somebody changed who has the
    database; behind each the server wrote another."""
    for number in (project.pk, INSTALLATION):
        append(number, "budget", {"what": "something"})
        with connection.cursor() as cursor:
            cursor.execute("set local session_replication_role = replica")
            cursor.execute(
                "update ledger_entry set hash = sha256('') where project_id = %s", [number]
            )
            cursor.execute("set local session_replication_role = origin")
        append(number, "budget", {"what": "something else"})


@pytest.mark.usefixtures("embedded", "forged")
def test_it_shows_entries_of_a_ledger_that_were_forged(client, project):
    page = client.get(reverse("problems", args=[project.name])).content.decode()
    assert "No problems" not in page
    assert "The ledger was tampered with" in page
    places = [reverse("ledger-entry", args=[project.name, 2]), "/installation/ledger/2/"]
    for place in places:
        assert f'href="{place}"' in page
        assert client.get(place).status_code == 200


@pytest.mark.usefixtures("production", "forged")
def test_who_may_not_read_a_ledger_is_not_told_of_forged_entries(client, project, alice, charlie):
    client.force_login(alice)
    page = client.get(reverse("problems", args=[project.name])).content.decode()
    assert reverse("ledger-entry", args=[project.name, 2]) in page
    assert "/installation/ledger/2/" not in page
    add_member(project, charlie, Role.VIEWER)
    client.force_login(charlie)
    page = client.get(reverse("problems", args=[project.name])).content.decode()
    assert "tampered" not in page
