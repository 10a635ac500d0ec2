"""LiteLLM: the callback of asynchronous calls, the rule of synchronous ones, the proxy's hook."""

import secrets
from contextlib import contextmanager
from functools import partial

import pytest

from tests.examples.gateways import PATIENCE, run_away, serving
from tests.examples.installed import EXAMPLES, python_with
from tests.examples.laws import BUDGET, CALL, Laws
from tests.examples.running import Example, around
from tests.examples.stubs import Decider, Model, nowhere
from tests.kit.stack import free_port, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.heavy]

MOST = 12  # calls, if nobody stops it
PRICE = "0.00035"  # USD of a call, by LiteLLM's list
STARTS = "from litellm import run_server; run_server()"


class TestLiteLLM(Laws):
    @pytest.fixture(params=[(), ("synchronous",)], ids=["asynchronous", "synchronous"])
    def example(self, request: pytest.FixtureRequest) -> Example:
        python = python_with("litellm")
        return Example(python, "litellm_hook.py", request.param, not request.param)


@pytest.fixture
def proxy(tmp_path):
    """Starts a proxy that has the hook: what runs an agent through it."""

    @contextmanager
    def start(model, url, **environment):
        key, port = f"sk-{secrets.token_hex(32)}", free_port()
        config = EXAMPLES / "litellm_proxy.yaml"
        command = [python_with("litellm"), "-c", STARTS, "--config", config]
        command += ["--host", "127.0.0.1", "--port", str(port)]
        around_it = around(model, tmp_path) | {"AGENTSCOPE_URL": url, "LITELLM_MASTER_KEY": key}
        around_it["PYTHONPATH"] = str(EXAMPLES)
        about = {"session": "example", "agent": "clerk"}
        with serving(command, port, around_it | environment, tmp_path / "log") as address:
            headers = {"authorization": f"Bearer {key}"}
            yield partial(run_away, address, headers, metadata=about)

    return start


def test_the_proxy_refuses_the_call_that_would_exceed_the_budget(proxy):
    with (
        Model() as model,
        Decider(budget=BUDGET) as decider,
        proxy(model, decider.url) as run,
    ):
        status, said = run(MOST)
    assert (status, len(model.asked)) == (403, BUDGET)
    assert f"{BUDGET} of {BUDGET} calls are spent." in said["error"]["message"]
    assert {asked["session"] for asked in decider.asked} == {"example"}


def test_the_proxy_takes_the_cheaper_model(proxy):
    with (
        Model() as model,
        Decider(budget=1, then="downgrade") as decider,
        proxy(model, decider.url) as run,
    ):
        run(MOST)
    assert [asked["model"] for asked in model.asked][:3] == ["gpt-4o", "gpt-4o-mini", "gpt-4o-mini"]


@pytest.mark.parametrize(("fail", "status", "calls"), [("open", 200, MOST), ("closed", 403, 0)])
def test_the_proxy_does_as_its_policy_says_where_agentscope_is_down(proxy, fail, status, calls):
    with Model() as model, nowhere() as url, proxy(model, url, AGENTSCOPE_FAIL=fail) as run:
        answered, _ = run(MOST)
    assert (answered, len(model.asked)) == (status, calls)


@pytest.mark.parametrize("streams", [False, True], ids=["whole", "streamed"])
def test_the_proxy_tells_what_calls_came_to(proxy, streams):
    """A moment after each: so it is asked for more calls until all three of before are told."""
    with (
        Model(counts="on demand") as model,
        Decider() as decider,
        proxy(model, decider.url) as run,
    ):
        run(3, stream=streams)
        wait_until(lambda: run(1) and len(came_to(decider)) >= 3, PATIENCE)
    assert [asked.get("stream", False) for asked in model.asked[:4]] == [streams] * 3 + [False]
    assert came_to(decider)[:3] == [(str(call), CALL, PRICE) for call in (1, 2, 3)]


def came_to(decider):
    """The calls that are settled: reservation, tokens and USD."""
    names = ("reservation", "spent_tokens", "spent_usd")
    return [tuple(map(asked.get, names)) for asked in decider.asked if "reservation" in asked]
