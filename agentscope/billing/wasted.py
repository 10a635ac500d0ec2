"""Work whose outcome nobody used: as its sender declares it, or as the shape of the trace shows.

The shape is read conservatively: a repetition is only a retry if the first one failed, and of
parallel answers to one question one must have been acted upon and the others not. What is below
discarded work is discarded too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from agentscope.billing.books import COUNTED, LLM, OTHERS_WORK, Marks
from agentscope.traces.grow import ROOT, subtree_sums
from agentscope.traces.load import Spans
from agentscope.traces.tree import Tree
from agentscope.vocabulary import Basis, Discarded, ErrorClass, Kind, Status

RETRYABLE = OTHERS_WORK | {LLM, int(Kind.CHAIN)}
GUARDED = (Kind.AGENT, Kind.CHAIN)
LOOKS = ("kind", "name", "tool", "model", "agent")  # by which a retry is known, with its place
CANCELLED, FILTERED = str(ErrorClass.CANCELLED), str(ErrorClass.CONTENT_FILTER)
Found = dict[int, Discarded]


def mark_discarded(tree: Tree, spans: Spans, found: Marks) -> None:
    """Fill in `discarded` and `discard_basis`. A row's own mark wins over that of a row above."""
    declared = declared_rows(spans, found)
    inferred = {
        **turned_down(tree, spans),
        **dict.fromkeys(unused(tree), Discarded.UNUSED),
        **dict.fromkeys(abandoned(tree, spans), Discarded.ABANDONED),
        **dict.fromkeys(retried(tree), Discarded.RETRIED),
    }
    if not declared and not inferred:
        return
    own = inferred | declared
    reason, basis = [0] * len(tree), [0] * len(tree)
    for at, above in enumerate(tree.parent.tolist()):
        if at in own:
            reason[at] = int(own[at])
            known = Basis.DECLARED if at in declared else Basis.INFERRED
            basis[at] = int(known if own[at] else Basis.NONE)
        elif above != ROOT:
            reason[at], basis[at] = reason[above], basis[above]
    tree.discarded, tree.discard_basis = np.array(reason, np.uint8), np.array(basis, np.uint8)


def declared_rows(spans: Spans, found: Marks) -> Found:
    """What senders declare; an attempt inside a call was turned down, or there were no other."""
    said = {
        at: Discarded(int(spans.discarded[at])) for at in np.flatnonzero(spans.discarded).tolist()
    }
    return dict.fromkeys(found.attempts, Discarded.RETRIED) | said


def turned_down(tree: Tree, spans: Spans) -> Found:
    """Work that a guardrail stopped: the innermost step that failed by it, without the guardrails,
    which did what they are for."""
    stopped = (tree.status == Status.ERROR) & np.isin(tree.kind, GUARDED)
    stopped &= np.array([said == FILTERED for said in spans.error_class], bool)
    if not stopped.any():
        return {}
    guards = tree.kind == Kind.GUARDRAIL
    stopped &= subtree_sums(guards, tree.end) > 0
    stopped &= subtree_sums(stopped, tree.end) == 1
    kept = dict.fromkeys(np.flatnonzero(guards).tolist(), Discarded.NONE)
    return kept | dict.fromkeys(np.flatnonzero(stopped).tolist(), Discarded.REJECTED)


def retried(tree: Tree) -> Iterator[int]:
    """Failed rows that another one of the same place, name, agent and model followed: it was done
    again."""
    failed = np.flatnonzero(tree.status == Status.ERROR).tolist()
    if not failed:
        return
    looks = zip(
        *(getattr(tree, name).tolist() for name in LOOKS),
        places(tree),
        strict=True,
    )
    latest: dict[tuple[int, ...], int] = {}  # last start of the rows that look so
    look_of: dict[int, tuple[int, ...]] = {}
    is_failed = set(failed)
    for at, look in enumerate(looks):
        latest[look] = max(latest.get(look, 0), int(tree.start_ns[at]))
        if at in is_failed and look[0] in RETRYABLE:
            look_of[at] = look
    for at, look in look_of.items():
        if 0 < tree.end_ns[at] <= latest[look] and tree.start_ns[at] < latest[look]:
            yield at


def places(tree: Tree) -> list[int]:
    """What each row lies in: its parent, or where that is a step of an agent's loop, the first step
    that is called so. "tools" of the next turn is the same place; in a loop of no agent each round
    may be about something else."""
    alike, is_loop = list(range(len(tree))), [False] * len(tree)
    first: dict[tuple[int, int], int] = {}
    rows = zip(tree.parent.tolist(), tree.kind.tolist(), tree.name.tolist(), strict=True)
    found = []
    for at, (above, kind, name) in enumerate(rows):
        found.append(above if above == ROOT else alike[above])
        is_step = kind == Kind.CHAIN and above != ROOT and is_loop[above]
        is_loop[at] = is_step or kind == Kind.AGENT
        if is_step:
            alike[at] = first.setdefault((found[at], name), at)
    return found


def abandoned(tree: Tree, spans: Spans) -> Iterator[int]:
    """Cancelled branches: not the whole trace, and not all that one of them had done before. So the
    rows cancelled inside what was not, and calls of models cut off."""
    cancelled = {at for at, said in enumerate(spans.error_class) if said == CANCELLED}
    for at in sorted(cancelled):
        above = int(tree.parent[at])
        if tree.kind[at] == LLM or (above != ROOT and above not in cancelled):
            yield at


def unused(tree: Tree) -> Iterator[int]:
    """Of model calls that ran at the same time under one parent, with the same question, those
    without a tool call of their own while exactly one has some: it was taken up."""
    acts = subtree_sums(tree.kind == Kind.TOOL, tree.end)
    if not ((acts > 0) & (tree.kind == LLM)).any():
        return
    groups: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
    for at in np.flatnonzero((tree.kind == LLM) & (tree.billing == COUNTED)).tolist():
        look = (tree.parent[at], tree.name[at], tree.model[at], tree.input_tokens[at])
        groups[tuple(map(int, look))].append(at)
    for rows in groups.values():
        if len(rows) > 1 and sum(bool(acts[at]) for at in rows) == 1 and is_parallel(tree, rows):
            yield from (at for at in rows if not acts[at])


def is_parallel(tree: Tree, rows: list[int]) -> bool:
    """Whether all of the rows ran at one moment."""
    return bool(tree.start_ns[rows].max() < tree.end_ns[rows].min())
