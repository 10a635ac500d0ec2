"""What a fold says of what it hides. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from agentscope.outline.entries import Outline
from agentscope.outline.repeats import VARYING
from agentscope.traces.tree import Ints, Shorts, Tree
from agentscope.vocabulary import Kind, Status

NAMES = 3  # of steps that are told
IS_CALL = np.isin(np.arange(len(Kind)), (Kind.TOOL, Kind.RETRIEVAL, Kind.HANDOFF))


@dataclass(slots=True, frozen=True)
class Gist:
    """The siblings that a fold holds, and everything beneath them."""

    rows: Ints  # of the siblings
    spans: int
    names: tuple[str, ...]  # of different steps, in the order in which they first come
    more_names: int
    arguments: int  # different ones; 0: not all are known
    results: int  # likewise
    is_retried: bool  # one call, again after it failed
    is_recovered: bool  # and the last time it did not
    error_classes: tuple[str, ...]  # of the siblings, the commonest first
    failed: int
    cost: int  # known cost in 1e-12 USD
    unpriced: int
    tokens: int
    begin_ns: int
    end_ns: int


def gist(outline: Outline, fold: int) -> Gist:
    """What a fold holds, added up. Linear in its spans."""
    tree, (rows, spans) = outline.tree, siblings(outline, fold)
    names, more = names_of(outline, rows)
    failed = tree.status[rows] == Status.ERROR
    asked = rows[IS_CALL[tree.kind[rows]]]
    calls = different(tree.call[asked])
    is_retried = calls == 1 and len(rows) > 1 and bool(failed[:-1].all())
    return Gist(
        rows=rows,
        spans=spans,
        names=names,
        more_names=more,
        arguments=calls,
        results=different(tree.result[asked]),
        is_retried=is_retried,
        is_recovered=is_retried and not failed[-1],
        error_classes=commonest([tree.texts[at] for at in tree.error_class[rows[failed]].tolist()]),
        failed=int(tree.sum_errors[rows].sum()),
        cost=int(tree.sum_cost[rows].sum()),
        unpriced=int(tree.sum_unpriced[rows].sum()),
        tokens=int(tree.sum_input[rows].sum() + tree.sum_output[rows].sum()),
        begin_ns=int(tree.start_ns[rows].min()),
        end_ns=int(tree.last_ns[rows].max()),
    )


def siblings(outline: Outline, fold: int) -> tuple[Ints, int]:
    """The rows of what stands beside each other in a fold, and how many spans there are, without
    those left out beside the siblings: the row above says how many these are."""
    first, stop = int(outline.folds.first[fold]), int(outline.folds.stop[fold])
    host, quiet = outline.host[first:stop], outline.quiet[first:stop]
    beside = np.flatnonzero(host == host[0])
    is_quiet = quiet[beside]
    return first + beside[~is_quiet], stop - first - int(is_quiet.sum())


def names_of(outline: Outline, rows: Ints) -> tuple[tuple[str, ...], int]:
    """What different steps are called, and how many more there are."""
    looks = outline.looks[rows]
    named: list[str] = []
    while len(looks) and len(named) < NAMES:
        is_other = looks != looks[0]
        named.append(name_of(outline.tree, rows[~is_other]))
        looks, rows = looks[is_other], rows[is_other]
    return tuple(named), len(np.unique(looks))


def name_of(tree: Tree, rows: Ints) -> str:
    """What steps that look the same are called: an agent's name, else the tool or the name of the
    span, with # for what is different in it (`Step 1`, `Step 2`: `Step #`)."""
    row = tree.row(int(rows[0]))
    if tree.kind[rows[0]] == Kind.AGENT and row.text("agent"):
        return row.text("agent")
    column = tree.tool if row.text("tool") else tree.name
    name = tree.texts[column[rows[0]]]
    return VARYING.sub("#", name) if (column[rows] != column[rows[0]]).any() else name


def different(numbers: Shorts) -> int:
    """How many different ones there are; 0 if any is unknown, or there are none."""
    found = np.sort(numbers)  # quicker than np.unique
    return 1 + int(np.count_nonzero(np.diff(found))) if len(found) and found[0] > 0 else 0


def commonest(words: list[str]) -> tuple[str, ...]:
    """Words, those first that come most often."""
    return tuple(sorted(dict.fromkeys(words), key=lambda word: (-words.count(word), word)))
