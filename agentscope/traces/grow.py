"""From a set of spans to the tree they make up. Pure: the same set in any order gives equal trees.

Nothing is dropped. A span whose parent never came, or whose parent edge would close a cycle, hangs
at the root and says so.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agentscope.signatures.stored import unpack
from agentscope.traces.above import NONE, nearest
from agentscope.traces.agents import Owners, owners
from agentscope.traces.calls import culprits, tool_calls
from agentscope.traces.load import NO_PARENT, Spans
from agentscope.traces.tree import UNKNOWN, Ints, Mask, Shorts, Tree
from agentscope.vocabulary import Billing, Flag, Kind

ROOT = -1
REPORTED = (
    *("cache_write_1h_tokens", "audio_input_tokens", "audio_output_tokens", "web_searches"),
    "usage_rule",
)
BILLED = tuple(
    f"billed_{part.removesuffix('_tokens')}"
    for part in (
        *("input", "output", "cache_read", "cache_write", "cache_write_1h", "reasoning"),
        *("audio_input", "audio_output"),
    )
)
Columns = dict[str, Any]  # by the names that they have in Tree


def grow(spans: Spans) -> Tree:
    """The tree of `spans`, not yet billed: every cost is unknown until `billing.bill` has run."""
    return grown(spans)[0]


def grown(spans: Spans) -> tuple[Tree, Spans]:
    """The tree of `spans`, and these in its order, for all that walk it.

    Linear but for sorting; nothing recurses, so that a chain of any length is fine.
    """
    shape = shape_of(spans)
    spans = spans.take(shape.order)
    owned = owners(spans, shape.parent, shape.end)
    acting = replace(spans, kind=owned.kind)
    tree = Tree(
        **structure(acting, shape), **words(acting, shape.parent, owned), **numbers(acting, shape)
    )
    return tree, spans


@dataclass(slots=True)
class Shape:
    """Who hangs where. Columns are in reading order; `order[row]` is the position in the input."""

    order: Ints
    parent: Shorts
    depth: Shorts
    end: Shorts
    odd: Shorts  # Flag.ORPHAN, Flag.CYCLE_CUT


def shape_of(spans: Spans) -> Shape:
    """Parents, depths and reading order of spans."""
    siblings = np.lexsort((spans.span_id, spans.start_ns))
    parent, orphan = parents(spans.span_id[siblings], spans.parent_id[siblings])
    if orphan.any():
        siblings = siblings[in_groups(spans.parent_id[siblings], orphan)]
        parent, orphan = parents(spans.span_id[siblings], spans.parent_id[siblings])
    parent, depth, cut = without_cycles(parent)
    place, size = reading_order(parent, depth)
    rows = np.argsort(place)
    above = np.append(place, ROOT)[parent[rows]]
    odd = orphan * int(Flag.ORPHAN) | cut * int(Flag.CYCLE_CUT)
    return Shape(
        order=siblings[rows],
        parent=above.astype(np.int32),
        depth=depth[rows].astype(np.int32),
        end=(np.arange(len(rows)) + size[rows]).astype(np.int32),
        odd=odd[rows].astype(np.int32),
    )


def in_groups(parent_id: Ints, orphan: Mask) -> Ints:
    """The order, of spans in order of time, in which those that lack the same parent stand one
    after another, from where the first of them is. While a run is open its own span has not come,
    and what other runs do at the same time would else lie between its steps."""
    place = np.arange(len(parent_id))
    _, first, group = np.unique(parent_id[orphan], return_index=True, return_inverse=True)
    place[orphan] = np.flatnonzero(orphan)[first][group]
    return np.argsort(place, kind="stable")


def parents(span_id: Ints, parent_id: Ints) -> tuple[Ints, Mask]:
    """The position of each span's parent, ROOT where there is none; and who lacks its parent."""
    if not len(span_id):
        return parent_id, parent_id != NO_PARENT
    by_id = np.argsort(span_id)
    nearest = np.searchsorted(span_id, parent_id, sorter=by_id)
    found = by_id[np.minimum(nearest, len(by_id) - 1)]
    has_parent = parent_id != NO_PARENT
    is_there = has_parent & (span_id[found] == parent_id)
    return np.where(is_there, found, ROOT), has_parent & ~is_there


def without_cycles(parent: Ints) -> tuple[Ints, Ints, Mask]:
    """Parents with each cycle cut at its earliest span, the depth of each span, and the cuts."""
    cut = np.zeros(len(parent), bool)
    depth, first = climb(parent)
    if len(first):
        cut[first] = True
        parent = np.where(cut, ROOT, parent)
        depth, _ = climb(parent)
    return parent, depth, cut


def climb(parent: Ints) -> tuple[Ints, Ints]:
    """The depth of each span, and the first span of each cycle.

    By doubling the jump: after k rounds each span has looked 2^k parents up. Who has not left
    through a root after as many steps as there are spans goes round in a cycle, and has seen all
    of it.
    """
    spans = len(parent)
    jump = np.append(np.where(parent == ROOT, spans, parent), spans)  # the last stands for "out"
    steps = np.append(np.ones(spans, np.int64), 0)
    first = np.arange(spans + 1)
    for _ in range(spans.bit_length()):
        if (jump == spans).all():
            break
        steps += steps[jump]
        first = np.minimum(first, first[jump])
        jump = jump[jump]
    cycles = np.unique(jump[jump != spans])
    return steps[:-1] - 1, cycles[first[cycles] == cycles]


def reading_order(parent: Ints, depth: Ints) -> tuple[Ints, Ints]:
    """The row of each span, parents before children before later siblings; and subtree sizes."""
    above = parent.tolist()
    downwards = np.argsort(depth, kind="stable").tolist()
    size = [1] * len(above)
    for at in reversed(downwards):
        if above[at] != ROOT:
            size[above[at]] += size[at]
    place = [0] * len(above)
    free = [0] * (len(above) + 1)  # the next free row below each span; the last is for roots
    for at in downwards:
        place[at] = free[above[at]]
        free[above[at]] += size[at]
        free[at] = place[at] + 1
    return np.array(place, np.int64), np.array(size, np.int64)


def structure(spans: Spans, shape: Shape) -> Columns:
    """The columns that say where a row is."""
    return {
        "span_id": spans.span_id,
        "start_ns": spans.start_ns,
        "end_ns": spans.end_ns,
        "last_ns": latest(spans, shape.parent),
        "parent_id": spans.parent_id,
        "parent": shape.parent,
        "depth": shape.depth,
        "end": shape.end,
        "flags": spans.flags | shape.odd,
    }


def latest(spans: Spans, parent: Shorts) -> Ints:
    """The latest time seen in each subtree."""
    last: list[int] = np.maximum(spans.start_ns, spans.end_ns).tolist()
    for at, above in zip(range(len(last) - 1, -1, -1), reversed(parent.tolist()), strict=True):
        if above != ROOT and last[at] > last[above]:
            last[above] = last[at]
    return np.array(last, np.int64)


class Texts(defaultdict[str, int]):
    """The number of each text; a text not seen before gets the next one, "" is 0."""

    def __init__(self) -> None:
        super().__init__(self.__len__)
        self[""] = 0

    def numbers(self, words: list[str]) -> Shorts:
        """The number of each word."""
        if not any(words):
            return np.zeros(len(words), np.int32)
        return np.fromiter(map(self.__getitem__, words), np.int32, len(words))


def words(spans: Spans, parent: Shorts, owned: Owners) -> Columns:
    """The text columns, and the texts that they point at."""
    columns = {
        "name": spans.name,
        "agent": owned.agent,
        "path": owned.path,
        "tool": spans.tool,
        "model": spans.model,
        "provider": spans.provider,
        "service": spans.service,
        "service_tier": spans.service_tier,
        "within_tool": within_tool(spans, parent),
        "error_class": spans.error_class,
        "error_type": spans.error_type,
    }
    texts = Texts()
    numbered: Columns = {name: texts.numbers(column) for name, column in columns.items()}
    return numbered | {"texts": list(texts)}


def within_tool(spans: Spans, parent: Shorts) -> list[str]:
    """The tool whose work each row is a part of: the nearest one above it."""
    above = np.append(nearest(parent, spans.kind == Kind.TOOL), NONE)[parent]
    return [spans.tool[at] if at != NONE else "" for at in above.tolist()]


def numbers(spans: Spans, shape: Shape) -> Columns:
    """What is known, counted and summed before anything is billed."""
    rows, end = len(spans), shape.end
    uses = has_usage(spans)
    none = np.zeros(rows, np.int64)
    return {
        "kind": spans.kind,
        "status": spans.status,
        "billing": np.full(rows, Billing.NONE, np.uint8),
        "input_tokens": spans.input_tokens,
        "output_tokens": spans.output_tokens,
        "cache_read_tokens": spans.cache_read_tokens,
        "cache_write_tokens": spans.cache_write_tokens,
        "reasoning_tokens": spans.reasoning_tokens,
        **{name: getattr(spans, name) for name in REPORTED},
        **dict.fromkeys(("why", "discarded", "discard_basis"), np.zeros(rows, np.uint8)),
        **dict.fromkeys(BILLED, none),
        "cost": np.where(uses, UNKNOWN, 0),
        **dict.fromkeys(("computed_cost", "reported_cost"), none + UNKNOWN),
        "sum_cost": none,
        "sum_input": none,
        "sum_output": none,
        "sum_llm_calls": subtree_sums(spans.kind == Kind.LLM, end).astype(np.int32),
        "sum_tool_calls": subtree_sums(tool_calls(spans, shape.parent), end).astype(np.int32),
        "sum_errors": subtree_sums(culprits(spans, end), end).astype(np.int32),
        "sum_unpriced": subtree_sums(uses, end).astype(np.int32),
        "sum_discarded": none,
        "line": np.full(rows, -1, np.int32),
        "price": np.zeros(rows, np.int32),
        **keys(spans),
    }


def keys(spans: Spans) -> Columns:
    """Numbers of calls and results, by the digests in their signatures."""
    records = unpack(spans.signature)
    return {name: numbered(records[name]) for name in ("call", "result")}


def numbered(digests: Ints) -> Shorts:
    """The number of each digest among those that there are; 0 is unknown, there as here."""
    known = np.unique(np.append(digests, 0))
    place = np.searchsorted(known, digests)
    zero = np.searchsorted(known, 0)
    return np.where(place == zero, 0, np.where(place < zero, place + 1, place)).astype(np.int32)


def has_usage(spans: Spans) -> Mask:
    """Which spans report any tokens, or what they cost."""
    tokens = (spans.input_tokens > 0) | (spans.output_tokens > 0)
    found: Mask = tokens | (spans.reported_cost > 0)
    return found


def subtree_sums(values: NDArray[Any], end: Shorts) -> Ints:
    """For each row the sum of `values` over its subtree, which is a run of rows."""
    running = np.concatenate(([0], np.cumsum(values, dtype=np.int64)))
    sums: Ints = running[end] - running[:-1]
    return sums
