"""Agents that run away are stopped by the real thing: a budget, reserved call by call, before any
of what they used was reported."""

import sys
from decimal import Decimal
from pathlib import Path

import pytest

from agentscope.budgets.models import Answer, Budget, Reservation
from agentscope.projects.models import Key
from agentscope.projects.write import create_key, create_project
from tests.examples.gateways import post
from tests.examples.installed import python_with
from tests.examples.running import Example
from tests.examples.stubs import USAGE, Model

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LIMIT = 2500  # tokens: some calls
HEAVY = pytest.mark.heavy
EXAMPLES = [
    pytest.param(None, "plain_python.py", id="plain"),
    pytest.param("langgraph", "langgraph_hook.py", id="langgraph"),
    pytest.param("openai_agents", "openai_agents_hook.py", id="openai_agents"),
    pytest.param("crewai", "crewai_hook.py", id="crewai", marks=HEAVY),
    pytest.param("semantic_kernel", "semantic_kernel_hook.py", id="semantic_kernel", marks=HEAVY),
    pytest.param("litellm", "litellm_hook.py", id="litellm", marks=HEAVY),
]


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


@pytest.mark.parametrize(("framework", "file"), EXAMPLES)
def test_an_agent_is_stopped_before_it_has_spent_its_budget_and_one_call_more(
    framework, file, key, live_server, tmp_path
):
    python = python_with(framework) if framework else Path(sys.executable)
    with Model() as model:
        ran = Example(python, file).run(model, tmp_path, live_server.url, AGENTSCOPE_KEY=key)
    assert "Of budget “a session”" in ran.said
    assert ran.calls >= 2
    assert (ran.calls - 1) * USAGE["total_tokens"] < LIMIT
    reserved = sum(Reservation.objects.values_list("amount", flat=True))
    assert 0 < reserved <= LIMIT
    answers = Answer.objects.order_by("pk").values_list("session", flat=True)
    assert {*answers} == {"example"}
    assert len(answers) in (ran.calls, ran.calls + 1)
    assert Answer.objects.latest("pk").said["decision"] == "stop"


def test_a_wrong_key_is_told_and_the_policy_holds(key, live_server, tmp_path):
    with Model() as model:
        ran = Example(Path(sys.executable), "plain_python.py").run(
            model, tmp_path, live_server.url, AGENTSCOPE_KEY="as_wrong", AGENTSCOPE_FAIL="closed"
        )
    assert ran.calls == 0
    assert "HTTP 401" in ran.said
    assert not Answer.objects.exists()
