"""Hooks that ask with a key, where keys are required."""

import sys
from decimal import Decimal
from pathlib import Path

import pytest

from agentscope.budgets.models import Answer, Budget, Reservation
from agentscope.projects.models import Key
from agentscope.projects.write import create_key, create_project
from tests.examples.gateways import post
from tests.examples.running import Example
from tests.examples.stubs import USAGE, Model

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LIMIT = 2500  # tokens: some calls
PLAIN = Example(Path(sys.executable), "plain_python.py")


@pytest.fixture
def key(live_server, settings):
    """The secret of a key that may ask, in a project in which each session has a budget."""
    settings.AGENTSCOPE_EMBEDDED = False
    shop = create_project("shop")
    Budget.objects.create(
        project_id=shop.pk,
        name="a session",
        unit="tokens",
        limit=LIMIT,
        soft=Decimal("0.8"),
        each="session",
        window={"kind": "whole"},
        policy={"fail": "closed"},
    )
    secret = create_key(shop, Key.Scope.DECIDE)[1]
    # A server that has just begun may take its time for the first answer, and a hook has a second.
    said = post(f"{live_server.url}/api/v1/decide", {}, {"authorization": f"Bearer {secret}"})
    assert said[0] == 200
    Answer.objects.all().delete()
    return secret


def test_what_is_reserved_is_what_calls_came_to(key, live_server, tmp_path):
    """Nothing was metered yet, so all of it is still held."""
    with Model() as model:
        ran = PLAIN.run(model, tmp_path, live_server.url, AGENTSCOPE_KEY=key)
    assert "Of budget “a session”" in ran.said
    used = ran.calls * USAGE["total_tokens"]
    assert sum(Reservation.objects.values_list("amount", flat=True)) == used <= LIMIT
    assert Answer.objects.count() == ran.calls + 1
    assert Answer.objects.latest("pk").said["decision"] == "stop"


def test_a_wrong_key_is_told_and_the_policy_holds(key, live_server, tmp_path):
    with Model() as model:
        ran = PLAIN.run(
            model, tmp_path, live_server.url, AGENTSCOPE_KEY="as_wrong", AGENTSCOPE_FAIL="closed"
        )
    assert ran.calls == 0
    assert "HTTP 401" in ran.said
    assert not Answer.objects.exists()
