"""Runs that go on where they should have ended: beyond the limit that they declare, or after their
root has.

A turn counts if it leads to a call of a tool, since frameworks ask for a last answer when the limit
is reached; so the first turn too many is worth a look, and one and a half times the limit says that
nobody counts. What ends within a minute of its root is cleaning up, and what begins after it is
another piece of work, such as a job or a resumed run. A run whose own span has not come began by
its first call; where a trace has one root, such a run is below it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache, partial

import numpy as np

from agentscope.findings.found import Found, Pattern, Spent, severity
from agentscope.findings.holding import answers_of
from agentscope.findings.limits import Limit
from agentscope.findings.scene import Scene
from agentscope.findings.severity import Severity
from agentscope.findings.spending import spent_on
from agentscope.signatures.record import Fact
from agentscope.traces.above import outermost
from agentscope.traces.tree import Ints, Mask, Tree
from agentscope.vocabulary import Flag, Kind, Status

PATTERN = Pattern(
    code="limit_ignored",
    version=3,
    inform=100,  # percent of the declared limit: beyond it
    alert=150,
    confidence=0.9,
    legitimate="It is fine if the limit counts something else, or the rest was declared to go on.",
)
AFTER_END = Limit(inform=3, alert=10)  # model calls
GRACE_NS = 60 * 10**9
DECLARES = np.array([Kind.AGENT, Kind.CHAIN, Kind.OTHER])
ENDS = (Kind.AGENT, Kind.CHAIN, Kind.OTHER)
OWN = (Kind.AGENT, Kind.CHAIN)  # spans that are a run, and not only a call in it
# Of servers, whose jobs outlive what asked for them by design.
REQUEST = re.compile(r"(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|HTTP)\b|/")


def detect(scene: Scene, limit: Limit) -> Iterator[Found]:
    """A finding for each run beyond its limit, and for each root that did not end."""
    declared = scene.records["limit"] > 0
    if declared.any():
        yield from beyond(
            scene, np.flatnonzero(declared & np.isin(scene.tree.kind, DECLARES)), limit
        )
    answers, only = answers_of(scene.tree), only_root(scene.tree)
    began = cache(partial(beginnings, scene))  # for all roots at once, where any goes on
    for root in np.flatnonzero(scene.tree.parent < 0).tolist():
        first, stop = (0, len(answers)) if root == only else (root, int(scene.tree.end[root]))
        yield from after_end(scene, root, np.arange(first, stop), answers, began)


def beyond(scene: Scene, rows: Ints, limit: Limit) -> Iterator[Found]:
    """A finding for each of these rows that takes more turns than it declares. Of rows inside of
    each other for the same run the outer one says it."""
    holder = scene.holder
    taken_by = turns(scene, holder)
    told: set[int] = set()
    for row in rows.tolist():
        allowed = int(scene.records["limit"][row])
        runs = run_of(scene, row, holder)
        taken = sorted((each for at in runs for each in taken_by[at]), key=scene.when)
        least = max(limit.inform, PATTERN.inform)  # within its limit a run ignores none
        if len(taken) * 100 <= allowed * least or told & runs:
            continue
        told |= runs
        used = spent_on(scene, taken[allowed:])
        level = severity(len(taken) * 100 // allowed, limit, used)
        sentence = f"{subject(scene, row)} took {len(taken)} turns; its limit is {allowed}."
        yield finding(scene, row, taken, level, used, sentence, len(taken) - allowed)


def run_of(scene: Scene, row: int, holder: Ints) -> set[int]:
    """The run that a row belongs to, by position; if it belongs to none, those right below it."""
    own = int(holder[row])
    if own >= 0:
        return {own}
    inside = {int(at) for at in np.unique(holder[row : scene.tree.end[row]]).tolist()}
    inner = (int(scene.tree.parent[scene.runs[at].rows[0]]) for at in inside - {own})
    return {own} | {
        at for at, above in zip(inside - {own}, inner, strict=True) if holder[above] < 0
    }


def turns(scene: Scene, holder: Ints) -> dict[int, list[int]]:
    """The model calls that led to a call of a tool, by the run that holds them."""
    tree = scene.tree
    answers = np.flatnonzero(answers_of(tree) & (tree.error_class == 0))
    rows = np.concatenate((answers, np.flatnonzero(tree.kind == Kind.TOOL)))
    rows = rows[np.lexsort((rows, tree.start_ns[rows], holder[rows]))]
    is_answer = tree.kind[rows] != Kind.TOOL
    after = np.append(rows[1:], -1)
    acts = ~np.append(is_answer[1:], True) & (holder[rows] == holder[after])
    asks = scene.records["facts"][rows] & int(Fact.CALLS_TOOLS) != 0
    found: dict[int, list[int]] = defaultdict(list)
    for row in rows[is_answer & (acts | asks)].tolist():
        found[int(holder[row])].append(row)
    return found


def only_root(tree: Tree) -> int | None:
    """The root of a trace that has one; what lacks its parent is none."""
    roots = np.flatnonzero((tree.parent < 0) & (tree.flags & int(Flag.ORPHAN) == 0))
    return int(roots[0]) if len(roots) == 1 else None


def after_end(
    scene: Scene, root: int, rows: Ints, answers: Mask, began: Callable[[], Ints]
) -> Iterator[Found]:
    """A finding if model calls in these rows below a root, of runs that `began` before it ended, go
    on after it."""
    tree = scene.tree
    end = int(tree.end_ns[root])
    is_over = end > 0 and tree.kind[root] in ENDS and tree.status[root] != Status.WAITING
    is_request = REQUEST.match(tree.texts[tree.name[root]]) is not None
    if not is_over or is_request or tree.last_ns[rows].max() <= end + GRACE_NS:
        return
    late = rows[answers[rows] & (tree.start_ns[rows] > end + GRACE_NS)]
    late = late[np.lexsort((late, tree.start_ns[late]))]
    taken = late[began()[late] <= end].tolist() if len(late) else []
    if len(taken) >= AFTER_END.inform:
        used = spent_on(scene, taken)
        level = severity(len(taken), AFTER_END, used)
        minutes = int(tree.start_ns[taken[-1]] - end) // (60 * 10**9)
        sentence = (
            f"{len(taken)} model calls began after {subject(scene, root)} had ended, the last "
            f"{minutes} minutes later."
        )
        yield finding(scene, root, taken, level, used, sentence, len(taken))


def beginnings(scene: Scene) -> Ints:
    """For each row by when the run that it belongs to had begun, in ns; 0 if it belongs to none."""
    tree, holder = scene.tree, scene.holder
    first = np.array([*(run.rows[0] for run in scene.runs), 0])[holder]
    is_told = (holder >= 0) & np.isin(tree.kind[first], OWN)
    tops = outermost(tree.parent, np.ones(len(tree), bool))
    is_open = ~is_told & (tree.flags[tops] & int(Flag.ORPHAN) != 0)
    known = np.where(holder >= 0, tree.start_ns[first], 0)
    return np.where(is_open, first_calls(tree)[tops], known)


def first_calls(tree: Tree) -> Ints:
    """For each row when the first began of those that name the same parent, in ns."""
    _, group = np.unique(tree.parent_id, return_inverse=True)
    first = np.full(len(tree), np.iinfo(np.int64).max)
    np.minimum.at(first, group, tree.start_ns)
    return first[group]


def subject(scene: Scene, row: int) -> str:
    """The agent of a row, else its name."""
    tree = scene.tree
    return str(tree.texts[tree.agent[row]] or tree.texts[tree.name[row]])


def finding(
    scene: Scene,
    row: int,
    rows: list[int],
    level: Severity,
    used: Spent,
    sentence: str,
    repeats: int,
) -> Found:
    """The finding that a run went on."""
    tree = scene.tree
    return Found(
        pattern=PATTERN,
        severity=level,
        sentence=sentence,
        subject=subject(scene, row),
        agent=tree.texts[tree.agent[row]],
        path=tree.texts[tree.path[row]],
        rows=rows,
        spent=used,
        confidence=PATTERN.confidence,
        repeats=repeats,
    )
