from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from agentscope.inbox.models import DeadLetter, Refusal

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
