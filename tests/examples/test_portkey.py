"""Portkey: the guardrail webhook by itself, and behind Portkey's own gateway."""

import json
import sys

import pytest

from tests.examples.gateways import free_port, post, run_away, serving
from tests.examples.installed import EXAMPLES, node_modules_with
from tests.examples.laws import BUDGET
from tests.examples.running import around
from tests.examples.stubs import Decider, Model, nowhere

pytestmark = pytest.mark.slow

MOST = 12  # calls, if nobody stops it
GATEWAY = "@portkey-ai/gateway/build/start-server.js"
EVENT = {
    "request": {"json": {"model": "gpt-4o", "messages": []}, "text": ""},
    "metadata": {"session": "example", "agent": "clerk"},
    "eventType": "beforeRequestHook",
}


@pytest.fixture
def webhook(tmp_path):
    """Starts the webhook for an AgentScope."""

    def start(url, **environment):
        port = free_port()
        around_it = {"AGENTSCOPE_URL": url, "AGENTSCOPE_TIME_LIMIT": "60", **environment}
        command = [sys.executable, EXAMPLES / "portkey_webhook.py", str(port)]
        return serving(command, port, around_it, tmp_path / "webhook.log")

    return start


def test_a_call_passes_until_the_budget_is_spent(webhook):
    with Decider(budget=1) as decider, webhook(decider.url) as url:
        passes, stops = post(url, EVENT), post(url, EVENT)
    assert (passes[0], passes[1]["verdict"]) == (200, True)
    assert stops == (200, {"verdict": False, "data": {"reason": "1 of 1 calls are spent."}})
    (asked, _) = decider.asked
    assert (asked["session"], asked["agent"], asked["model"]) == ("example", "clerk", "gpt-4o")


def test_answers_of_the_model_pass_without_a_question(webhook):
    with Decider(budget=0) as decider, webhook(decider.url) as url:
        assert post(url, EVENT | {"eventType": "afterRequestHook"}) == (200, {"verdict": True})
    assert decider.asked == []


@pytest.mark.parametrize(("fail", "verdict"), [("open", True), ("closed", False)])
def test_where_agentscope_is_down_the_policy_decides(webhook, fail, verdict):
    with nowhere() as gone, webhook(gone, AGENTSCOPE_FAIL=fail) as url:
        assert post(url, EVENT)[1]["verdict"] is verdict


@pytest.fixture
def through_gateway(tmp_path):
    """Runs an agent through Portkey's gateway with the webhook at an address as a guardrail."""

    def run(model, guardrail, **check):
        port = free_port()
        check = {"default.webhook": {"webhookURL": guardrail, **check}, "deny": True}
        config = {"provider": "openai", "api_key": "none", "custom_host": f"{model.url}/v1"}
        headers = {
            "x-portkey-config": json.dumps(config | {"input_guardrails": [check]}),
            "x-portkey-metadata": json.dumps(EVENT["metadata"]),
        }
        gateway = node_modules_with("portkey") / GATEWAY
        command = ["node", gateway, f"--port={port}", "--headless"]
        with serving(command, port, around(model, tmp_path), tmp_path / "gateway.log") as url:
            return run_away(url, headers, MOST)

    return run


@pytest.mark.heavy
def test_the_gateway_refuses_the_call_that_would_exceed_the_budget(webhook, through_gateway):
    with Model() as model, Decider(budget=BUDGET) as decider, webhook(decider.url) as url:
        status, said = through_gateway(model, url)
    assert (status, len(model.asked)) == (446, BUDGET)
    assert f"{BUDGET} of {BUDGET} calls are spent." in json.dumps(said)


@pytest.mark.heavy
def test_the_gateway_takes_the_cheaper_model(webhook, through_gateway):
    with (
        Model() as model,
        Decider(budget=1, then="downgrade") as decider,
        webhook(decider.url) as url,
    ):
        through_gateway(model, url)
    assert [asked["model"] for asked in model.asked][:3] == ["gpt-4o", "gpt-4o-mini", "gpt-4o-mini"]


@pytest.mark.heavy
@pytest.mark.parametrize(("is_closed", "status", "calls"), [(False, 200, MOST), (True, 446, 0)])
def test_where_the_webhook_is_down_the_gateway_decides(through_gateway, is_closed, status, calls):
    with Model() as model, nowhere() as gone:
        answered, _ = through_gateway(model, gone, failOnError=is_closed)
    assert (answered, len(model.asked)) == (status, calls)
