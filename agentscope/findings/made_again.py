"""Calls that do something each time, made again: which of them nobody wanted. Pure.

What the rules are, and why: see detectors/duplicate_side_effect.py.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from agentscope.findings.earlier import HOUR_NS, Act, Ended
from agentscope.findings.effects import changes_state
from agentscope.findings.scene import Scene

REPLAY = 3  # different calls that change something, in the same order
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
    again = replayed(scene) if by_key else frozenset()
    for row, act in scene.acts.items():
        before = latest_before(act, by_key[act.key])
        if before is None or any(is_copy(each, act) for each in by_key[act.key]):
            continue
        if before.trace_id in again or not is_new_word(before, act):
            certain = is_certain(scene, before, act, is_replay=before.trace_id in again)
            yield Again(row, act, before, is_across=True, is_certain=certain)


def replayed(scene: Scene) -> frozenset[UUID]:
    """The earlier traces of which at least REPLAY different calls that change something were made
    again in their order."""
    tree, keys = scene.tree, scene.records["call"]
    changes = [
        int(keys[row]) for row in scene.kept.steps if changes_state(tree.texts[tree.tool[row]])
    ]
    return frozenset(
        each.trace_id for each in scene.earlier.before if is_replay(changes, each.steps)
    )


def is_replay(changes: Sequence[int], steps: Sequence[int]) -> bool:
    """Whether enough of these keys are among the steps, in the same order."""
    places = [steps.index(key) for key in dict.fromkeys(changes) if key in steps]
    return len(places) >= REPLAY and places == sorted(places)


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


def is_certain(scene: Scene, before: Act, act: Act, *, is_replay: bool) -> bool:
    """Whether it is known that nobody asked for it anew, and it is not due again by now."""
    is_known = is_replay or bool(before.said and act.said) or not act.is_asked
    other = scene.earlier.outline_of(before.trace_id)
    has_ended_well = other is None or other.ended == Ended.WELL
    return is_known and not (has_ended_well and act.start_ns - before.end_ns > DUE_AGAIN_NS)


def after_retries(scene: Scene) -> Iterator[Again]:
    """Those that had been made in this trace, by a run of the same agent before it was run again,
    or before something failed and was tried again."""
    by_key: dict[int, list[tuple[int, Act]]] = defaultdict(list)
    for row, act in scene.acts.items():
        by_key[act.key].append((row, act))
    several = [calls for calls in by_key.values() if len(calls) > 1]
    if not several:
        return
    holder = scene.holder
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
    starts = scene.failed_at
    at = bisect_left(starts, first.end_ns)
    return at < len(starts) and starts[at] < again.start_ns
