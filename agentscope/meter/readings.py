"""The readings of a trace: what it used in which minute, by whom. Pure.

A span counts in the minute in which it ended, or began if it has not. Each counts in one reading,
so that readings add up to the trace in every number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from hashlib import blake2b
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from agentscope.costs.lines import inherited, without_below
from agentscope.meter.durations import buckets
from agentscope.traces.load import Spans
from agentscope.traces.totals import CALLS, LONGEST_SESSION, Totals
from agentscope.traces.tree import UNKNOWN, Ints, Mask, Tree
from agentscope.vocabulary import Flag, Kind

MINUTE_NS = 60 * 10**9
OLDER, NEWEST = 0, 1  # parts of a trace: glances see the newest
TIMED = (Kind.AGENT, Kind.LLM, Kind.TOOL)  # whose durations are kept
NO_KEYS: Mapping[int, str] = {}
NO_TIME = int(Flag.NOT_ENDED | Flag.CLOCK_SUSPECT)


class Place(NamedTuple):
    """Who used something. "" is "not said"."""

    path: str = ""
    agent: str = ""
    tool: str = ""
    model: str = ""
    environment: str = ""
    key: str = ""  # of those that sent it: projects.Key.name
    kind: int = Kind.OTHER

    @property
    def digest(self) -> int:
        """A number for it, the same whenever it is met."""
        said = "\0".join(map(str, self)).encode(errors="surrogatepass")
        return int.from_bytes(blake2b(said, digest_size=8).digest(), signed=True)


@dataclass(slots=True, frozen=True)
class Sums:
    """What was used. What is of unknown price is in no sum of money."""

    runs: int = 0  # traces that began here
    spans: int = 0
    calls: int = 0  # of models
    tool_calls: int = 0
    errors: int = 0  # failures, each where it began
    failed_calls: int = 0  # of models and tools
    tokens: int = 0
    pico: int = 0  # 1e-12 USD
    unpriced_calls: int = 0
    unpriced_tokens: int = 0


COLUMNS = tuple(each.name for each in fields(Sums))
numbers = attrgetter(*COLUMNS)


@dataclass(slots=True, frozen=True)
class Reading:
    """What a trace used in a minute, by whom."""

    part: int
    minute: int  # since 1970
    place: Place
    session: str
    user: str
    sums: Sums
    durations: tuple[int, ...] = ()  # buckets, ascending
    counts: tuple[int, ...] = ()  # how many are in each


def readings(
    tree: Tree, spans: Spans, found: Totals, since_ns: int = 0, keys: Mapping[int, str] = NO_KEYS
) -> list[Reading]:
    """The readings of a billed tree, in order of minutes and places. `spans` are its spans in any
    order, `found` its totals, `keys` what those are called that sent them; what began at
    `since_ns` or later is its newest part."""
    if not len(tree):
        return []
    entries = np.append(np.arange(len(tree)), np.flatnonzero(tree.is_rest))
    is_rest = np.arange(len(entries)) >= len(tree)
    columns, environments = places(tree, spans, found, since_ns)
    columns = columns[:, entries]
    columns[PATH : AGENT + 1, is_rest] = 0  # spent by calls that nobody told of: unattributed
    distinct, group = grouped(columns)
    sums = summed(own(tree, entries, is_rest), group, distinct.shape[1])
    timed = durations(tree, group[: len(tree)])
    said = found.session, found.user[:LONGEST_SESSION]
    read = [
        Reading(*named(tree, environments, keys, each), *said, sums[at], *timed.get(at, ((), ())))
        for at, each in enumerate(distinct.T.tolist())
    ]
    return sorted(read, key=attrgetter("part", "minute", "place"))


PART, MINUTE, PATH, AGENT, TOOL, MODEL, ENVIRONMENT, KEY, KIND = range(9)  # rows of `columns`


def places(tree: Tree, spans: Spans, found: Totals, since_ns: int) -> tuple[Ints, list[str]]:
    """Part, minute and place of each row, as numbers, and the environments by number. What is
    inherited is as it is in the lines of costs; a key counts for what it sent alone."""
    spans = spans.follow(tree.span_id)
    is_call = np.isin(tree.kind, CALLS) | (tree.billed_input + tree.billed_output > 0)
    said = inherited(tree, [each or None for each in spans.environment], found.environment)
    environments = {name: at for at, name in enumerate(dict.fromkeys(said))}
    columns = (
        np.where(tree.start_ns >= since_ns, NEWEST, OLDER),
        np.maximum(tree.end_ns, tree.start_ns) // MINUTE_NS,
        tree.path,
        tree.agent,
        np.where(tree.kind == Kind.TOOL, tree.tool, tree.within_tool),
        np.where(is_call, tree.model, 0),
        [environments[name] for name in said],
        spans.sent_by,
        np.where(np.isin(tree.kind, TIMED), tree.kind, Kind.OTHER),
    )
    return np.array(columns, np.int64), list(environments)


def grouped(columns: Ints) -> tuple[Ints, Ints]:
    """The distinct columns of a matrix, and which of them each is. One sort of numbers a row of
    it, which is quicker than one of columns."""
    group = np.zeros(columns.shape[1], np.int64)
    for row in columns:
        if (row == row[0]).all():
            continue
        values, code = np.unique(row, return_inverse=True)
        group = np.unique(group * len(values) + code, return_inverse=True)[1]
    first = np.unique(group, return_index=True)[1]
    return columns[:, first], group


def named(
    tree: Tree, environments: list[str], keys: Mapping[int, str], numbers: Sequence[int]
) -> tuple[int, int, Place]:
    """Part, minute and place, with texts looked up."""
    path, agent, tool, model = (tree.texts[each] for each in numbers[PATH : MODEL + 1])
    environment = environments[numbers[ENVIRONMENT]]
    key = "" if numbers[KEY] == UNKNOWN else keys[numbers[KEY]]
    place = Place(path, agent, tool, model, environment, key, numbers[KIND])
    return numbers[PART], numbers[MINUTE], place


def own(tree: Tree, entries: Ints, is_rest: Mask) -> Mapping[str, Ints]:
    """What each entry adds by itself. Rests are entries of their own, with all that they spent."""
    calls = without_below(tree, tree.sum_llm_calls)
    tool_calls = without_below(tree, tree.sum_tool_calls)
    errors = without_below(tree, tree.sum_errors)
    unpriced, tokens = tree.cost == UNKNOWN, tree.billed_input + tree.billed_output
    works = {
        "runs": (np.arange(len(tree)) == 0).astype(np.int64),
        "spans": np.ones(len(tree), np.int64),
        "calls": calls,
        "tool_calls": tool_calls,
        "errors": errors,
        "failed_calls": np.minimum(errors, calls + tool_calls),
    }
    spends = {
        "tokens": tokens,
        "pico": np.where(unpriced, 0, tree.cost),
        "unpriced_calls": unpriced.astype(np.int64),
        "unpriced_tokens": np.where(unpriced, tokens, 0),
    }
    is_spent_here = is_rest | ~tree.is_rest[entries]
    return {name: np.where(is_rest, 0, each[entries]) for name, each in works.items()} | {
        name: np.where(is_spent_here, each[entries], 0) for name, each in spends.items()
    }


def summed(columns: Mapping[str, Ints], group: Ints, groups: int) -> list[Sums]:
    """The sums of each group."""
    sums = np.zeros((groups, len(COLUMNS)), np.int64)
    np.add.at(sums, group, np.stack([columns[name] for name in COLUMNS], axis=1))
    return [Sums(*each) for each in sums.tolist()]


def durations(tree: Tree, group: Ints) -> dict[int, tuple[tuple[int, ...], tuple[int, ...]]]:
    """How long what ended took, by group: buckets and how many are in each."""
    is_timed = np.isin(tree.kind, TIMED) & ((tree.flags & NO_TIME) == 0)
    took = buckets((tree.end_ns - tree.start_ns)[is_timed])
    pairs, counts = np.unique(np.stack([group[is_timed], took]), axis=1, return_counts=True)
    found: dict[int, tuple[list[int], list[int]]] = {}
    for at, bucket, count in zip(*pairs.tolist(), counts.tolist(), strict=True):
        some = found.setdefault(at, ([], []))
        some[0].append(bucket)
        some[1].append(count)
    return {at: (tuple(each[0]), tuple(each[1])) for at, each in found.items()}
