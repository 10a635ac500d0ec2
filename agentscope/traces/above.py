"""What lies above each row of a tree, for all rows at once. Pure.

By doubling the jump: after k rounds each row has looked 2^k rows up, so a chain of any depth takes
as many rounds as its depth has binary digits.
"""

from __future__ import annotations

import numpy as np

from agentscope.traces.tree import NONE as NONE
from agentscope.traces.tree import Ints, Mask, Shorts


def nearest(parent: Ints | Shorts, marked: Mask) -> Ints:
    """For each row the nearest marked one, itself or above it; NONE where there is none."""
    return climbed(np.where(marked, np.arange(len(parent)), parent))


def outermost(parent: Ints | Shorts, marked: Mask) -> Ints:
    """For each row the outermost marked one, itself or above it; NONE where there is none."""
    inner = nearest(parent, marked)
    around = np.append(inner, NONE)[parent]  # strictly above
    rows = np.arange(len(parent))
    return np.append(climbed(np.where(around == NONE, rows, around)), NONE)[inner]


def climbed(jump: Ints) -> Ints:
    """Where each row comes to that jumps until it stays where it is, or is out: NONE."""
    jump = np.append(jump, NONE)  # so that the row NONE stays where it is
    while not np.array_equal(further := jump[jump], jump):
        jump = further
    return jump[:-1]
