"""What each run of an agent did, one step after another: what detectors walk. Pure.

A step is a call of a tool, a handoff, a run of another agent, or an answer of a model. Steps of one
kind that overlap are one step, for calls side by side are no repetition. Runs of different agents,
and of the same one invoked twice, are never mixed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from agentscope.agents.invoked import Run
from agentscope.findings.answered import Answers
from agentscope.findings.gates import Held, suspicious
from agentscope.findings.holding import NOBODY, TOLERANCE, Holding, side_by_side
from agentscope.signatures.canonical import key_of
from agentscope.traces.tree import Ints, Tree
from agentscope.vocabulary import Kind

AGENT, TOOL, LLM = int(Kind.AGENT), int(Kind.TOOL), int(Kind.LLM)


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


def courses(tree: Tree, records: Any, found: Sequence[Run], held: Holding) -> list[Course]:
    """A course for each run in which anything may repeat itself, and one for what no agent did; of
    that, what lacks the same parent is apart, for it is a run whose own span has not come yet."""
    steps: dict[int, list[Step]] = {}
    for at, step in single_steps(tree, records, found, held):
        steps.setdefault(at, []).append(step)
    parts = {NOBODY: (0, len(tree))}
    for row, at in held.outside.items():
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


def single_steps(
    tree: Tree, records: Any, found: Sequence[Run], held: Holding
) -> Iterator[tuple[int, Step]]:
    """The steps of all runs that are worth a look, each alone, with the run that they belong to."""
    worth = worth_a_look(tree, records, found, held)
    if not worth:
        return
    build = Builder(tree, records)
    rows = held.rows[held.outer & np.isin(held.holder[held.rows], list(worth))]
    kinds = np.where(tree.kind[rows] == LLM, LLM, TOOL)
    holder = held.holder[rows]
    for at, row, kind in zip(holder.tolist(), rows.tolist(), kinds.tolist(), strict=True):
        yield at, build.step(row, kind)
    for run, caller in zip(found, held.called, strict=True):
        if caller in worth:
            yield caller, build.agent(run)


def worth_a_look(tree: Tree, records: Any, found: Sequence[Run], held: Holding) -> set[int]:
    """The runs in which a call or a result comes three times, an agent is called three times one
    after another, or several steps failed, and those that gates.py names. The others, which are
    nearly all, cannot repeat themselves."""
    rows = held.rows
    holder = held.holder[rows]
    worth = {
        each
        for name in ("call", "result", "asks")
        for each in holding_again(holder, records[name][rows], 3)
    }
    failed = rows[tree.error_class[rows] != 0]
    worth |= holding_again(held.holder[failed], np.ones(len(failed), np.int64), 2)
    worth |= calling_again(tree, found, held)
    return worth | suspicious(Held(tree, records, held.holder, rows, found, held.called))


def calling_again(tree: Tree, found: Sequence[Run], held: Holding) -> set[int]:
    """The callers of an agent that they call at least three times, if at least three of their model
    calls follow one another, or of what else they do: agents that all run at once are one step."""
    by, rows = calls_of_agents(found, held)
    often = list(holding_again(by, tree.agent[rows].astype(np.int64), 3))
    if not often:
        return set()
    own = held.rows[held.outer & np.isin(held.holder[held.rows], often)]
    is_call = np.isin(by, often)
    holder = np.concatenate((held.holder[own], by[is_call]))
    rows = np.concatenate((own, rows[is_call]))
    kind = np.concatenate((np.where(tree.kind[own] == LLM, 0, 1), np.full(is_call.sum(), 2)))
    ends = np.maximum(tree.end_ns[rows], tree.start_ns[rows])
    numbers = side_by_side(3 * (holder + 1) + kind, rows, tree.start_ns[rows], ends)
    first = np.unique(numbers, return_index=True)[1]
    return holding_again(holder[first], np.where(kind[first] == 0, 1, 2), 3)


def calls_of_agents(found: Sequence[Run], held: Holding) -> tuple[Ints, Ints]:
    """Who called the runs that no tool stands for, and their first rows."""
    calls = [
        (by, run.rows[0]) for run, by in zip(found, held.called, strict=True) if by is not None
    ]
    by, rows = np.array(calls, np.int64).reshape(-1, 2).T
    return by, rows


def holding_again(held: Ints, keys: Ints, fewest: int) -> set[int]:
    """The holders of a key that is there at least `fewest` times; 0 is no key."""
    held, keys = held[keys != 0], keys[keys != 0]
    order = np.lexsort((keys, held))
    held, keys = held[order], keys[order]
    far = fewest - 1
    again = (held[far:] == held[: len(held) - far]) & (keys[far:] == keys[: len(keys) - far])
    return set(held[far:][again].tolist())


class Builder:
    """Makes steps of rows."""

    def __init__(self, tree: Tree, records: Any) -> None:
        self.tree = tree
        self.start: list[int] = tree.start_ns.tolist()
        self.end: list[int] = np.maximum(tree.end_ns, tree.start_ns).tolist()
        self.call: list[int] = records["call"].tolist()
        self.result: list[int] = records["result"].tolist()
        self.model, self.tool, self.called = (
            column.tolist() for column in (tree.model, tree.tool, tree.name)
        )

    @cached_property
    def answers(self) -> Answers:
        """The model calls, where runs do not say themselves what they were asked and answered."""
        return Answers(self.tree)

    def step(self, row: int, kind: int) -> Step:
        """The step that one span tells of."""
        texts, column = self.tree.texts, self.model if kind == LLM else self.tool
        names = (texts[column[row]] or texts[self.called[row]],)
        start, end = self.start[row], self.end[row]
        return Step(kind, [row], names, start, end, self.call[row], self.result[row], row)

    def agent(self, run: Run) -> Step:
        """A run as a step of the one that called it. Where it does not say what it was asked and
        answered, that is what its first model call was asked and its last one answered."""
        first = run.rows[0]
        end = max(self.end[row] for row in run.rows)
        call, result, says = self.call[first], self.result[first], first
        if not (call and result):
            inside = self.answers.ends(first, int(self.tree.end[run.rows[-1]])) or (first, first)
            call = call or self.call[inside[0]]
            says = first if result else inside[1]
        said = call, self.result[says], says
        return Step(AGENT, list(run.rows), (run.agent,), self.start[first], end, *said)


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
