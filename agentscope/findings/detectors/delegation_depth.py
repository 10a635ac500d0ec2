"""Agents that call agents that call agents, many levels deep.

Each level passes on its rights and what it was told, and nobody sees the whole any more. More than
five levels are seldom planned; eight are what recursive_delegation.py takes for a recursion. Depth
alone burns nothing, so it is a warning at most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from agentscope.findings.found import Found, Pattern, Spent
from agentscope.findings.limits import Limit
from agentscope.findings.measures import in_turn
from agentscope.findings.scene import Scene
from agentscope.findings.severity import Severity

PATTERN = Pattern(
    code="delegation_depth",
    version=1,
    inform=6,
    alert=8,
    confidence=0.6,
    legitimate="It is fine if so many levels were planned.",
    apart=True,
)
BETWEEN = "/"  # names in a path
ENDS = 5  # names that are told at each end


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each path of agents that is deep, but for what is above a deeper one."""
    tree, runs = scene.tree, defaultdict(list)
    for run in scene.runs:
        runs[int(tree.path[run.rows[0]])].append(run.rows[0])
    paths = {tree.texts[at]: rows for at, rows in runs.items()}
    deep = [path for path in paths if depth(path) >= limit.inform]
    above = {outer for path in deep for outer in around(path)}
    for path in deep:
        if path in above:
            continue
        rows = sorted(paths[path], key=scene.when)
        levels = depth(path)
        yield Found(
            pattern=PATTERN,
            severity=Severity.WARNING if levels >= limit.alert else Severity.INFO,
            sentence=f"Agents called each other {levels} levels deep: {arrows(path)}.",
            subject=path,
            agent=tree.texts[tree.agent[rows[0]]],
            path=path,
            rows=rows,
            spent=Spent(),
            confidence=PATTERN.confidence,
            repeats=levels,
        )


def depth(path: str) -> int:
    """How many agents are on a path."""
    return path.count(BETWEEN) + 1 if path else 0


def around(path: str) -> Iterator[str]:
    """The paths of the agents above, the nearest first."""
    while BETWEEN in path:
        path = path.rpartition(BETWEEN)[0]
        yield path


def arrows(path: str) -> str:
    """A path as people write it: an agent that calls itself once, and how often; of a long one its
    two ends."""
    names = list(in_turn(path.split(BETWEEN)))
    if (left := len(names) - 2 * ENDS) > 1:
        names[ENDS:-ENDS] = [f"{left:,} more"]
    return " → ".join(names)
