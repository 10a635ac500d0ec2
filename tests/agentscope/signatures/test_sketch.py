"""Sketches estimate how much two texts have in common."""

import random

import numpy as np
import pytest

from agentscope.signatures.sketch import LANES, NOTHING, WIDTH, likeness, sketch

WORDS = ["".join(random.Random(seed).choices("abcdefghij", k=2 + seed % 8)) for seed in range(400)]


def estimate(one: str, other: str) -> float:
    sketches = [np.frombuffer(sketch(text), np.uint8) for text in (one, other)]
    return float(likeness(*sketches))


def truth(one: str, other: str) -> float:
    first, second = (
        {text[at : at + WIDTH] for at in range(len(text) - WIDTH + 1)} for text in (one, other)
    )
    return len(first & second) / len(first | second)


@pytest.mark.parametrize("changed", [0, 1, 4, 15, 60])
def test_estimates_are_near_the_truth_on_average(changed):
    chance = random.Random(changed)
    off = []
    for _ in range(60):
        words = chance.choices(WORDS, k=75)
        others = list(words)
        for at in chance.sample(range(len(words)), changed):
            others[at] = chance.choice(WORDS)
        one, other = " ".join(words), " ".join(others)
        off.append(estimate(one, other) - truth(one, other))
    assert abs(np.mean(off)) < 0.05
    assert np.std(off) < 0.13


def test_a_text_is_like_itself_and_unlike_another():
    assert estimate("the same few words", "the same few words") == 1
    assert estimate("find a file in a folder", "who won the cup in 1954?") < 0.2


def test_what_is_unknown_is_like_nothing():
    assert sketch("") == sketch("too short") == NOTHING
    assert np.isnan(estimate("", ""))
    assert len(sketch("long enough for a sketch")) == LANES


def test_the_middle_of_a_long_text_is_not_looked_at():
    start, end = "start " * 400, "end " * 400
    assert estimate(start + "one" + end, start + "other" + end) == 1
