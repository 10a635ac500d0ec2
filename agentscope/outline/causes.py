"""What broke a run: errors that nothing made up for, and apart from them those that passed. Pure.

An error goes up from a failed row to the failed row above, as exceptions do. It stops where a later
attempt of the same call ended well, or where the row above ended well: that is what made up for it.
A row that says of itself that it is fine lets no error through; one that says nothing does, if what
failed above has no failed child that explains it better.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agentscope.outline.repeats import looks
from agentscope.traces.above import NONE, climbed, nearest
from agentscope.traces.tree import Ints, Mask, Shorts, Tree
from agentscope.vocabulary import Kind, Status

CALLS = (int(Kind.TOOL), int(Kind.RETRIEVAL), int(Kind.HANDOFF))


@dataclass(slots=True, frozen=True)
class Causes:
    """Rows that failed of themselves: nothing that failed beneath them came up to them."""

    lasting: Ints  # nothing made up for them; the deepest first, then in reading order
    retried: Ints  # a later attempt of the same call ended well; in reading order
    handled: Ints  # what lies above ended well; in reading order


def causes(tree: Tree) -> Causes:
    """The errors of a trace by what came of them. Linear but for sorting."""
    failed: Mask = tree.status == Status.ERROR
    passed = failed & is_made_up(tree)
    above = where_to(tree, failed, passed)
    rows = np.arange(len(tree))
    last = climbed(np.where(above == NONE, rows, above))
    received = np.zeros(len(tree), np.bool_)
    received[above[above != NONE]] = True
    sources = np.flatnonzero(failed & ~received)
    retried = passed[last[sources]]
    handled = ended_well(tree)[tree.parent[last[sources]]] & (tree.parent[last[sources]] >= 0)
    lasting = sources[~retried & ~handled]
    order = np.argsort(-tree.depth[lasting], kind="stable")
    return Causes(lasting[order], sources[retried], sources[handled & ~retried])


def where_to(tree: Tree, failed: Mask, passed: Mask) -> Ints:
    """For each failed row the one above that it made fail; NONE where it stops."""
    stops = nearest(tree.parent, failed | (tree.status == Status.OK))
    above = strictly(tree.parent, stops)
    goes_up = failed & ~passed & (above != NONE) & np.append(failed, False)[above]
    is_child = goes_up & (tree.parent == above)
    explained = np.zeros(len(tree) + 1, np.bool_)
    explained[above[is_child]] = True
    goes_up &= is_child | ~explained[above]
    return np.where(goes_up, above, NONE)


def strictly(parent: Shorts, inner: Ints) -> Ints:
    """The nearest marked row above each, where `inner` may be the row itself."""
    found: Ints = np.append(inner, NONE)[parent]
    return found


def is_made_up(tree: Tree) -> Mask:
    """Rows after which a sibling that asks for the same ended well. What tools were asked for has
    to be known."""
    keys = (tree.call, looks(tree), tree.parent)
    order = np.lexsort(keys)
    is_new = np.ones(len(tree), np.bool_)
    is_new[1:] = np.any([np.diff(key[order]) != 0 for key in keys], axis=0)
    group = np.zeros(len(tree), np.int64)
    group[order] = np.cumsum(is_new)
    last, well = np.full(len(tree) + 1, NONE), np.flatnonzero(ended_well(tree))
    np.maximum.at(last, group[well], well)
    found: Mask = last[group] > np.arange(len(tree))
    found &= ~np.isin(tree.kind, CALLS) | (tree.call != 0)
    return found


def ended_well(tree: Tree) -> Mask:
    """Rows that ended, neither with an error nor to wait for somebody."""
    found: Mask = (tree.end_ns > 0) & (tree.status != Status.ERROR)
    found &= tree.status != Status.WAITING
    return found


def course(tree: Tree, row: int) -> list[int]:
    """The way of an error, the outermost row first: the agents around it, what it made fail, and
    the row itself."""
    around = np.flatnonzero(tree.end[:row] > row)
    told = (tree.kind[around] == Kind.AGENT) | (tree.status[around] == Status.ERROR)
    return [*around[told].tolist(), row]
