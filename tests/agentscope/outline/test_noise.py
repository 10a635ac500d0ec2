"""Plumbing is left out; what failed, was paid for, or is evidence never is."""

import numpy as np
import pytest
from hypothesis import given

from agentscope.outline.noise import PLUMBING, hosts, left_out, quiet_rows, unfolded
from agentscope.vocabulary import Flag, Kind, Status
from tests.kit.forests import forest, told


@given(told())
def test_what_matters_is_never_left_out(said):
    tree, quiet = said.tree, quiet_rows(said.tree, said.found)
    assert not quiet[list(said.found)].any()
    assert not quiet[tree.parent == -1].any()
    assert (tree.status[quiet] == Status.OK).all()
    assert (tree.cost[quiet] == 0).all()
    assert (tree.billed_input[quiet] == 0).all()
    assert (tree.flags[quiet] & Flag.NOT_ENDED == 0).all()
    assert np.isin(tree.kind[quiet], (Kind.CHAIN, Kind.OTHER)).all()


@given(told())
def test_the_row_above_counts_what_is_left_out(said):
    tree, quiet = said.tree, quiet_rows(said.tree, said.found)
    above = hosts(tree, quiet)
    assert left_out(hosts(tree, quiet), quiet).sum() == quiet.sum()
    assert not quiet[above[above >= 0]].any()
    for row in np.flatnonzero(quiet).tolist():
        at = int(tree.parent[row])
        while quiet[at]:
            at = int(tree.parent[at])
        assert above[row] == at


@given(told())
def test_what_is_left_out_below_a_row_can_be_shown(said):
    tree, quiet = said.tree, quiet_rows(said.tree, said.found)
    row = int(np.argmax(left_out(hosts(tree, quiet), quiet)))
    shown = unfolded(tree, quiet, [row])
    assert left_out(hosts(tree, shown), shown)[row] == 0
    assert (unfolded(tree, quiet, range(len(tree))) == 0).all()


@pytest.mark.parametrize(
    "said",
    [
        {"status": Status.ERROR},
        {"status": Status.WAITING},
        {"cost": 1},
        {"cost": -1},
        {"billed_input": 1},
        {"billed_output": 1},
        {"kind": Kind.TOOL},
        *({"flags": flag} for flag in (Flag.NOT_ENDED, Flag.SILENT_FAILURE, Flag.CLOCK_SUSPECT)),
        *({"flags": flag} for flag in (Flag.CONFLICT, Flag.CYCLE_CUT, Flag.PARENT_MALFORMED)),
    ],
)
def test_plumbing_that_says_something_is_to_be_seen(said):
    plain = {"kind": Kind.CHAIN, "status": Status.OK}
    for told_of, is_quiet in ((plain, True), (plain | said, False)):
        columns = {name: [0, value] for name, value in told_of.items()}
        tree = forest([-1, 0], ["run", "RunnableSequence"], **columns)
        assert quiet_rows(tree).tolist() == [False, is_quiet]


@pytest.mark.parametrize(
    "name",
    [
        *("RunnableSequence", "RunnableParallel<a,b>", "ChannelWrite<tools>", "__start__"),
        *("ChatPromptTemplate", "Prompt", "StrOutputParser", "should_continue", "tools_condition"),
        *("autogen process Writer", "message.send", "edge_group.process x", "workflow.build"),
        *("AutoFunctionInvocationLoop", "execute_event_loop_cycle", "ChatAdapter.__call__"),
        *("Predict(Question).forward", "create_agent planner", "POST /v1/chat", "GET", "_write"),
    ],
)
def test_plumbing_of_frameworks(name):
    assert PLUMBING.fullmatch(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", "search", "plan", "autogen", "invoke_agent planner", "Prompter", "GETTING started"),
        *("ReAct.forward", "tool message.send", "run workflow.build", "posting", "_writes"),
    ],
)
def test_no_plumbing(name):
    assert not PLUMBING.fullmatch(name)


def test_how_a_model_call_was_sent_is_left_out():
    kinds = [Kind.AGENT, Kind.LLM, Kind.OTHER, Kind.TOOL, Kind.OTHER]
    tree = forest([-1, 0, 1, 0, 3], ("a", "b", "send", "c", "d"), kind=kinds)
    assert quiet_rows(tree).tolist() == [False, False, True, False, False]


def test_a_step_that_is_told_twice_is_left_out_once():
    tree = forest([-1, 0, 1, 1], ("root", "step"), name=[1, 2, 2, 2], kind=[Kind.CHAIN] * 4)
    assert not quiet_rows(tree).any(), "there are two of it"
    tree = forest([-1, 0, 1], name=[0, 0, 0], kind=[Kind.CHAIN] * 3)
    assert not quiet_rows(tree).any(), "nothing is known of them"
    tree = forest([-1, 0, 1], ("root", "step"), name=[1, 2, 2], kind=[Kind.CHAIN] * 3)
    assert quiet_rows(tree).tolist() == [False, False, True]
