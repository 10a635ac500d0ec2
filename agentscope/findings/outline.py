"""What is kept of a trace for those that come after it. Pure: a function of its spans.

Only the first MOST steps and model calls are kept, and the first MOST_ACTS calls that do something:
a trace is recognised by how it begins.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np

from agentscope.agents.runs import own
from agentscope.billing.copies import is_random
from agentscope.findings.earlier import Act, Ended, Outline, Rows
from agentscope.findings.effects import changes_state, does_it_again
from agentscope.findings.holding import answers_of
from agentscope.signatures.canonical import key_of
from agentscope.signatures.masking import MASK, masked
from agentscope.signatures.mentions import key
from agentscope.signatures.record import Fact
from agentscope.traces.totals import Totals
from agentscope.traces.tree import UNKNOWN, Ints, Tree
from agentscope.vocabulary import PICO, ErrorClass, Flag, Kind, Status

if TYPE_CHECKING:
    from agentscope.findings.scene import Scene

MOST = 64  # steps and model calls of a trace
MOST_ACTS = 1000
# Names of what runs again on purpose: evaluations, and probes of whether something is alive.
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
ON_PURPOSE = frozenset(
    "eval evals evaluate evaluation evaluator experiment experiments benchmark regression test"
    " tests testing ci smoke canary health healthcheck healthz heartbeat heartbeats ping probe"
    " liveness readiness keepalive synthetic watchdog uptime".split()
)
NO_ID = UUID(int=0)
UNTOLD = {"", ErrorClass.UNKNOWN.value, ErrorClass.TOOL_REPORTED.value}
# What a name has of a date or an id, behind a sign: "nightly-20261126", "kickoff_8f14e45f".
OF_RUN = re.compile(r"(?<![^\W_])(?=[A-Za-z]*\d)[0-9A-Za-z]{6,}(?![^\W_])")


def outline(scene: Scene, found: Totals, trace_id: UUID = NO_ID, session: str = "") -> Outline:
    """The outline of a trace, of which `found` are the totals."""
    tree = scene.tree
    return Outline(
        trace_id=trace_id,
        session=key_of("session", session) if session else 0,
        root=0 if is_on_purpose(scene, found) else key_of("root", work_name(found.name)),
        input=asked_for(scene),
        start_ns=found.start_ns,
        end_ns=found.end_ns,
        ended=(how := ended(scene, found)),
        error=error_of(scene) if how == Ended.FAILED else 0,
        result=last_answer(scene),
        has_effect=bool(np.isin(tree.tool[done(scene)], changing(tree)).any()),
        states=tuple(states(scene)),
        steps=tuple(scene.records["call"][scene.kept.steps].tolist()),
        tokens=int(tree.billed_input.sum() + tree.billed_output.sum()),
        pico=int(found.known_cost / PICO),
        unpriced=found.unpriced_calls,
        links=tuple(found.linked_traces),
    )


def work_name(name: str) -> str:
    """A name of what is done, without dates and ids of the run: the same tomorrow."""
    return OF_RUN.sub(MASK, masked(name))


def changing(tree: Tree) -> list[int]:
    """The positions of those tools' names that change something."""
    return [at for at in np.unique(tree.tool).tolist() if changes_state(tree.texts[at])]


def done(scene: Scene) -> Ints:
    """The rows of tool calls that succeeded, each call once."""
    tree = scene.tree
    went_well = (tree.error_class == 0) & ~np.isin(tree.status, (Status.ERROR, Status.WAITING))
    silent = tree.flags & int(Flag.SILENT_FAILURE) != 0
    return np.flatnonzero(
        (own(tree, tree.sum_tool_calls) > 0) & went_well & ~silent & (tree.end_ns > 0)
    )


def in_time(tree: Tree, rows: Ints) -> Ints:
    """Rows in order of their start."""
    return rows[np.lexsort((rows, tree.start_ns[rows]))]


def is_on_purpose(scene: Scene, found: Totals) -> bool:
    """Whether a trace is an evaluation, or looks whether something is alive, as it says itself or
    as its name, environment and agents do."""
    tree = scene.tree
    if (tree.flags & int(Flag.EVALUATION)).any() or (tree.kind == Kind.EVALUATOR).any():
        return True
    named = (found.name, found.environment, *found.agents)
    return any(ON_PURPOSE.intersection(words(name)) for name in named)


@lru_cache(maxsize=4096)
def words(name: str) -> frozenset[str]:
    """The words of a name, in lower case."""
    return frozenset(word.lower() for word in WORD.findall(name))


def asked_for(scene: Scene) -> int:
    """What the first model was told by people, or what the first agent was asked to do where no
    model says it, without when it was; 0: unknown."""
    tree, records = scene.tree, scene.records
    told = np.flatnonzero((tree.kind == Kind.LLM) & (records["turns"] != 0))
    if len(told):
        said = records[int(in_time(tree, told)[0])]
        return key_of("said", int(said["work"] or said["human"]), int(said["turns"]))
    tasks = np.flatnonzero((tree.kind == Kind.AGENT) & (records["call"] != 0))
    first = records[in_time(tree, tasks)[0]] if len(tasks) else None
    return 0 if first is None else int(first["work"] or first["call"])


def ended(scene: Scene, found: Totals) -> Ended:
    """How a trace ended. What waits for a person is not over, though its spans are; what a sender
    calls a failure is one, and what the last of its outermost agents ended with."""
    tree = scene.tree
    waiting = tree.status == Status.WAITING
    if waiting.any():
        worked = (tree.kind == Kind.LLM) | (tree.kind == Kind.TOOL)
        after = tree.start_ns[worked & ~waiting]
        if not len(after) or tree.start_ns[waiting].max() >= after.max():
            return Ended.PAUSED
    if not found.complete:
        return Ended.OPEN
    return Ended.FAILED if found.outcome == "failure" or last_agent_failed(scene) else Ended.WELL


def last_agent_failed(scene: Scene) -> bool:
    """Whether the last of the outermost agents failed."""
    tree = scene.tree
    if not scene.runs:
        return False
    firsts = [run.rows[0] for run in scene.runs]
    outermost = min(int(tree.depth[row]) for row in firsts)
    last = max(
        (row for row in firsts if tree.depth[row] == outermost),
        key=lambda row: (int(tree.start_ns[row]), row),
    )
    return bool(tree.status[last] == Status.ERROR)


def error_of(scene: Scene) -> int:
    """Class and type of the last failure, the outermost of those that ended at the same time, with
    the last message of a failure, without what varies; 0 where none of these says anything."""
    tree = scene.tree
    rows = np.flatnonzero(tree.status == Status.ERROR)
    if not len(rows):
        return 0
    row = int(rows[np.lexsort((tree.depth[rows], -tree.end_ns[rows]))[0]])
    error, kind = tree.texts[tree.error_class[row]], tree.texts[tree.error_type[row]]
    faults = in_time(tree, rows[scene.records["fault"][rows] != 0])
    message = int(scene.records["fault"][faults[-1]]) if len(faults) else 0
    is_said = kind or message or error not in UNTOLD
    return key_of(error, kind, message) if is_said else 0


def last_answer(scene: Scene) -> int:
    """What the last model call of a trace answered; 0: unknown, or there is none."""
    rows = in_time(scene.tree, np.flatnonzero(answers_of(scene.tree)))
    return int(scene.records["result"][rows[-1]]) if len(rows) else 0


def first_rows(scene: Scene) -> Rows:
    """The rows of the first model calls and of the first tool calls that succeeded, MOST of each,
    in order of time."""
    tree = scene.tree
    calls = done(scene)
    known = calls[scene.records["call"][calls] != 0]
    answers = np.flatnonzero(answers_of(tree) & (tree.error_class == 0))
    return Rows(in_time(tree, answers)[:MOST].tolist(), in_time(tree, known)[:MOST].tolist())


def states(scene: Scene) -> Iterator[int]:
    """For each of the first model calls a key of all that it was sent: the last message alone is
    not enough, but with the number of tokens of the whole prompt it is. Where it goes on from a
    state that has an id, a key of that. 0: unknown."""
    tree, records = scene.tree, scene.records
    for row in scene.kept.states:
        if row in scene.bases:
            yield key_of("from", scene.bases[row])
            continue
        tokens, said = int(tree.input_tokens[row]), records[row]
        is_known = tokens != UNKNOWN and said["call"] and said["turns"]
        sent = (int(said[name]) for name in ("system", "call", "human", "turns"))
        yield key_of(tree.texts[tree.agent[row]], tokens, *sent) if is_known else 0


def acts(scene: Scene, trace_id: UUID = NO_ID) -> dict[int, Act]:
    """The calls of a trace that do something each time they are made and were done, by row, in
    order of time: the first MOST_ACTS, and as many of those that were made again."""
    tree, spans = scene.tree, scene.spans
    rows = act_rows(scene)
    asking = asked_by(scene) if len(rows) else {}
    found: dict[int, Act] = {}
    for row in rows.tolist():
        by = asking_for(tree, asking, row)
        found[row] = Act(
            trace_id=trace_id,
            span_id=int(tree.span_id[row]),
            key=int(scene.records["call"][row]),
            start_ns=int(tree.start_ns[row]),
            end_ns=int(tree.end_ns[row]),
            said=0 if by is None else said_to(scene, by),
            call_id=drawn(spans.tool_call_id[row]),
            answer=0 if by is None else drawn(spans.response_id[by]),
            is_asked=by is not None,
            asked_row=-1 if by is None else by,
        )
    return found


def act_rows(scene: Scene) -> Ints:
    """The rows that `acts` tells of."""
    tree, records = scene.tree, scene.records
    repeating = [at for at in np.unique(tree.tool).tolist() if does_again(scene, tree.texts[at])]
    if not repeating:
        return np.zeros(0, np.int64)
    rows = done(scene)
    rows = rows[np.isin(tree.tool[rows], repeating) & (records["call"][rows] != 0)]
    rows = in_time(tree, rows[records["facts"][rows] & int(Fact.REPEATABLE) == 0])
    keys, count = np.unique(records["call"][rows], return_counts=True)
    again = rows[np.isin(records["call"][rows], keys[count > 1])]
    return in_time(tree, np.union1d(rows[:MOST_ACTS], again[:MOST_ACTS]))


def does_again(scene: Scene, tool: str) -> bool:
    """Whether a tool does its work each time it is called, as the project, its definition or its
    name says."""
    said = scene.effects.says(tool)
    if said is None:
        said = scene.declared.get(key(tool))
    return does_it_again(tool) if said is None else said


def said_to(scene: Scene, row: int) -> int:
    """What people had said to a model by then: their last word, and how many there were. The same
    word at another time is another one."""
    said = scene.records[row]
    return key_of("said", int(said["human"]), int(said["turns"])) if said["turns"] else 0


def drawn(said: str) -> int:
    """A key of an id if it was drawn at random, so that nothing else has it; 0 if not."""
    return key_of("id", said) if said and is_random(said) else 0


ANYBODY = -1  # in place of a path
Asking = dict[int, tuple[list[int], list[int]]]  # by path: starts and rows of model calls


def asked_by(scene: Scene) -> Asking:
    """The model calls of each agent and of all, in order of time, also those that were told before
    in another trace."""
    tree = scene.tree
    found: Asking = {}
    for row in in_time(tree, np.flatnonzero(tree.kind == Kind.LLM)).tolist():
        for path in (ANYBODY, int(tree.path[row])):
            starts, rows = found.setdefault(path, ([], []))
            starts.append(int(tree.start_ns[row]))
            rows.append(row)
    return found


def asking_for(tree: Tree, asking: Asking, row: int) -> int | None:
    """The model call that asked for a tool: the last one before it, of the same agent if it has
    any; None if there is none."""
    for path in (int(tree.path[row]), ANYBODY):
        starts, rows = asking.get(path, ([], []))
        if at := bisect_left(starts, int(tree.start_ns[row])):
            return rows[at - 1]
    return None
