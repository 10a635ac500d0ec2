"""An agent that has the same agent do its task, which does so again, level by level.

Three runs of one agent inside of each other for the same task are two more than it takes; four are
no accident. A task that is parted is another one at each level, and such a recursion ends. Without
any work between, eight levels are too many whatever was asked for.

While it goes on nothing says what is inside of what, for each level ends after those below it.
Model calls that pass on what they were told and wait are worth knowing then: see unreturned.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from agentscope.findings.found import Found, Pattern, Spent, of_rows, severity
from agentscope.findings.limits import Limit
from agentscope.findings.nested import Nested, nested
from agentscope.findings.scene import Scene
from agentscope.findings.severity import Severity
from agentscope.findings.unreturned import unreturned

PATTERN = Pattern(
    code="recursive_delegation",
    version=2,
    inform=3,
    alert=4,
    confidence=0.9,
    legitimate="It is fine if each level has a smaller part of the task than the one above.",
)
DEEP = 8  # levels without work, of whatever task
IDLY = "with no work of its own"
HINT = 0.4  # confidence where nobody knows what was asked for

Chain = list[Nested]


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each outermost run that came to be inside of itself."""
    runs = nested(scene)
    told = np.zeros(len(scene.tree), bool)  # rows that are inside of what was found
    for is_linked, fewest, how in ((has_its_task, limit.inform, ""), (is_idle, DEEP, IDLY)):
        for chain in outermost(runs, is_linked):
            row = chain[0].run.rows[0]
            if len(chain) >= fewest and not told[row]:
                told[row : scene.tree.end[row]] = True
                yield judged(scene, chain, limit, how)
    for rows, times in unreturned(scene, limit.inform):
        yield still_open(scene, rows, times)


def still_open(scene: Scene, rows: list[int], times: int) -> Found:
    """The hint that model calls pass a task on, of which none has come back. The first of them came
    so many times."""
    tree, first = scene.tree, rows[0]
    name = str(tree.texts[tree.agent[first]] or tree.texts[tree.model[first]])
    found = of_rows(
        *(scene, rows, PATTERN, Severity.INFO),
        sentence=f"{name} was told the same {times} times, one after another, and asked for the "
        "same call each time; none of these calls has come back.",
        subject=name,
        repeats=times,
        confidence=HINT,
    )
    found.period = -(-len(rows) // times)
    return found


def has_its_task(runs: Chain, each: Nested) -> bool:
    """Whether a run has the task of the one around it, for all that is known."""
    return each.around is not None and each.is_same_task is not False


def is_idle(runs: Chain, each: Nested) -> bool:
    """Whether the run around does nothing but delegate."""
    return each.around is not None and not runs[each.around].works


def outermost(runs: Chain, is_linked: Callable[[Chain, Nested], bool]) -> Iterator[Chain]:
    """The longest chain of linked runs inside of each other from each outermost one on, in reading
    order."""
    level, root, deepest = [0] * len(runs), [*range(len(runs))], [*range(len(runs))]
    for at, each in enumerate(runs):
        if each.around is not None and is_linked(runs, each):
            level[at], root[at] = level[each.around] + 1, root[each.around]
            if level[at] > level[deepest[root[at]]]:
                deepest[root[at]] = at
    for first in sorted(set(root)):
        if deepest[first] != first:
            yield chain_to(runs, first, deepest[first])


def chain_to(runs: Chain, first: int, last: int) -> Chain:
    """The runs from an outer to an inner one."""
    found, at = [runs[last]], runs[last].around
    while at is not None and at >= first:
        found.append(runs[at])
        at = runs[at].around
    return found[::-1]


def judged(scene: Scene, chain: Chain, limit: Limit, how: str) -> Found:
    """The finding of a chain. An alert needs to know that the task is the same."""
    is_known = all(each.is_same_task is not None for each in chain[1:])
    used = spent_inside(scene, chain[1])
    most = Severity.INFO if not is_known else Severity.WARNING if how else Severity.ALERT
    what = how or ("for the same task" if is_known else "for what is not known")
    agent, row = chain[0].run.agent, chain[0].run.rows[0]
    return Found(
        pattern=PATTERN,
        severity=min(most, severity(len(chain), limit, used)),
        sentence=f"{agent} ran {len(chain)} times, each inside of the one before, {what}.",
        subject=agent,
        agent=agent,
        path=scene.tree.texts[scene.tree.path[row]],
        rows=[each.run.rows[0] for each in chain],
        spent=used,
        confidence=PATTERN.confidence if is_known else HINT,
        repeats=len(chain),
    )


def spent_inside(scene: Scene, each: Nested) -> Spent:
    """What a run spent, with all that is inside of it."""
    tree, row = scene.tree, each.run.rows[0]
    inside = slice(row, int(tree.end[row]))
    ends = np.maximum(tree.end_ns[inside], tree.start_ns[inside])
    return Spent(
        tokens=int(tree.sum_input[row] + tree.sum_output[row]),
        pico=int(tree.sum_cost[row]),
        unpriced=int(tree.sum_unpriced[row]),
        nanoseconds=int(ends.max() - tree.start_ns[row]),
    )
