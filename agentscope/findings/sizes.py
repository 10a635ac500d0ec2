"""Repetitions of which nothing is known but sizes. Pure.

Where nobody records what is asked and answered, a loop still shows: each answer is as long as the
one before, and each prompt longer by the same, which is the same call with its same result. Answers
about items of a list may be as even, so it is a hint and no more.
"""

from __future__ import annotations

import numpy as np

from agentscope.traces.tree import Ints, Mask

SAME_ANSWER = 1  # tokens that answers differ by at most: a number has one digit more
SAME_GROWTH = 4  # tokens that two growths of the prompt differ by: an id, a time in it
BEFORE = 2  # calls that a call is compared with: one alone says nothing of growth


def even(inputs: Ints, outputs: Ints) -> Mask:
    """Which model calls, in order of time, repeat the two before them by their tokens alone."""
    found = np.zeros(len(inputs), bool)
    grown, more = np.diff(inputs), np.abs(np.diff(outputs))
    same_growth = (np.abs(np.diff(grown)) <= SAME_GROWTH) & (grown[1:] > 0) & (grown[:-1] > 0)
    same_answer = (more[1:] <= SAME_ANSWER) & (more[:-1] <= SAME_ANSWER) & (outputs[BEFORE:] > 0)
    found[BEFORE:] = same_growth & same_answer
    return found
