"""What frameworks tell of their own plumbing: steps that no reader asks for. Pure.

Such a row is left out and what lies beneath it takes its place; the row above says how many there
are. A row that failed, was paid for, or is evidence of a finding is never one of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from agentscope.traces.above import NONE, nearest
from agentscope.traces.tree import Ints, Mask, Tree
from agentscope.vocabulary import Flag, Kind, Status

# Names that the frameworks give them, as their instrumentations send them.
PLUMBING = re.compile(
    "|".join(
        (
            r"Runnable\w*(<.*)?",  # LangChain: how steps are strung together
            r"Channel(Read|Write)(<.*)?|Branch<.*|__start__|__end__|_write|should_continue",
            r"(Chat)?Prompt(Template)?|\w+OutputParser|tools_condition",  # LangGraph's edges too
            r"autogen (create|publish|process|send|ack)\b.*",  # AutoGen: its messages
            r"message\.send|edge_group\.process\b.*|workflow\.build",  # Agent Framework
            r"AutoFunctionInvocationLoop",  # Semantic Kernel
            r"execute_event_loop_cycle",  # Strands
            r"\w+Adapter\.__call__|Predict(\(.*\))?\.forward",  # DSPy
            r"create_agent\b.*",  # an agent was declared, not run
            r"(GET|POST|PUT|PATCH|DELETE|HEAD|HTTP)\b.*|(dns|tcp|tls)\.\w+",  # calls over the wire
        )
    )
)
QUIET_KINDS = (int(Kind.CHAIN), int(Kind.OTHER))
ODD = int(
    Flag.NOT_ENDED
    | Flag.SILENT_FAILURE
    | Flag.CLOCK_SUSPECT
    | Flag.CONFLICT
    | Flag.CYCLE_CUT
    | Flag.PARENT_MALFORMED
)


def quiet_rows(tree: Tree, loud: Iterable[int] = ()) -> Mask:
    """The rows that are left out; never those of `loud`."""
    plumbing = np.array([PLUMBING.fullmatch(text) is not None for text in tree.texts])
    quiet: Mask = plumbing[tree.name] | is_inside_a_call(tree) | is_the_same_again(tree)
    quiet &= np.isin(tree.kind, QUIET_KINDS) & (tree.parent >= 0) & (tree.cost == 0)
    quiet &= (tree.billed_input == 0) & (tree.billed_output == 0)
    quiet &= (tree.status != Status.ERROR) & (tree.status != Status.WAITING)
    quiet &= tree.flags & ODD == 0
    quiet[list(loud)] = False
    return quiet


def is_inside_a_call(tree: Tree) -> Mask:
    """Rows without children below a model call: how it was sent."""
    is_leaf: Mask = tree.end == np.arange(len(tree)) + 1
    is_leaf &= np.append(tree.kind, 0)[tree.parent] == Kind.LLM
    return is_leaf


def is_the_same_again(tree: Tree) -> Mask:
    """Rows that are the only child of one with the same name."""
    rows = np.arange(len(tree))
    alone: Mask = (tree.parent == rows - 1) & (tree.end[tree.parent] == tree.end) & (rows > 0)
    alone &= (np.append(tree.name, -1)[tree.parent] == tree.name) & (tree.name > 0)
    return alone


def hosts(tree: Tree, quiet: Mask) -> Ints:
    """For each row the nearest one above it that is not left out; NONE for roots."""
    above = np.append(nearest(tree.parent, ~quiet), NONE)
    found: Ints = above[tree.parent].astype(np.int64)
    return found


def unfolded(tree: Tree, quiet: Mask, rows: Iterable[int]) -> Mask:
    """The same without what is left out below some rows."""
    return quiet & ~np.isin(hosts(tree, quiet), list(rows))


def left_out(host: Ints, quiet: Mask) -> Ints:
    """For each row how many are left out right below it; `host` as above."""
    return np.bincount(host[quiet], minlength=len(host))
