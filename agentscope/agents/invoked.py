"""When agents were invoked in a trace, and by whom. Pure.

A run begins where a span of an agent lies below another agent's, or below none. Edges come from
nesting (`contains`), from a tool in between (`delegates`) and from handoffs (`hands_off`); times
decide only which run a handoff led to.

While a run is open its own span has not come: spans are sent when they end. Until then it is what
names its agent and lacks the same parent, with what lies in turns of a model that lack it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from agentscope.traces.above import outermost
from agentscope.traces.agents import normal
from agentscope.traces.grow import subtree_sums
from agentscope.traces.tree import Mask, Tree
from agentscope.vocabulary import Flag, Kind

EDGES = CONTAINS, DELEGATES, HANDS_OFF = "contains", "delegates", "hands_off"
AGENT, CHAIN, TOOL, HANDOFF = int(Kind.AGENT), int(Kind.CHAIN), int(Kind.TOOL), int(Kind.HANDOFF)
CALLS = (Kind.LLM, Kind.EMBEDDING, Kind.RERANK, Kind.TOOL, Kind.RETRIEVAL)
NOBODY = 0  # the position of "" in `Tree.texts`
# Where a handoff says to whom: `transfer_to_billing`, `handoff to Billing`, `goto billing`,
# `Triage → Billing`. Some say it in their arguments only.
TARGET = re.compile(
    r"(?:(?:transfer|hand_?off|hand)[_ ]to[_ ]|goto |→ )(.+?)(?:\.handoff)?$", re.IGNORECASE
)
NO_NAMES = {"agent", "unknown"}
# A parent that so few spans lack may be a step that nobody sent: a turn of a model, with its calls.
MOST_OF_A_TURN = 4


@dataclass(slots=True)
class Run:
    """One invocation of an agent: the rows in which it begins, most often one."""

    agent: str
    rows: list[int]
    callers: list[tuple[str, str]] = field(default_factory=list)  # agent, kind of edge


def runs(tree: Tree) -> list[Run]:
    """All runs of a tree in reading order."""
    return Invocations(tree).runs()


class Invocations:
    """The columns of a tree as lists: walking them is quicker so."""

    def __init__(self, tree: Tree) -> None:
        texts = tree.texts
        self.tree = tree
        self.agent = [texts[at] for at in tree.agent.tolist()]
        self.path: list[int] = tree.path.tolist()
        self.parent: list[int] = tree.parent.tolist()
        self.end: list[int] = tree.end.tolist()
        self.kind: list[int] = tree.kind.tolist()
        self.start_ns: list[int] = tree.start_ns.tolist()
        self.begins: list[bool] = begins(tree).tolist()
        self.calls: list[bool] = (subtree_sums(np.isin(tree.kind, CALLS), tree.end) > 0).tolist()
        self.via = self.ways()
        self.place = places(tree)

    def runs(self) -> list[Run]:
        """The runs with their edges."""
        found = self.begun()
        for run in found:
            above = self.parent[run.rows[0]]
            if above >= 0 and self.agent[above]:
                run.callers.append((self.agent[above], edge(self.via[above])))
        self.hand_over(found)
        return found

    def ways(self) -> list[int]:
        """For each row the tool or handoff nearest above it or itself, within its agent's run."""
        ways: list[int] = []
        for at, (kind, above) in enumerate(zip(self.kind, self.parent, strict=True)):
            inherited = 0 if above < 0 or self.begins[at] else ways[above]
            ways.append(kind if kind in (TOOL, HANDOFF) else inherited)
        return ways

    def begun(self) -> list[Run]:
        """Where agents begin. Calls side by side that only name their agent are one run, as long as
        no other agent comes between; what calls nothing, such as making an agent, is none."""
        found: list[Run] = []
        last: dict[int, Run] = {}  # by the row above, or what stands for it
        firsts = [at for at, begins in enumerate(self.begins) if begins]
        steps = {(self.parent[at], self.agent[at]) for at in firsts if self.kind[at] == CHAIN}
        for at in firsts:
            above, agent = self.place[at], self.agent[at]
            acts = self.kind[at] in (AGENT, CHAIN)
            if acts and self.kind[at] == AGENT and self.is_told_beside(at, steps):
                continue
            before = last.get(above)
            if acts or (self.calls[at] and (before is None or before.agent != agent)):
                found.append(Run(agent, [at]))
                last[above] = found[-1]
            elif before and before.agent == agent and not self.acts(before):
                before.rows.append(at)
        return found

    def acts(self, run: Run) -> bool:
        """Whether a run is a span of its own, not calls that name their agent."""
        return self.kind[run.rows[0]] in (AGENT, CHAIN)

    def is_told_beside(self, at: int, steps: set[tuple[int, str]]) -> bool:
        """Whether a span without children tells of a run that a step beside it holds."""
        return self.end[at] == at + 1 and (self.parent[at], self.agent[at]) in steps

    def hand_over(self, found: list[Run]) -> None:
        """Add the edges of handoffs: each leads to the next run of the agent that it names, or to
        the next one of another agent if it names none."""
        in_time = sorted(found, key=lambda run: (self.start_ns[run.rows[0]], run.rows[0]))
        named = by_agent(in_time, letters)
        for at in np.flatnonzero(self.tree.kind == HANDOFF).tolist():
            above = self.parent[at]
            is_inner = above >= 0 and self.via[above] == HANDOFF
            if is_inner or not self.agent[at]:
                continue
            name = self.target(at)
            run = self.taken_by(at, named.get(letters(name), []) if name else in_time, name)
            call = (self.agent[at], HANDS_OFF)
            if run and call not in run.callers:
                run.callers.append(call)

    def taken_by(self, at: int, in_time: list[Run], name: str) -> Run | None:
        """The run that a handoff led to, None if there is none, or if it is nested in it."""
        began = self.start_ns[at]
        first = bisect_left(in_time, began, key=lambda run: self.start_ns[run.rows[0]])
        giver = normal(self.agent[at])
        for place in range(first, len(in_time)):
            run = in_time[place]
            if name or normal(run.agent) != giver:
                return None if at < run.rows[0] < self.end[at] else run
        return None

    def target(self, at: int) -> str:
        """The agent that a handoff names, "" if it names none."""
        row = self.tree.row(at)
        for said in (row.text("tool"), row.text("name")):
            if (found := TARGET.search(said)) and found[1].lower() not in NO_NAMES:
                return found[1]
        return ""


def begins(tree: Tree) -> Mask:
    """The rows in which another agent acts than in the row above."""
    is_other = (tree.path != tree.path[tree.parent]) | (tree.agent != tree.agent[tree.parent])
    found: Mask = (tree.agent != NOBODY) & ((tree.parent < 0) | is_other)
    return found


def places(tree: Tree) -> list[int]:
    """For each row the row above it, or what stands for a parent that it lacks. What lies in a turn
    of a model that lacks its parent, and names an agent first, is where the turn is."""
    orphans = tree.flags & int(Flag.ORPHAN) != 0
    if not orphans.any():
        return list(tree.parent.tolist())
    stands = np.full(len(tree), -1)
    parents = lacking(tree)
    stands[list(parents)] = list(parents.values())
    above = np.where(tree.agent[tree.parent] == NOBODY, tree.parent, -1)
    top = outermost(above, np.ones(len(tree), bool))
    is_turn = orphans & (tree.agent == NOBODY) & (tree.sum_llm_calls <= 1)
    found = np.where(is_turn[top], stands[top], np.where(tree.parent < 0, stands, tree.parent))
    return list(found.tolist())


def lacking(tree: Tree) -> dict[int, int]:
    """For each row that lacks its parent what stands for that parent, if it is no turn: a number
    less than -1."""
    rows = np.flatnonzero(tree.flags & int(Flag.ORPHAN))
    _, group, times = np.unique(tree.parent_id[rows], return_inverse=True, return_counts=True)
    apart = times[group] > MOST_OF_A_TURN
    return dict(zip(rows[apart].tolist(), (-2 - group[apart]).tolist(), strict=True))


def edge(via: int) -> str:
    """The kind of edge to a run that was reached through a tool, a handoff or neither."""
    return {TOOL: DELEGATES, HANDOFF: HANDS_OFF}.get(via, CONTAINS)


def letters(name: str) -> str:
    """A name without case and separators: tools are named without spaces and signs."""
    return "".join(filter(str.isalnum, normal(name)))


def by_agent(found: list[Run], spelled: Callable[[str], str] = str) -> dict[str, list[Run]]:
    """The runs of each agent, in order."""
    grouped: defaultdict[str, list[Run]] = defaultdict(list)
    for run in found:
        grouped[spelled(run.agent)].append(run)
    return dict(grouped)
