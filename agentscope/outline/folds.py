"""Neighbouring siblings that are drawn as one row until a reader opens it. Pure.

A fold is a run of siblings with everything beneath them, so that it is a run of rows as well. Folds
lie beside each other or inside each other, and never cross.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from agentscope.traces.tree import Ints, Mask, Tree


class Why(IntEnum):
    """Why siblings are folded."""

    REPEATED = 0  # the same again and again, in rounds of one or more steps
    ALIKE = 1  # rounds of the same kinds of steps, whatever they are called
    PART = 2  # so many siblings that they come in parts
    CHAIN = 3  # one inside the other, without siblings

    @property
    def letter(self) -> str:
        """How it is told in an address."""
        return "rapc"[self]


@dataclass(slots=True)
class Folds:
    """Columns of equal length, in the order of their first row, outer ones before inner ones."""

    first: Ints  # row of the first sibling
    stop: Ints  # the row after everything beneath the last one
    why: Ints  # Why
    length: Ints  # steps of a round, a fold counting as one
    times: Ints  # rounds; siblings of a part; levels of a chain
    level: Ints  # 1 for what holds spans only, more for what was folded over that

    def __len__(self) -> int:
        return len(self.first)


NAMES = ("first", "stop", "why", "length", "times", "level")
NO_FOLDS = Folds(*(np.zeros(0, np.int64) for _ in NAMES))


def joined(found: Iterable[Folds]) -> Folds:
    """Folds of several kinds in their order."""
    every = [NO_FOLDS, *found]
    whole = Folds(*(np.concatenate([getattr(each, name) for each in every]) for name in NAMES))
    order = np.lexsort((-whole.level, -whole.stop, whole.first))
    return Folds(*(getattr(whole, name)[order] for name in NAMES))


@dataclass(slots=True)
class Items:
    """What stands beside each other below some row, spans or folds, siblings together and in
    order. Columns of equal length."""

    first: Ints  # row
    stop: Ints  # the row after it
    parent: Ints  # row, -1 for roots
    token: Ints  # equal for what looks the same
    level: Ints  # 0: a span

    def __len__(self) -> int:
        return len(self.first)


def items_of(tree: Tree, token: Ints, parent: Ints, kept: Mask) -> Items:
    """The `kept` spans of a tree, those with the same `parent` together."""
    rows = np.flatnonzero(kept)
    order = rows[np.argsort(parent[rows], kind="stable")]
    return Items(
        first=order,
        stop=tree.end[order].astype(np.int64),
        parent=parent[order],
        token=token[order],
        level=np.zeros(len(order), np.int64),
    )


def fold(items: Items, at: Ints, count: Ints, why: Why, length: int = 1) -> tuple[Folds, Items]:
    """Make one item of `count` items each from the places `at` on, in rounds of `length`: the
    folds, those of their parts too, and what stands there then."""
    if not len(at):
        return NO_FOLDS, items
    parts = parts_of(items, at, count, length) if why != Why.PART else None
    has_parts = (count > MOST) & (why != Why.PART)
    level = highest(items.level, at, count) + 1 + has_parts
    stop = items.stop[at + count - 1]
    some = np.ones(len(at), np.int64)
    folds = Folds(items.first[at], stop, some * int(why), some * length, count // length, level)
    kept = np.ones(len(items), np.bool_)
    kept[within(at + 1, count - 1)] = False
    items.stop[at], items.level[at] = stop, level
    items.token[at] = round_of(items.token, at, length)
    columns = (items.first, items.stop, items.parent, items.token, items.level)
    return joined([folds, parts] if parts else [folds]), Items(*(each[kept] for each in columns))


def parts_of(items: Items, at: Ints, count: Ints, length: int) -> Folds:
    """Whole rounds by the hundred of what is to be folded and comes more often."""
    large = count > MOST
    starts, counts = cut_up(at[large], count[large], part_size(count[large], length))
    several = counts > 1  # one alone says what it is
    starts, counts = starts[several], counts[several]
    some = np.ones(len(starts), np.int64)
    return Folds(
        first=items.first[starts],
        stop=items.stop[starts + counts - 1],
        why=some * int(Why.PART),
        length=some * length,
        times=counts // length,
        level=highest(items.level, starts, counts) + 1,
    )


def part_size(count: Ints, length: int) -> Ints:
    """How many items make a part of each of some runs: about MOST, or as many as make MOST parts;
    whole hundreds of rounds or tens of them."""
    round_numbers = MOST if length == 1 else MOST // 10
    size = np.maximum(-(-count // MOST), MOST)
    return -(-size // (length * round_numbers)) * length * round_numbers


def cut_up(at: Ints, count: Ints, size: Ints) -> tuple[Ints, Ints]:
    """Runs of items in parts of so many; where each part begins, and how many items it is."""
    parts = -(-count // size)
    number = np.arange(int(parts.sum())) - np.repeat(np.cumsum(parts) - parts, parts)
    begin = np.repeat(at, parts) + number * np.repeat(size, parts)
    stop = np.minimum(begin + np.repeat(size, parts), np.repeat(at + count, parts))
    return begin, stop - begin


MOST = 100  # rows that appear when one is opened
MOST_STEPS = 16  # of a round: so that the token of a fold is no other one's
MIXER = 6_364_136_223_846_793_005  # Knuth's multiplier (MMIX), odd: so that no step is lost


def round_of(token: Ints, at: Ints, length: int) -> Ints:
    """A token for rounds that begin at some places: equal for equal steps in the same order."""
    found = token[at] * MOST_STEPS + length
    for step in range(1, length):
        found = found * MIXER + token[at + step]
    return found


def highest(values: Ints, at: Ints, count: Ints) -> Ints:
    """The highest value in each of some runs."""
    if not len(at):
        return at
    bounds = np.column_stack((at, at + count)).ravel()
    return np.maximum.reduceat(np.append(values, 0), bounds)[::2]


def within(at: Ints, count: Ints) -> Ints:
    """All places in some runs."""
    begins = np.cumsum(count) - count
    return np.repeat(at - begins, count) + np.arange(int(count.sum()))
