"""Traces of any shape and size for tests of how they are read, made without a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

from agentscope.traces.grow import subtree_sums
from agentscope.traces.tree import COLUMNS, UNKNOWN, Ints, Mask, Tree
from agentscope.vocabulary import Billing, ErrorClass, Flag, Kind, Status

START, SECOND = 1_700_000_000 * 10**9, 10**9  # ns
NAMES = ("chat", "search", "Researcher", "RunnableLambda", "Prompt", "autogen publish", "step 1")
CLASSES = (ErrorClass.TIMEOUT.value, ErrorClass.AUTH.value)
CENT = 10**10  # 1e-12 USD


@dataclass(frozen=True)
class Told:
    """A trace, and the rows of it that are evidence of findings."""

    tree: Tree
    found: tuple[int, ...]


def forest(parents: Sequence[int], names: Sequence[str] = ("work",), **said: Any) -> Tree:
    """A tree by the parent of each row, in preorder; `names` go round, `said` are whole columns."""
    rows = len(parents)
    columns = {name: np.zeros(rows, dtype) for name, dtype in COLUMNS.items()}
    for name in ("input_tokens", "output_tokens"):
        columns[name][:] = UNKNOWN
    columns["parent"] = np.array(parents, np.int32)
    columns["span_id"] = np.arange(1, rows + 1, dtype=np.int64)
    columns["start_ns"] = START + np.arange(rows) * SECOND
    columns["end_ns"] = columns["start_ns"] + SECOND
    columns["name"] = (np.arange(rows) % len(names) + 1).astype(np.int32)
    columns |= {name: np.array(values, COLUMNS[name]) for name, values in said.items()}
    columns |= shape(list(parents))
    columns |= sums(columns)
    return Tree(texts=["", *names, *CLASSES], **columns)


def shape(parents: list[int]) -> dict[str, Any]:
    """Where each row is."""
    end, depth = list(range(1, len(parents) + 1)), [0] * len(parents)
    for at, parent in enumerate(parents):
        depth[at] = depth[parent] + 1 if parent >= 0 else 0
    for at in reversed(range(len(parents))):
        if (parent := parents[at]) >= 0:
            end[parent] = max(end[parent], end[at])
    return {"end": np.array(end, np.int32), "depth": np.array(depth, np.int32)}


def sums(columns: dict[str, Any]) -> dict[str, Any]:
    """What each subtree comes to."""
    end, cost = columns["end"], columns["cost"]
    failed = subtree_sums(columns["status"] == Status.ERROR, end)
    is_culprit = (columns["status"] == Status.ERROR) & (failed == 1)
    return {
        "last_ns": columns["start_ns"] + (end - np.arange(len(end))) * SECOND,
        "sum_errors": subtree_sums(is_culprit, end).astype(np.int32),
        "sum_cost": subtree_sums(np.maximum(cost, 0), end),
        "sum_unpriced": subtree_sums(cost == UNKNOWN, end).astype(np.int32),
        "sum_input": subtree_sums(columns["billed_input"], end),
        "sum_llm_calls": subtree_sums(columns["kind"] == Kind.LLM, end).astype(np.int32),
    }


@st.composite
def told(draw: st.DrawFn, most: int = 60) -> Told:
    """Any trace of up to `most` spans: with rounds, chains, plumbing, failures, costs, findings."""
    parents = draw(grown_parents(most))
    rows = len(parents)
    each = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kinds = draw(st.lists(st.sampled_from(list(Kind)), min_size=1, max_size=4))
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4))
    seldom = draw(st.sampled_from([0.0, 0.05, 0.5]))
    status = np.where(each.random(rows) < seldom, Status.ERROR, Status.OK)
    tokens = each.integers(1, 99, rows) * (each.random(rows) < seldom)
    tree = forest(
        parents,
        names,
        kind=[kinds[number] for number in each.integers(0, len(kinds), rows)],
        name=each.integers(1, len(names) + 1, rows),
        status=status,
        error_class=np.where(status == Status.ERROR, len(names) + each.integers(1, 3, rows), 0),
        cost=np.where(each.random(rows) < seldom, each.integers(-1, 5, rows), 0),
        billed_input=tokens,
        billing=np.where(tokens > 0, Billing.COUNTED, Billing.NONE),
        flags=np.where(each.random(rows) < seldom / 2, Flag.NOT_ENDED, 0),
    )
    found = np.flatnonzero(each.random(rows) < seldom / 2)
    return Told(tree, tuple(found.tolist()))


@st.composite
def grown_parents(draw: st.DrawFn, most: int) -> list[int]:
    """Parents in preorder: each step goes down one, stays, or goes up some; or a round again."""
    parents: list[int] = [-1]
    open_rows = [0]
    for _ in range(draw(st.integers(0, 12))):
        steps = draw(st.lists(st.integers(-2, 1), min_size=1, max_size=6))
        for step in steps * draw(st.sampled_from([1, 2, 3, 5, 14])):
            if len(parents) == most:
                return parents
            if step < 1:
                del open_rows[max(len(open_rows) + step - 1, 0) :]
            parents.append(open_rows[-1] if open_rows else -1)
            open_rows.append(len(parents) - 1)
    return parents


def team(rows: int) -> Tree:
    """Agents that call a model and a tool in turns, some of which fail."""
    agents = max(rows // 200, 1)
    size = -(-(rows - 1) // agents)
    number = np.arange(rows - 1)
    parents = np.concatenate(([-1], np.where(number % size == 0, 0, number // size * size + 1)))
    kind = np.where(number % size == 0, Kind.AGENT, np.where(number % 2, Kind.LLM, Kind.TOOL))
    return forest(
        parents.tolist(),
        ("agent", "chat", "search", "fetch", "write"),
        kind=np.concatenate(([Kind.AGENT], kind)),
        name=np.concatenate(([1], np.where(number % size == 0, 1, 2 + number % 7 % 4))),
        status=np.where(np.arange(rows) % 97 == 96, Status.ERROR, Status.OK),
        cost=np.arange(rows) % 5 * CENT,
    )


def wide(rows: int) -> Tree:
    """One row with all others as its children, of many names."""
    return forest(
        [-1] + [0] * (rows - 1),
        [f"job {chr(97 + number % 26)}{chr(97 + number // 26)}" for number in range(600)],
        kind=np.arange(rows) % len(Kind),
    )


def deep(rows: int) -> Tree:
    """A chain."""
    return forest(range(-1, rows - 1), kind=np.full(rows, Kind.AGENT))


def loop(rows: int) -> Tree:
    """A model and a tool in turns, again and again, until the last one fails."""
    parents = [-1] + [0] * (rows - 1)
    status = np.full(rows, Status.OK)
    status[-1] = Status.ERROR
    kind = np.where(np.arange(rows) % 2, Kind.LLM, Kind.TOOL)
    return forest(parents, ("chat", "search"), kind=kind, status=status)


def roots(rows: int) -> Tree:
    """Spans that nothing holds together."""
    return forest([-1] * rows, ("a", "b", "c", "d", "e", "f", "g"), kind=np.arange(rows) % 5)


SHAPES = {each.__name__: each for each in (team, wide, deep, loop, roots)}


def opened_by_chance(seed: int, size: int) -> Mask:
    """Any state of open and shut."""
    chance: Mask = np.random.default_rng(seed).random(size) < 0.6
    return chance


def rows_of(tree: Tree) -> Ints:
    return np.arange(len(tree))
