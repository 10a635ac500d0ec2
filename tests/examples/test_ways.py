"""Other ways to run what the examples run: asynchronously, streamed, several agents at once. Each
is a program of its own in tests/examples/ways."""

from pathlib import Path

import pytest

from tests.examples.installed import EXAMPLES, python_with
from tests.examples.laws import BUDGET, CALL, settled
from tests.examples.running import Example, Ran
from tests.examples.stubs import Decider, Model

pytestmark = [pytest.mark.slow, pytest.mark.heavy]

WAYS = Path(__file__).parent / "ways"
STOPPED = [
    ("langgraph", "asynchronous"),
    ("langgraph", "middleware"),
    ("langgraph", "streamed"),
    ("crewai", "asynchronous"),
    ("crewai", "threaded"),
    ("crewai", "streamed"),
    ("openai_agents", "handed_over"),
    ("semantic_kernel", "streamed"),
    ("litellm", "streamed"),
    ("litellm", "routed"),
]
SEVERAL = {"langgraph": 0, "crewai": 0, "openai_agents": 0, "semantic_kernel": 3, "litellm": 0}


def run(framework: str, way: str, home: Path, model: Model, decider: Decider) -> Ran:
    """How such a program ended."""
    example = Example(python_with(framework), str(WAYS / f"{framework}_ways.py"), (way,))
    return example.run(model, home, decider.url, PYTHONPATH=str(EXAMPLES))


@pytest.mark.parametrize(("framework", "way"), STOPPED)
def test_it_is_stopped_too(framework: str, way: str, tmp_path: Path) -> None:
    with Model() as model, Decider(budget=BUDGET) as decider:
        ran = run(framework, way, tmp_path, model, decider)
    assert ran.said.startswith("Stopped: ")
    assert ran.calls in (BUDGET, BUDGET + 1)


@pytest.mark.parametrize(
    ("way", "calls"), [("counted", "1234"), ("routed", "1234"), ("streamed", "")]
)
def test_litellm_tells_what_calls_came_to_and_of_a_stream_that_says_nothing_nothing(
    way: str, calls: str, tmp_path: Path
) -> None:
    with Model(counts="on demand") as model, Decider(budget=BUDGET) as decider:
        run("litellm", way, tmp_path, model, decider)
    assert settled(decider) == dict.fromkeys(calls, CALL)


@pytest.mark.parametrize(("framework", "unasked"), SEVERAL.items(), ids=SEVERAL)
def test_several_agents_at_once_are_told_apart_and_stopped(
    framework: str, unasked: int, tmp_path: Path
) -> None:
    """`unasked`: calls that pass no hook, the first of each agent."""
    with Model() as model, Decider(budget=BUDGET) as decider:
        ran = run(framework, "several", tmp_path, model, decider)
    assert ran.said.startswith("Stopped: ")
    assert ran.calls <= BUDGET + unasked
    assert {asked["agent"] for asked in decider.asked if "reserve" in asked} == set("abc")


def test_a_model_of_langchain_that_is_no_chat_is_not_asked_about_and_runs(tmp_path: Path) -> None:
    with Model() as model, Decider() as decider:
        ran = run("langgraph", "completion", tmp_path, model, decider)
    assert ran.said == "Done: It is on its way."
    assert decider.asked == []
