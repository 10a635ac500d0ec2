"""Portkey: the guardrail webhook by itself, and behind Portkey's own gateway."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.examples.gateways import post, run_away, serving
from tests.examples.installed import EXAMPLES, node_modules_with
from tests.examples.laws import BUDGET
from tests.examples.running import around
from tests.examples.shops import PATIENCE, limited, seconds_to_fire, soon, stopped, watched
from tests.examples.stubs import USAGE, Decider, Model, nowhere
from tests.kit.stack import free_port, wait_until

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
        around_it = {"AGENTSCOPE_TIME_LIMIT": "60", "AGENTSCOPE_URL": url, **environment}
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


def test_answers_of_the_model_pass_and_what_they_came_to_is_told(webhook):
    answer = {"response": {"json": {"usage": USAGE}}, "eventType": "afterRequestHook"}
    with Decider(budget=2) as decider, webhook(decider.url) as url:
        post(url, EVENT)
        assert post(url, EVENT | answer) == (200, {"verdict": True})
        assert len(decider.asked) == 1
        post(url, EVENT)
    assert decider.asked[1]["reservation"] == "1"
    assert decider.asked[1]["spent_tokens"] == USAGE["total_tokens"]


def test_of_a_stream_it_is_told_that_it_was_and_not_what_it_came_to(webhook):
    streamed = EVENT | {"response": {"json": None}, "eventType": "afterRequestHook"}
    with Model() as collector, Decider() as decider:
        with webhook(decider.url, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url) as url:
            post(url, EVENT)
            assert post(url, streamed) == (200, {"verdict": True})
            wait_until(lambda: bool(collector.asked), PATIENCE)
            post(url, EVENT)
        assert "reservation" not in decider.asked[1]
    (span,) = collector.asked[0]["resourceSpans"][0]["scopeSpans"][0]["spans"]
    told = {each["key"]: each["value"].get("stringValue") for each in span["attributes"]}
    assert told == {
        "session.id": "example",
        "gen_ai.agent.name": "clerk",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
    }


@pytest.mark.parametrize(("fail", "verdict"), [("open", True), ("closed", False)])
def test_where_agentscope_is_down_the_policy_decides(webhook, fail, verdict):
    with nowhere() as gone, webhook(gone, AGENTSCOPE_FAIL=fail) as url:
        assert post(url, EVENT)[1]["verdict"] is verdict


@pytest.fixture
def through_gateway(tmp_path):
    """Runs an agent through Portkey's gateway with the webhook at an address as a guardrail."""

    def run(model, guardrail, most=MOST, streams=False, **check):
        port = free_port()
        check = {"default.webhook": {"webhookURL": guardrail, **check}, "deny": True}
        guardrails = {"input_guardrails": [check], "output_guardrails": [check]}
        config = {"provider": "openai", "api_key": "none", "custom_host": f"{model.url}/v1"}
        headers = {
            "x-portkey-config": json.dumps(config | guardrails),
            "x-portkey-metadata": json.dumps(EVENT["metadata"]),
        }
        gateway = node_modules_with("portkey") / GATEWAY
        command = ["node", gateway, f"--port={port}", "--headless"]
        with serving(command, port, around(model, tmp_path), tmp_path / "gateway.log") as url:
            return run_away(url, headers, most, stream=streams)

    return run


@pytest.mark.heavy
def test_the_gateway_refuses_the_call_that_would_exceed_the_budget(webhook, through_gateway):
    with Model() as model, Decider(budget=BUDGET) as decider, webhook(decider.url) as url:
        status, said = through_gateway(model, url)
    assert (status, len(model.asked)) == (446, BUDGET)
    assert f"{BUDGET} of {BUDGET} calls are spent." in json.dumps(said)


@pytest.mark.heavy
def test_the_gateway_refuses_a_stream_too_and_tells_no_usage_of_those_before(
    webhook, through_gateway
):
    with Model() as model, Decider(budget=BUDGET) as decider, webhook(decider.url) as url:
        status, _ = through_gateway(model, url, streams=True)
    assert (status, len(model.asked)) == (446, BUDGET)
    assert all(asked["stream"] for asked in model.asked)
    assert [asked.get("reservation") for asked in decider.asked] == [None] * (BUDGET + 1)


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


@pytest.mark.heavy
@pytest.mark.stack
def test_a_real_agentscope_stops_it_before_it_has_spent_its_budget_and_one_call_more(
    webhook, through_gateway, shop
):
    limited(shop)
    with Model() as model, webhook(**told_by(shop)) as url:
        status, said = through_gateway(model, url, 100)
    assert status == 446
    stopped(shop, json.dumps(said, ensure_ascii=False), len(model.asked))


@pytest.mark.heavy
@pytest.mark.stack
def test_without_a_budget_an_alert_fires_soon_after_the_span_that_crosses_it(
    webhook, through_gateway, shop
):
    watched(shop)
    with (
        Model(slow=0.2) as model,
        webhook(**told_by(shop)) as url,
        ThreadPoolExecutor(1) as pool,
    ):
        running = pool.submit(through_gateway, model, url, 60)
        took = seconds_to_fire(shop)
        model.turns = 0
        running.result()
    sys.stdout.write(f"portkey: fires {took:.1f} s after the span that crosses it\n")
    assert took < soon()


def told_by(shop):
    """The environment of a webhook of a shop."""
    return {"url": shop.environment["AGENTSCOPE_URL"], **shop.environment}
