"""Calls that do something each time, made again: which of them nobody wanted. Pure.

What the rules are, and why: see detectors/duplicate_side_effect.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from agentscope.findings.courses import holders
from agentscope.findings.earlier import HOUR_NS, Act, Ended
from agentscope.findings.scene import Scene

REPLAY = 3  # different calls in the same order
DUE_AGAIN_NS = 12 * HOUR_NS


@dataclass(slots=True, frozen=True)
class Again:
    """A call that was made before."""

    row: int
    act: Act
    first: Act
    is_across: bool  # the first one was made in another trace
    is_certain: bool  # that nobody wanted it twice


def made_again(scene: Scene) -> list[Again]:
    """The calls of a trace that had been made before, in order of time."""
    across = {each.row: each for each in across_traces(scene)}
    inside = {each.row: each for each in after_retries(scene)}
    found = inside | across
    return [found[row] for row in scene.acts if row in found]


def across_traces(scene: Scene) -> Iterator[Again]:
    """Those that had been made in an earlier trace."""
    by_key: dict[int, list[Act]] = defaultdict(list)
    for act in scene.earlier.acts:
        by_key[act.key].append(act)
    pairs = [
        (row, act, before)
        for row, act in scene.acts.items()
        if (before := latest_before(act, by_key[act.key]))
        and not any(is_copy(each, act) for each in by_key[act.key])
    ]
    replayed = {row for row, *_ in in_order([pair for pair in pairs if is_new_word(*pair[1:])])}
    for row, act, before in pairs:
        if not is_new_word(before, act) or row in replayed:
            certain = row not in replayed and is_certain(scene, before, act)
            yield Again(row, act, before, is_across=True, is_certain=certain)


def latest_before(act: Act, others: Sequence[Act]) -> Act | None:
    """The last of some calls that was done before this one."""
    earlier = (each for each in others if each.end_ns <= act.start_ns)
    return max(earlier, key=lambda each: (each.end_ns, each.trace_id, each.span_id), default=None)


def is_copy(before: Act, act: Act) -> bool:
    """Whether two spans tell of one call. A call that is executed again when a run is resumed has
    its old id too, but then no model of the trace was asked for it."""
    has_answer = before.answer and before.answer == act.answer
    has_id = before.call_id and before.call_id == act.call_id and act.is_asked
    return bool(has_answer or has_id)


def is_new_word(before: Act, act: Act) -> bool:
    """Whether people said something in between, as far as the models were told."""
    return bool(before.said and act.said and before.said != act.said)


def is_certain(scene: Scene, before: Act, act: Act) -> bool:
    """Whether it is known that nobody asked for it anew, and it is not due again by now."""
    is_known = bool(before.said and act.said) or not act.is_asked
    other = scene.earlier.outline_of(before.trace_id)
    has_ended_well = other is None or other.ended == Ended.WELL
    return is_known and not (has_ended_well and act.start_ns - before.end_ns > DUE_AGAIN_NS)


Pair = tuple[int, Act, Act]  # row, the call, and what it repeats


def in_order(pairs: Sequence[Pair]) -> list[Pair]:
    """Those of some repetitions that repeat at least REPLAY different calls of one trace in their
    order."""
    by_trace: dict[object, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_trace[pair[2].trace_id].append(pair)
    return [
        pair
        for several in by_trace.values()
        if len({act.key for _, act, _ in several}) >= REPLAY and is_sorted(several)
        for pair in several
    ]


def is_sorted(pairs: Sequence[Pair]) -> bool:
    """Whether the first ones were made in the order in which they are repeated."""
    starts = [before.start_ns for *_, before in pairs]
    return starts == sorted(starts)


def after_retries(scene: Scene) -> Iterator[Again]:
    """Those that had been made in this trace, by a run of the same agent before it was run again,
    or before something failed and was tried again."""
    by_key: dict[int, list[tuple[int, Act]]] = defaultdict(list)
    for row, act in scene.acts.items():
        by_key[act.key].append((row, act))
    several = [calls for calls in by_key.values() if len(calls) > 1]
    if not several:
        return
    holder = holders(scene.tree, scene.runs)
    for calls in several:
        for (before, first), (row, act) in pairwise(calls):
            if first.end_ns > act.start_ns or is_new_word(first, act):
                continue
            is_other = holder[before] != holder[row] and is_one_agent(scene, before, row)
            is_retry = holder[before] == holder[row] and has_failed_between(scene, first, act)
            if is_other or is_retry:
                is_unasked = act.asked_row == first.asked_row
                certain = is_unasked or (is_other and bool(first.said and act.said))
                yield Again(row, act, first, is_across=False, is_certain=certain)


def is_one_agent(scene: Scene, one: int, other: int) -> bool:
    """Whether two rows belong to the same agent, by its path."""
    return bool(scene.tree.path[one] == scene.tree.path[other])


def has_failed_between(scene: Scene, first: Act, again: Act) -> bool:
    """Whether anything failed between two calls."""
    starts = scene.tree.start_ns
    return any(first.end_ns <= starts[row] < again.start_ns for row in scene.errors)
