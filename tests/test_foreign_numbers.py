"""A form that is posted to one project and says numbers and names of another changes nothing there,
whatever the field is called."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.utils import timezone

from agentscope.ledger.models import Entry
from agentscope.projects.models import AllowedTools, AttributeMapping, User
from agentscope.redaction.models import OwnRule
from tests import test_every_route as routes

pytestmark = pytest.mark.django_db
shop, parts, other = routes.shop, routes.parts, routes.other
FORMS = [each for each in routes.PAGES if not routes.names_something(each)]


@pytest.fixture
def said(shop, parts) -> dict[str, str]:
    """By the names of fields: the things of the shop."""
    named = {name: part for name, part in parts.items() if name != "project"}
    more = {
        "mapping": AttributeMapping.objects.get(project=shop),
        "list": AllowedTools.objects.get(project=shop),
        "rule": OwnRule.objects.get(project=shop),
        "user": User.objects.get(username="secret person"),
    }
    numbers = {name: str(each.pk) for name, each in more.items()}
    soon = timezone.now().isoformat()
    usual = {"invitation": parts["invitation_id"], "trace": parts["trace_id"], "model": ""}
    words = {"name": "secret name", "do": "remove", "act": "remove", "sure": "yes", "until": soon}
    return named | usual | words | numbers


@pytest.mark.parametrize("route", FORMS)
def test_a_form_of_another_project_changes_nothing_of_ours(settings, shop, other, said, route):
    settings.AGENTSCOPE_EMBEDDED = False
    client = routes.logged_in("charlie", other)
    ours = Entry.objects.filter(project_id=shop.pk)
    before = ours.count()
    with transaction.atomic():
        answer = client.post(routes.address(route, {"project": "other"}), said)
        assert answer.status_code < 500
        assert b"secret person" not in answer.getvalue()
        assert ours.count() == before
        transaction.set_rollback(True)
