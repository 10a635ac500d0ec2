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

from agentscope.traces.above import nearest, outermost
from agentscope.traces.agents import normal
from agentscope.traces.grow import subtree_sums
from agentscope.traces.tree import Ints, Mask, Shorts, Tree
from agentscope.vocabulary import Flag, Kind

EDGES = CONTAINS, DELEGATES, HANDS_OFF = "contains", "delegates", "hands_off"
AGENT, CHAIN, TOOL, HANDOFF = int(Kind.AGENT), int(Kind.CHAIN), int(Kind.TOOL), int(Kind.HANDOFF)
CALLS = (Kind.LLM, Kind.EMBEDDING, Kind.RERANK, Kind.TOOL, Kind.RETRIEVAL)
IS_CALL = np.isin(np.arange(len(Kind)), CALLS)  # by kind
NO_WAY = 0  # neither a tool nor a handoff
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
    called_from: list[int] = field(default_factory=list)  # a row of each caller, in their order

    def called_by(self, agent: str, kind: str, row: int) -> None:
        """Add a caller, and the row in which it called."""
        self.callers.append((agent, kind))
        self.called_from.append(row)


def runs(tree: Tree) -> list[Run]:
    """All runs of a tree in reading order."""
    return Invocations(tree).runs()


class Invocations:
    """Where agents begin in a tree, and how they were reached. Of a large trace only the rows in
    which one begins or hands over are looked at one by one."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.begins = begins(tree)
        self.calls = subtree_sums(IS_CALL[tree.kind], tree.end) > 0
        is_way = (tree.kind == TOOL) | (tree.kind == HANDOFF)
        way = nearest(tree.parent, is_way | self.begins | (tree.parent < 0))
        # For each row the tool or handoff nearest above it or itself, within its agent's run.
        self.via = np.where(is_way[way], tree.kind[way], NO_WAY) if len(tree) else way

    def agent(self, row: int) -> str:
        """The agent that a row belongs to."""
        name: str = self.tree.texts[self.tree.agent[row]]
        return name

    def runs(self) -> list[Run]:
        """The runs with their edges."""
        found = self.begun()
        for run in found:
            above = int(self.tree.parent[run.rows[0]])
            if above >= 0 and (agent := self.agent(above)):
                run.called_by(agent, edge(int(self.via[above])), above)
        self.hand_over(found)
        return found

    def begun(self) -> list[Run]:
        """Where agents begin. Calls side by side that only name their agent are one run, as long as
        no other agent comes between; what calls nothing, such as making an agent, is none."""
        tree, found = self.tree, list[Run]()
        last: dict[int, Run] = {}  # by the row above, or what stands for it
        firsts = np.flatnonzero(self.begins)
        of_first = (tree.parent, places(tree), tree.agent, tree.kind, tree.end, self.calls)
        columns = [firsts.tolist(), *(column[firsts].tolist() for column in of_first)]
        steps = {
            (above, by) for _, above, _, by, kind, *_ in zip(*columns, strict=True) if kind == CHAIN
        }
        for at, parent, above, by, kind, end, calls in zip(*columns, strict=True):
            agent, before = tree.texts[by], last.get(above)
            # A span without children tells of a run that a step beside it holds.
            if kind == AGENT and end == at + 1 and (parent, by) in steps:
                continue
            if kind in (AGENT, CHAIN) or (calls and (before is None or before.agent != agent)):
                found.append(Run(agent, [at]))
                last[above] = found[-1]
            elif before and before.agent == agent and not self.acts(before):
                before.rows.append(at)
        return found

    def acts(self, run: Run) -> bool:
        """Whether a run is a span of its own, not calls that name their agent."""
        return self.tree.kind[run.rows[0]] in (AGENT, CHAIN)

    def hand_over(self, found: list[Run]) -> None:
        """Add the edges of handoffs: each leads to the next run of the agent that it names, or to
        the next one of another agent if it names none."""
        handoffs = np.flatnonzero(self.tree.kind == HANDOFF).tolist()
        if not handoffs:
            return
        in_time = sorted(found, key=lambda run: (self.began(run), run.rows[0]))
        named = by_agent(in_time, letters)
        for at in handoffs:
            above, agent = int(self.tree.parent[at]), self.agent(at)
            is_inner = above >= 0 and self.via[above] == HANDOFF
            if is_inner or not agent:
                continue
            name = self.target(at)
            run = self.taken_by(at, named.get(letters(name), []) if name else in_time, name)
            if run and (agent, HANDS_OFF) not in run.callers:
                run.called_by(agent, HANDS_OFF, at)

    def began(self, run: Run) -> int:
        """When a run began, in ns."""
        return int(self.tree.start_ns[run.rows[0]])

    def taken_by(self, at: int, in_time: list[Run], name: str) -> Run | None:
        """The run that a handoff led to, None if there is none, or if it is nested in it."""
        first = bisect_left(in_time, int(self.tree.start_ns[at]), key=self.began)
        giver = normal(self.agent(at))
        for place in range(first, len(in_time)):
            run = in_time[place]
            if name or normal(run.agent) != giver:
                return None if at < run.rows[0] < self.tree.end[at] else run
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


def places(tree: Tree) -> Ints | Shorts:
    """For each row the row above it, or what stands for a parent that it lacks. What lies in a turn
    of a model that lacks its parent, and names an agent first, is where the turn is."""
    orphans = tree.flags & int(Flag.ORPHAN) != 0
    if not orphans.any():
        return tree.parent
    stands = np.full(len(tree), -1)
    parents = lacking(tree)
    stands[list(parents)] = list(parents.values())
    above = np.where(tree.agent[tree.parent] == NOBODY, tree.parent, -1)
    top = outermost(above, np.ones(len(tree), bool))
    is_turn = orphans & (tree.agent == NOBODY) & (tree.sum_llm_calls <= 1)
    found: Ints = np.where(
        is_turn[top], stands[top], np.where(tree.parent < 0, stands, tree.parent)
    )
    return found


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
