"""Siblings that are the same again and again: loops, retries, calls side by side. Pure.

Sought among what stands beside each other, the shortest rounds first, then once more with what was
found as single steps, so that a loop over a loop is one row too. Each pass is linear.
"""

from __future__ import annotations

import re

import numpy as np

from agentscope.outline.folds import Folds, Items, Why, fold
from agentscope.traces.tree import Ints, Mask, Tree
from agentscope.vocabulary import Kind

FEWEST = 3  # rounds: two of a thing are read more quickly than what they have in common
LONGEST = 12  # steps of a round: two agents that hand over to each other take some five each
PASSES = 2
MANY = 40  # siblings, about a screen, from which on it is enough that kinds of steps repeat
LONGEST_OF_KINDS = 2
VARYING = re.compile(r"\b[0-9a-f]{8,}(?:-[0-9a-f]{4,})*\b|\d+")  # what a framework adds to names


def fold_repeats(tree: Tree, items: Items) -> tuple[list[Folds], Items]:
    """The folds of what repeats itself, and what is beside each other then."""
    found: list[Folds] = []
    for length in (*range(1, LONGEST + 1), *range(1, LONGEST + 1))[: PASSES * LONGEST]:
        folds, items = fold(items, *rounds(items, length), Why.REPEATED, length)
        found.append(folds)
    items.token = kinds(tree, items)
    for length in range(1, LONGEST_OF_KINDS + 1):
        folds, items = fold(items, *rounds(items, length), Why.ALIKE, length)
        found.append(folds)
    return found, items


def looks(tree: Tree) -> Ints:
    """For each row a number that is equal for steps that look the same: of a kind, and with the
    same agent, or the same tool or name but for what counts up."""
    plain: dict[str, int] = {}
    numbers = [plain.setdefault(VARYING.sub("#", text), len(plain)) for text in tree.texts]
    named = np.array(numbers, np.int64)[np.where(tree.tool > 0, tree.tool, tree.name)]
    is_agent = (tree.kind == Kind.AGENT) & (tree.agent > 0)
    kind = tree.kind.astype(np.int64) + len(Kind)  # so that no token of a fold is one of a span
    return kind << 32 | np.where(is_agent, tree.agent, named)


def kinds(tree: Tree, items: Items) -> Ints:
    """The same by kinds alone, where there are many siblings; elsewhere nothing is equal."""
    siblings = np.bincount(items.parent + 1)[items.parent + 1]
    kind = tree.kind[items.first].astype(np.int64)
    return np.where(siblings >= MANY, kind, -1 - np.arange(len(items)))


def rounds(items: Items, length: int) -> tuple[Ints, Ints]:
    """Where rounds of so many steps begin that come FEWEST times or more, and how many items these
    are."""
    token, parent = items.token, items.parent
    same = (token[length:] == token[:-length]) & (parent[length:] == parent[:-length])
    begin, stop = stretches(same)
    count = (stop - begin) // length * length + length
    enough = count >= FEWEST * length
    begin, count = begin[enough], count[enough]
    return (begin, count) if length == 1 else apart(begin, count, length)


def apart(begin: Ints, count: Ints, length: int) -> tuple[Ints, Ints]:
    """Without what two neighbours both claim: the earlier one has it."""
    kept, free = [], 0
    for at, items in zip(begin.tolist(), count.tolist(), strict=True):
        start, stop = max(at, free), at + items
        whole = (stop - start) // length * length
        if whole >= FEWEST * length:
            kept.append((start, whole))
            free = start + whole
    found = np.array(kept, np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def stretches(held: Mask) -> tuple[Ints, Ints]:
    """Where stretches of True begin, and where they stop."""
    edges = np.flatnonzero(np.diff(held.astype(np.int8), prepend=0, append=0))
    return edges[::2], edges[1::2]
