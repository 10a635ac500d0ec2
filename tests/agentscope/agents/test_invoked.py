"""Runs of agents whose own spans have not come: they are sent when they end."""

from contextlib import nullcontext

import pytest

from agentscope.agents.invoked import runs
from agentscope.traces.grow import grow
from agentscope.vocabulary import Kind
from tests.kit.courses import Script

NAMED = {"agent": "scout"}  # what many instrumentations write on each call


def works(script, calls, in_turns=False):
    """Turns of a model that each call a tool, all of which name their agent."""
    for at in range(calls):
        with script.span("turn", Kind.OTHER) if in_turns else nullcontext():
            script.think(asks=[("look", {"at": at})], **NAMED)
        script.call("look", {"at": at}, f"At {at} there is nothing.")["agent"] = "scout"


def open_runs(script):
    """How many calls each run has, while no span of an agent has come."""
    tree = grow(script.spans([row for row in script.rows if row["kind"] != Kind.AGENT]))
    return [len(run.rows) for run in runs(tree)]


@pytest.mark.parametrize("in_turns", [False, True], ids=["calls", "calls in turns"])
def test_what_lacks_one_parent_is_one_run(in_turns):
    script = Script()
    with script.agent("scout"):
        works(script, 5, in_turns)
    assert open_runs(script) == [10]


@pytest.mark.parametrize("in_turns", [False, True], ids=["calls", "calls in turns"])
def test_what_runs_at_the_same_time_lacks_different_parents(in_turns):
    script = Script()
    with script.agent("lead"):
        for _ in range(2):
            script.now = 0
            with script.agent("scout"):
                works(script, 5, in_turns)
    assert open_runs(script) == [10, 10]


def test_a_step_that_nobody_sends_is_no_run():
    script = Script()
    with script.agent("lead"):
        for _ in range(4):
            with script.agent("scout"):
                works(script, 2)
    assert open_runs(script) == [16]


def test_items_of_a_batch_are_runs_of_their_own():
    script = Script()
    with script.agent("lead"):
        for _ in range(5):
            with script.span("item"):
                works(script, 3)
    assert open_runs(script) == [6] * 5
