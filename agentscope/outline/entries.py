"""Spans and folds in reading order, which of them are open, and so what is to be seen. Pure.

An entry is a row of the tree or a fold; what is inside an entry is the run of entries after it. An
outline is made from a tree alone, in linear time: the same tree gives the same outline.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from agentscope.outline.folds import Folds, Why, items_of, joined
from agentscope.outline.noise import hosts
from agentscope.outline.parts import chains, fold_parts
from agentscope.outline.repeats import fold_repeats, looks
from agentscope.traces.ids import parse_span_id, span_hex
from agentscope.traces.tree import NONE, Ints, Mask, Shorts, Tree

SPAN = -1  # the fold of an entry that is none


@dataclass(frozen=True)
class Outline:
    """A tree with its folds. Columns are by entry; one that is left out has nothing inside."""

    tree: Tree
    folds: Folds
    quiet: Mask  # by row of the tree: what is left out
    host: Ints  # by row: the nearest one above it that is not
    looks: Ints  # by row: equal for what looks the same
    row: Ints  # of a fold: its first
    fold: Ints  # or SPAN
    end: Ints  # the entry after all that is inside
    depth: Ints  # 0 for roots
    dropped: Mask | None = None  # by entry: what a reader filtered out

    def __len__(self) -> int:
        return len(self.row)

    @cached_property
    def at_row(self) -> Ints:
        """The entry of each row of the tree."""
        return np.flatnonzero(self.fold == SPAN)

    def key(self, at: int) -> str:
        """What an entry is called in an address: the id of its span; for a fold that of its first
        one behind the letter of its reason and its level."""
        fold, named = int(self.fold[at]), span_hex(int(self.tree.span_id[self.row[at]]))
        if fold == SPAN:
            return named
        return f"{Why(int(self.folds.why[fold])).letter}{self.folds.level[fold]}-{named}"

    def find(self, key: str) -> int | None:
        """The entry that is called so; None if there is none."""
        said = parsed(key)
        row = self.tree.find(said[2]) if said else None
        return None if said is None or row is None else self.named(row, *said[:2])

    def found(self, keys: Sequence[str]) -> list[int | None]:
        """The entries of some keys; None where there is none. One pass through the tree for all of
        them, as an address may have many."""
        named = [parsed(key) for key in keys]
        rows = self.tree.rows_of(np.array([each[2] if each else 0 for each in named], np.int64))
        return [
            self.named(row, *each[:2]) if each and row != NONE else None
            for each, row in zip(named, rows.tolist(), strict=True)
        ]

    def named(self, row: int, letter: str, level: int) -> int | None:
        """The entry of a row, or of a fold that begins with it."""
        at = int(self.at_row[row])
        return self.begun(at, letter, level) if letter else at

    def begun(self, at: int, letter: str, level: int) -> int | None:
        """The fold of a reason and a level that begins with the span of an entry. While a trace
        grows a fold may rise by a level, so a higher one will do."""
        for each in self.before(at):
            fold = self.fold[each]
            is_meant = Why(int(self.folds.why[fold])).letter == letter
            if is_meant and self.folds.level[fold] >= level:
                return each
        return None

    def before(self, at: int) -> Iterator[int]:
        """The folds that begin with the span of an entry, the innermost first."""
        while at and self.fold[at - 1] != SPAN and self.row[at - 1] == self.row[at]:
            at -= 1
            yield at

    def inside(self, at: int) -> Iterator[int]:
        """The entries directly inside one; -1 gives the outermost."""
        each, stop = at + 1, len(self) if at < 0 else int(self.end[at])
        while each < stop:
            yield each
            each = int(self.end[each])

    def children(self, at: int) -> list[int]:
        """The same without what is left out."""
        return [each for each in self.inside(at) if not self.is_left_out[each]]

    def parents(self, entries: Ints) -> list[int]:
        """What each entry of a page lies in directly; -1 for the outermost. The entries are in
        order, and what they lie in is among them or around the first one."""
        around = self.around(int(entries[0])).tolist() if len(entries) else []
        found = []
        for at in entries.tolist():
            while around and self.end[around[-1]] <= at:
                around.pop()
            found.append(around[-1] if around else -1)
            around.append(at)
        return found

    def around(self, at: int) -> Ints:
        """The entries that an entry lies in, the outermost first."""
        return np.flatnonzero(self.end[:at] > at)

    def visible(self, opened: Mask) -> Ints:
        """The entries to be seen when these are open."""
        shut = np.flatnonzero(~opened & self.has_more)
        seen: Ints = np.flatnonzero((around(shut, self.end) == 0) & ~self.is_left_out)
        return seen

    def holding(self, entries: Ints) -> Mask:
        """The entries that any of some others lie in."""
        held = np.zeros(len(self), np.bool_)
        held[entries] = True
        return self.has_inside(held)

    @cached_property
    def has_more(self) -> Mask:
        """By entry: whether there is anything to be seen inside."""
        return self.has_inside(~self.is_left_out)

    def has_inside(self, some: Mask) -> Mask:
        """By entry: whether any of some entries lie in it."""
        running = np.concatenate(([0], np.cumsum(some)))
        found: Mask = running[self.end] > running[1:]
        return found

    @cached_property
    def is_left_out(self) -> Mask:
        """By entry: whether it is never to be seen."""
        found: Mask = self.quiet[self.row] & (self.fold == SPAN)
        return found if self.dropped is None else found | self.dropped


def outline(tree: Tree, quiet: Mask) -> Outline:
    """The outline of a tree without its `quiet` rows, below which everything takes their place.
    Linear but for sorting."""
    host, token = hosts(tree, quiet), looks(tree)
    found, items = fold_repeats(tree, items_of(tree, token, host, ~quiet))
    parts, _ = fold_parts(items)
    folds = joined((*found, parts, chains(tree, host, quiet)))
    rows, number = np.arange(len(tree)), np.arange(len(folds))
    stop = np.where(quiet, rows + 1, tree.end)
    begun = np.concatenate(([0], np.cumsum(np.bincount(folds.first, minlength=len(tree)))))
    end = np.concatenate((stop, folds.stop))
    end = end + begun[end]  # the first entry that begins with a row
    place = np.concatenate((rows + begun[1:], folds.first + number))
    order = np.empty_like(place)
    order[place] = np.arange(len(place))
    row, fold = np.concatenate((rows, folds.first)), np.concatenate((rows * 0 + SPAN, number))
    row, fold, end = row[order], fold[order], end[order]
    left_out = around(np.flatnonzero(quiet), tree.end)
    depth = tree.depth[row] - left_out[row] + around(np.flatnonzero(fold != SPAN), end)
    return Outline(tree, folds, quiet, host, token, row, fold, end, depth)


def around(at: Ints, end: Ints | Shorts) -> Ints:
    """For each place in how many of some others it lies: `at` these, which reach up to `end`."""
    size = len(end) + 1
    deeper = np.bincount(at + 1, minlength=size) - np.bincount(end[at], minlength=size)
    return np.cumsum(deeper[:-1])


def parsed(key: str) -> tuple[str, int, int] | None:
    """The letter and the level of a fold's key, both empty of a span's, and the span's id; None of
    what is no key."""
    prefix, _, named = key.rpartition("-")
    try:
        return prefix[:1], int(prefix[1:]) if prefix else 0, parse_span_id(named)
    except ValueError:
        return None
