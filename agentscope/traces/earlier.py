"""The call that came before another one of its like: same agent, same tool or same prompt. Pure."""

from __future__ import annotations

import numpy as np

from agentscope.traces.tree import Mask, Tree
from agentscope.vocabulary import Kind

COMPARED = frozenset(
    (Kind.LLM, Kind.TOOL, Kind.HANDOFF, Kind.RETRIEVAL, Kind.EMBEDDING, Kind.RERANK)
)


def call_before(tree: Tree, at: int) -> int | None:
    """The row of the call before row `at`: the latest one that began before it, of the same agent
    and kind, and of the same tool, or if it is no tool's of the same name. Of a model call any
    other one of the agent's, if none has its name; never one around it or inside it, which may tell
    the same call. None if there is none."""
    if tree.kind[at] not in COMPARED:
        return None
    alike = is_alike(tree, at)
    named = alike & (tree.name == tree.name[at])
    if tree.kind[at] == Kind.LLM:
        return latest(tree, named) if named.any() else latest(tree, alike)
    return latest(tree, alike & (tree.tool == tree.tool[at]) if tree.tool[at] else named)


def is_alike(tree: Tree, at: int) -> Mask:
    """Rows of the same kind and agent that began before row `at`, neither around nor inside it."""
    rows = np.arange(len(tree))
    before = (tree.start_ns < tree.start_ns[at]) | (
        (tree.start_ns == tree.start_ns[at]) & (rows < at)
    )
    is_around = (rows <= at) & (tree.end > at)
    is_inside = (rows >= at) & (rows < tree.end[at])
    alike = (tree.kind == tree.kind[at]) & (tree.path == tree.path[at])
    found: Mask = alike & before & ~is_around & ~is_inside
    return found


def latest(tree: Tree, rows: Mask) -> int | None:
    """Which of these rows began last; of those that began together the last one in the tree."""
    found = np.flatnonzero(rows)
    return int(found[np.lexsort((found, tree.start_ns[found]))[-1]]) if len(found) else None
