"""LiteLLM: the callback of asynchronous calls, the rule of synchronous ones, the proxy's hook."""

import secrets

import pytest

from tests.examples.gateways import free_port, run_away, serving
from tests.examples.installed import EXAMPLES, python_with
from tests.examples.laws import BUDGET, Laws
from tests.examples.running import Example, around
from tests.examples.stubs import Decider, Model, nowhere

pytestmark = [pytest.mark.slow, pytest.mark.heavy]

MOST = 12  # calls, if nobody stops it
STARTS = "from litellm import run_server; run_server()"


class TestLiteLLM(Laws):
    @pytest.fixture(params=[(), ("synchronous",)], ids=["asynchronous", "synchronous"])
    def example(self, request: pytest.FixtureRequest) -> Example:
        python = python_with("litellm")
        return Example(python, "litellm_hook.py", request.param, not request.param)


@pytest.fixture
def through_proxy(tmp_path):
    """Runs an agent through a proxy that has the hook."""

    def run(model, url, most=MOST, **environment):
        key, port = f"sk-{secrets.token_hex(32)}", free_port()
        config = EXAMPLES / "litellm_proxy.yaml"
        command = [python_with("litellm"), "-c", STARTS, "--config", config]
        command += ["--host", "127.0.0.1", "--port", str(port)]
        around_it = around(model, tmp_path) | {"AGENTSCOPE_URL": url, "LITELLM_MASTER_KEY": key}
        around_it["PYTHONPATH"] = str(EXAMPLES)
        about = {"session": "example", "agent": "clerk"}
        with serving(command, port, around_it | environment, tmp_path / "log") as proxy:
            headers = {"authorization": f"Bearer {key}"}
            return run_away(proxy, headers, most, metadata=about)

    return run


def test_the_proxy_refuses_the_call_that_would_exceed_the_budget(through_proxy):
    with Model() as model, Decider(budget=BUDGET) as decider:
        status, said = through_proxy(model, decider.url)
    assert (status, len(model.asked)) == (403, BUDGET)
    assert f"{BUDGET} of {BUDGET} calls are spent." in said["error"]["message"]
    assert {asked["session"] for asked in decider.asked} == {"example"}


def test_the_proxy_takes_the_cheaper_model(through_proxy):
    with Model() as model, Decider(budget=1, then="downgrade") as decider:
        through_proxy(model, decider.url)
    assert [asked["model"] for asked in model.asked][:3] == ["gpt-4o", "gpt-4o-mini", "gpt-4o-mini"]


@pytest.mark.parametrize(("fail", "status", "calls"), [("open", 200, MOST), ("closed", 403, 0)])
def test_the_proxy_does_as_its_policy_says_where_agentscope_is_down(
    through_proxy, fail, status, calls
):
    with Model() as model, nowhere() as url:
        answered, _ = through_proxy(model, url, AGENTSCOPE_FAIL=fail)
    assert (answered, len(model.asked)) == (status, calls)


def test_the_proxy_tells_what_calls_came_to(through_proxy):
    with Model() as model, Decider(budget=3) as decider:
        through_proxy(model, decider.url)
    settled = [(asked.get("reservation"), asked.get("spent_tokens")) for asked in decider.asked]
    assert settled[1:] == [("1", 110), ("2", 110), ("3", 110)]
