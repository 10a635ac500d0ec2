"""What each run of an agent did, one step after another: what detectors walk. Pure.

A step is a call of a tool, a handoff, a run of another agent, or an answer of a model. Steps of one
kind that overlap are one step, for calls side by side are no repetition. Runs of different agents,
and of the same one invoked twice, are never mixed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from agentscope.agents.invoked import Run
from agentscope.agents.runs import own
from agentscope.findings.gates import Held, suspicious
from agentscope.signatures.canonical import key_of
from agentscope.traces.tree import Ints, Mask, Tree
from agentscope.vocabulary import Billing, Flag, Kind

NOBODY = -1
AGENT, TOOL, HANDOFF, LLM = int(Kind.AGENT), int(Kind.TOOL), int(Kind.HANDOFF), int(Kind.LLM)
ACTIONS = (TOOL, HANDOFF, int(Kind.RETRIEVAL))
# A parent that so few spans lack may be a step that nobody sent: a turn of a model, with its calls.
MOST_OF_A_TURN = 4
# Two clocks of one machine may differ by so much; a call that waits for another takes longer.
TOLERANCE = 10**6  # ns


@dataclass(slots=True)
class Step:
    """A step, or several of a kind that ran at the same time. Keys are 0 where not known."""

    kind: int  # AGENT, LLM, or TOOL for all that acts
    rows: list[int]  # of the tree, in order of their start
    names: tuple[str, ...]  # of tools, agents or models, sorted
    start_ns: int
    end_ns: int  # the latest of them; the start, where none has ended
    call: int = 0
    result: int = 0
    says: int = 0  # the row that tells the result

    @property
    def name(self) -> str:
        return " + ".join(self.names)


@dataclass(slots=True)
class Course:
    """The steps of one run in order of time."""

    agent: str
    path: str
    rows: tuple[int, int]  # the first, and the one after the last, of what the run holds
    steps: list[Step] = field(default_factory=list)

    def of(self, *kinds: int) -> list[Step]:
        """Its steps of some kinds."""
        return [step for step in self.steps if step.kind in kinds]


def courses(tree: Tree, records: Any, found: Sequence[Run]) -> list[Course]:
    """A course for each run in which anything may repeat itself, and one for what no agent did; of
    that, what lacks the same parent is apart, for it is a run whose own span has not come yet."""
    outside = unheld(tree)
    holder = holders(tree, found, outside)
    steps: dict[int, list[Step]] = {}
    for at, step in single_steps(tree, records, found, holder, outside):
        steps.setdefault(at, []).append(step)
    parts = {NOBODY: (0, len(tree))}
    for row, at in outside.items():
        parts[at] = (parts.get(at, (row,))[0], int(tree.end[row]))
    return [course_of(tree, found, at, steps[at], parts) for at in sorted(steps)]


def course_of(
    tree: Tree, found: Sequence[Run], at: int, steps: list[Step], parts: dict[int, tuple[int, int]]
) -> Course:
    """The course of one run, or of NOBODY and less: `parts` are the rows of these."""
    forget_shared_tasks(steps)
    if at <= NOBODY:
        return Course("", "", parts[at], in_time(steps))
    rows = found[at].rows
    end = max(int(tree.end[row]) for row in rows)
    path = tree.texts[tree.path[rows[0]]]
    return Course(found[at].agent, path, (rows[0], end), in_time(steps))


def forget_shared_tasks(steps: Sequence[Step]) -> None:
    """What several agents are given alike, such as the question of the whole chat, is not what each
    of them was asked: that is unknown then. In place."""
    asked: dict[int, str] = {}
    agents = [step for step in steps if step.kind == AGENT]
    shared = {step.call for step in agents if asked.setdefault(step.call, step.name) != step.name}
    for step in agents:
        step.call = 0 if step.call in shared else step.call


def holders(
    tree: Tree, found: Sequence[Run], outside: Mapping[int, int] = MappingProxyType({})
) -> list[int]:
    """For each row the run, by its position, that it belongs to; NOBODY for none, and less than
    NOBODY for a run of which only parts have come."""
    begins = {row: at for at, run in enumerate(found) for row in run.rows}
    holder: list[int] = []
    for row, above in enumerate(tree.parent.tolist()):
        holder.append(begins.get(row, holder[above] if above >= 0 else outside.get(row, NOBODY)))
    return holder


def unheld(tree: Tree) -> dict[int, int]:
    """For each row that lacks its parent what stands for that parent: less than NOBODY."""
    rows = np.flatnonzero(tree.flags & int(Flag.ORPHAN))
    _, group, times = np.unique(tree.parent_id[rows], return_inverse=True, return_counts=True)
    apart = times[group] > MOST_OF_A_TURN
    return dict(zip(rows[apart].tolist(), (NOBODY - 1 - group[apart]).tolist(), strict=True))


def single_steps(
    tree: Tree, records: Any, found: Sequence[Run], holder: list[int], outside: dict[int, int]
) -> Iterator[tuple[int, Step]]:
    """The steps of all runs that are worth a look, each alone, with the run that they belong to."""
    parent, kind = tree.parent.tolist(), tree.kind.tolist()
    acts = (own(tree, tree.sum_tool_calls) > 0) | np.isin(tree.kind, ACTIONS[1:])
    inside = within(acts.tolist(), parent, holder)
    called = callers(parent, found, holder, inside, outside)
    rows = np.flatnonzero(acts | answers_of(tree))
    worth = worth_a_look(tree, records, np.array(holder), rows, called, found)
    build = Builder(tree, records)
    for row in rows.tolist():
        if holder[row] in worth and (kind[row] == LLM or inside[row] == row):
            yield holder[row], build.step(row, LLM if kind[row] == LLM else TOOL)
    for run, caller in zip(found, called, strict=True):
        if caller in worth:
            yield caller, build.agent(run)


def callers(
    parent: list[int],
    found: Sequence[Run],
    holder: list[int],
    inside: list[int],
    outside: dict[int, int],
) -> list[int | None]:
    """For each run the one that called it, or NOBODY and less; None if a tool did, whose step
    stands for it."""

    def caller(row: int) -> int | None:
        above = parent[row]
        if above < 0:
            return outside.get(row, NOBODY)
        return holder[above] if inside[above] < 0 else None

    return [caller(run.rows[0]) for run in found]


def worth_a_look(
    tree: Tree,
    records: Any,
    holder: Ints,
    rows: Ints,
    called: Sequence[int | None],
    found: Sequence[Run],
) -> set[int]:
    """The runs in which a call or a result comes three times, an agent is called three times, or
    several steps failed, and those that gates.py names. The others, which are nearly all, cannot
    repeat themselves."""
    held = holder[rows]
    worth = {
        each
        for name in ("call", "result", "asks")
        for each in holding_again(held, records[name][rows], 3)
    }
    failed = rows[tree.error_class[rows] != 0]
    worth |= holding_again(holder[failed], np.ones(len(failed), np.int64), 2)
    agents = [int(tree.agent[run.rows[0]]) for run in found]
    by_caller = [(at, agent) for at, agent in zip(called, agents, strict=True) if at is not None]
    by, whom = np.array(by_caller, np.int64).reshape(-1, 2).T
    worth |= holding_again(by, whom, 3)
    return worth | suspicious(Held(tree, records, holder, rows, found, called))


def holding_again(held: Ints, keys: Ints, fewest: int) -> set[int]:
    """The holders of a key that is there at least `fewest` times; 0 is no key."""
    held, keys = held[keys != 0], keys[keys != 0]
    order = np.lexsort((keys, held))
    held, keys = held[order], keys[order]
    far = fewest - 1
    again = (held[far:] == held[: len(held) - far]) & (keys[far:] == keys[: len(keys) - far])
    return set(held[far:][again].tolist())


def answers_of(tree: Tree) -> Mask:
    """The rows of model calls, each once."""
    told_elsewhere = np.isin(tree.billing, (Billing.WRAPPER, Billing.DUPLICATE))
    answers: Mask = (own(tree, tree.sum_llm_calls) > 0) & ~told_elsewhere
    return answers


def within(acts: list[bool], parent: list[int], holder: list[int]) -> list[int]:
    """For each row the outermost action of its run that it is a part of; -1: of none."""
    outer: list[int] = []
    for row, above in enumerate(parent):
        same = above >= 0 and holder[above] == holder[row]
        inherited = outer[above] if same else -1
        outer.append(inherited if inherited >= 0 else row if acts[row] else -1)
    return outer


class Builder:
    """Makes steps of rows."""

    def __init__(self, tree: Tree, records: Any) -> None:
        self.tree = tree
        self.start: list[int] = tree.start_ns.tolist()
        self.end: list[int] = np.maximum(tree.end_ns, tree.start_ns).tolist()
        self.call: list[int] = records["call"].tolist()
        self.result: list[int] = records["result"].tolist()
        self.answers = np.flatnonzero(answers_of(tree))

    def step(self, row: int, kind: int) -> Step:
        """The step that one span tells of."""
        tree = self.tree
        column = tree.model if kind == LLM else tree.tool
        name = tree.texts[column[row]] or tree.texts[tree.name[row]]
        times = self.start[row], self.end[row]
        return Step(kind, [row], (name,), *times, self.call[row], self.result[row], row)

    def agent(self, run: Run) -> Step:
        """A run as a step of the one that called it. Where it does not say what it was asked and
        answered, that is what its first model call was asked and its last one answered."""
        first = run.rows[0]
        end = max(self.end[row] for row in run.rows)
        below = self.answers_in(first, int(self.tree.end[run.rows[-1]]))
        says = first if self.result[first] or not below else below[-1]
        call = self.call[first] or (self.call[below[0]] if below else 0)
        said = call, self.result[says], says
        return Step(AGENT, list(run.rows), (run.agent,), self.start[first], end, *said)

    def answers_in(self, first: int, stop: int) -> list[int]:
        """The model calls among these rows, in order of time."""
        below: list[int] = self.answers[
            slice(*np.searchsorted(self.answers, (first, stop)))
        ].tolist()
        return sorted(below, key=lambda row: (self.start[row], row))


def in_time(steps: Iterable[Step]) -> list[Step]:
    """Steps in order of time, those of a kind that overlap as one."""
    ordered = sorted(steps, key=lambda step: (step.start_ns, step.rows[0]))
    found: list[list[Step]] = []
    last: dict[int, list[Step]] = {}  # by kind
    ends: dict[int, int] = {}
    for step in ordered:
        if step.start_ns + TOLERANCE < ends.get(step.kind, 0):
            last[step.kind].append(step)
            ends[step.kind] = max(ends[step.kind], step.end_ns)
        else:
            last[step.kind] = [step]
            ends[step.kind] = step.end_ns
            found.append(last[step.kind])
    return [joined(side_by_side) for side_by_side in found]


def joined(steps: list[Step]) -> Step:
    """Steps that ran at the same time as one."""
    if len(steps) == 1:
        return steps[0]
    return Step(
        kind=steps[0].kind,
        rows=[row for step in steps for row in step.rows],
        names=tuple(sorted({name for step in steps for name in step.names})),
        start_ns=steps[0].start_ns,
        end_ns=max(step.end_ns for step in steps),
        call=together(step.call for step in steps),
        result=together(step.result for step in steps),
        says=steps[0].says,
    )


def together(keys: Iterable[int]) -> int:
    """One key for calls side by side, in whatever order; 0 if one of them is not known."""
    several = sorted(keys)
    return 0 if 0 in several else key_of(several)
