"""What the calls of a trace came to, by kind of work, and what went wrong with them. Pure.

A call is flawed if it failed, was done again, was turned down after it by a guardrail, an evaluator
or a person, was cut at its limit of tokens, or is part of a trace that ended in failure.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from typing import NamedTuple

import numpy as np

from agentscope.billing.buckets import NAMES, disjoint
from agentscope.costs.lines import without_below
from agentscope.meter.readings import grouped
from agentscope.routing.kinds import Numbers, kinds_of, sizes_of
from agentscope.traces.above import NONE
from agentscope.traces.totals import Totals
from agentscope.traces.tree import Ints, Mask, Tree
from agentscope.transcript.turns import Turns, owners, turns_of
from agentscope.vocabulary import Discarded, Flag, Kind, Status

HOUR_NS = 3_600 * 10**9
INPUT = slice(0, 5)  # of vocabulary.Buckets
JUDGES = (Kind.GUARDRAIL, Kind.EVALUATOR, Kind.HUMAN)
FLAWS = ("failed", "redone", "rejected", "cut", "in_failures")
TEXTS = ("path", "agent", "model", "provider", "service_tier")
SUMS = ("calls", "flawed", *FLAWS, "in_successes", *NAMES, "web_searches")


class Place(NamedTuple):
    """What calls have in common. "" is "not said"."""

    hour: int  # since 1970
    path: str
    agent: str
    model: str
    provider: str
    service_tier: str
    kind: int  # kinds.CallKind
    size: int  # a position in kinds.SIZES


class Use(NamedTuple):
    """What the calls of a place came to."""

    place: Place
    sums: tuple[int, ...]  # in the order of SUMS
    least_input: int  # tokens of one call, here and below
    most_input: int
    most_output: int
    example: int  # span id of the dearest; of several, the first


def uses_of(tree: Tree, found: Totals) -> list[Use]:
    """The uses of a billed tree whose totals are `found`, in order of their places. Calls that have
    not ended are left out: nobody knows yet what comes of them."""
    if not len(tree):
        return []
    is_call = (tree.kind == Kind.LLM) & (without_below(tree, tree.sum_llm_calls) > 0)
    rows = np.flatnonzero(is_call & ((tree.flags & Flag.NOT_ENDED) == 0))
    if not len(rows):
        return []
    tokens = {name: column[rows] for name, column in disjoint(tree).items()}
    went_in = sum((tokens[name] for name in NAMES[INPUT]), np.zeros(len(rows), np.int64))
    came_back = sum((tokens[name] for name in NAMES[5:]), np.zeros(len(rows), np.int64))
    turns = turns_of(tree)
    kinds = kinds_of(numbers(turns, rows, went_in, came_back, tokens["reasoning"]))
    said = [getattr(tree, name)[rows] for name in TEXTS]
    columns = (tree.start_ns[rows] // HOUR_NS, *said, kinds, sizes_of(went_in))
    distinct, group = grouped(np.array(columns, np.int64))
    sums = summed({**flaws(turns, rows, found.outcome), **tokens}, tree, rows, group)
    found_uses = zip(
        places(tree, distinct),
        map(tuple, sums.tolist()),
        least(went_in, group).tolist(),
        most(went_in, group).tolist(),
        most(came_back, group).tolist(),
        dearest(tree, rows, group).tolist(),
        strict=True,
    )
    return sorted(Use(*each) for each in found_uses)


def numbers(turns: Turns, rows: Ints, went_in: Ints, came_back: Ints, reasoning: Ints) -> Numbers:
    """What tells the kinds of calls: their tokens, and what the agent did next."""
    kind = turns.tree.kind[turns.events]
    handed = turns.rows[turns.owner[(kind == Kind.HANDOFF) & (turns.owner != NONE)]]
    acted = turns.rows[turns.owner[(kind == Kind.TOOL) & (turns.owner != NONE)]]
    return Numbers(
        went_in, came_back - reasoning, reasoning, np.isin(rows, handed), np.isin(rows, acted)
    )


def flaws(turns: Turns, rows: Ints, outcome: str) -> dict[str, Ints]:
    """What went wrong with each call, and how its trace ended."""
    tree, ones = turns.tree, np.ones(len(rows), np.int64)
    silent = (tree.flags & Flag.SILENT_FAILURE) != 0
    refused = np.flatnonzero(((tree.flags & Flag.REFUSED) != 0) & np.isin(tree.kind, JUDGES))
    turned_down = np.isin(rows, judged(turns, refused))
    found: dict[str, Mask] = {
        "failed": ((tree.status == Status.ERROR) | silent)[rows],
        "redone": tree.discarded[rows] == Discarded.RETRIED,
        "rejected": turned_down | (tree.discarded[rows] == Discarded.REJECTED),
        "cut": (tree.flags[rows] & Flag.CUT_ANSWER) != 0,
        "in_failures": np.full(len(rows), outcome == "failure"),
    }
    flawed = np.logical_or.reduce(list(found.values()))
    said = found | {"flawed": flawed, "in_successes": np.full(len(rows), outcome == "success")}
    return {"calls": ones} | {name: column.astype(np.int64) for name, column in said.items()}


def judged(turns: Turns, verdicts: Ints) -> Ints:
    """The calls that verdicts are about: the last before each in the same run, else the last."""
    if not len(turns.rows) or not len(verdicts):
        return verdicts[:0]
    owner = owners(turns.rows, turns.run, verdicts, turns.run_at[verdicts])
    before = np.searchsorted(turns.rows, verdicts) - 1
    about = np.where(owner != NONE, owner, before)
    return turns.rows[about[about >= 0]]


def summed(columns: dict[str, Ints], tree: Tree, rows: Ints, group: Ints) -> Ints:
    """The sums of each group, a column for each of SUMS."""
    columns["web_searches"] = np.maximum(tree.web_searches[rows], 0)
    sums = np.zeros((int(group.max()) + 1, len(SUMS)), np.int64)
    np.add.at(sums, group, np.stack([columns[name] for name in SUMS], axis=1))
    return sums


def most(values: Ints, group: Ints) -> Ints:
    """The largest of each group."""
    found = np.zeros(int(group.max()) + 1, np.int64)
    np.maximum.at(found, group, values)
    return found


def least(values: Ints, group: Ints) -> Ints:
    """The smallest of each group."""
    found = np.full(int(group.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(found, group, values)
    return found


def dearest(tree: Tree, rows: Ints, group: Ints) -> Ints:
    """The span of each group that cost most; of several the one that began first."""
    order = np.lexsort((tree.span_id[rows], tree.start_ns[rows], -tree.cost[rows], group))
    first = np.unique(group[order], return_index=True)[1]
    return tree.span_id[rows[order[first]]]


def places(tree: Tree, distinct: Ints) -> Iterator[Place]:
    """Places with their texts looked up."""
    for hour, *texts, kind, size in distinct.T.tolist():
        path, agent, model, provider, tier = (tree.texts[each] for each in texts)
        yield Place(hour, path, agent, model, provider, tier, kind, size)


def digest(*said: object) -> int:
    """A number for what was said, the same whenever it is met."""
    text = "\0".join(map(str, said)).encode(errors="surrogatepass")
    return int.from_bytes(blake2b(text, digest_size=8).digest(), signed=True)
