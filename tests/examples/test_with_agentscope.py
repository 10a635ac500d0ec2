"""Agents that run away, and a real AgentScope: web, workers, Postgres, and the process that answers
hooks. What they spend is what the spans say that their frameworks send of themselves; where there
are none, those of the hook."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples.installed import EXAMPLES, python_with
from tests.examples.running import PATIENCE, around
from tests.examples.shops import Shop, limited, seconds_to_fire, soon, stopped, watched
from tests.examples.stubs import Model
from tests.kit.stack import wait_until

pytestmark = [pytest.mark.stack, pytest.mark.slow]

HEAVY = pytest.mark.heavy
EXAMPLES_OF = {
    "plain": (None, "plain_python.py"),
    "langgraph": ("langgraph", "langgraph_hook.py"),
    "openai_agents": ("openai_agents", "openai_agents_hook.py"),
    "crewai": ("crewai", "crewai_hook.py"),
    "semantic_kernel": ("semantic_kernel", "semantic_kernel_hook.py"),
    "litellm": ("litellm", "litellm_hook.py"),
}
LIGHT = ("plain", "langgraph")
EVERY = [pytest.param(name, id=name, marks=[] if name in LIGHT else HEAVY) for name in EXAMPLES_OF]
# Runs an example as it is, but nobody is asked.
UNASKED = """
import runpy, sys
import agentscope_hook as hook

def may_i(call=None, /, **about):
    return hook.Answer("allow", "nobody was asked")

async def may_i_async(call=None, /, **about):
    return may_i()

hook.may_i, hook.may_i_async = may_i, may_i_async
runpy.run_path(sys.argv[1], run_name="__main__")
"""


def command(framework: str) -> list[str | Path]:
    """What starts an example."""
    installed, file = EXAMPLES_OF[framework]
    return [python_with(installed) if installed else Path(sys.executable), EXAMPLES / file]


@pytest.mark.parametrize("framework", EVERY)
def test_an_agent_is_stopped_before_it_has_spent_its_budget_and_one_call_more(
    framework: str, shop: Shop, tmp_path: Path
) -> None:
    limited(shop)
    with Model() as model:
        done = subprocess.run(
            command(framework),
            env=around(model, tmp_path) | shop.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
    assert done.returncode == 0, done.stderr[-3000:]
    stopped(shop, done.stdout, len(model.asked))


@pytest.mark.parametrize("framework", EVERY)
def test_without_the_hook_an_alert_fires_soon_after_the_span_that_crosses_it(
    framework: str, shop: Shop, tmp_path: Path
) -> None:
    watched(shop)
    python, file = command(framework)
    with Model(slow=0.2) as model, (tmp_path / "said").open("w") as said:
        environment = around(model, tmp_path) | shop.environment | {"PYTHONPATH": str(EXAMPLES)}
        run = [python, "-c", UNASKED, file]
        with subprocess.Popen(run, env=environment, stdout=said, stderr=said) as agent:
            try:
                wait_until(lambda: bool(model.asked) or agent.poll() is not None, PATIENCE)
                assert agent.poll() is None, (tmp_path / "said").read_text()[-3000:]
                took = seconds_to_fire(shop)
            finally:
                agent.kill()
    sys.stdout.write(f"{framework}: fires {took:.1f} s after the span that crosses it\n")
    assert took < soon()
