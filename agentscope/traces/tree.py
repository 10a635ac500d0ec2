"""A trace as columns in reading order: what every page, export and detector walks.

Row `i` is followed by its whole subtree, which ends before row `end[i]`; so a collapsed subtree is
skipped in one step, a page is a slice, and a sum over a subtree is a difference of running sums.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from agentscope.compression import Compression, split
from agentscope.vocabulary import PICO, Basis, Billing, Discarded, Flag, Kind, Status, Why

FORMAT = 6  # of the packed form: raise it when a column is added, so that old ones are rebuilt
KEYS = ("call", "result")
ADDED = {4: ("price", *KEYS), 5: KEYS}  # columns that an earlier form lacks: all 0
LARGE = 1_000  # rows from which on a tree is unpacked column by column
UNKNOWN = -1  # in token and cost columns: not reported, not priced
NONE = -1  # no row

Ints = NDArray[np.int64]
Shorts = NDArray[np.int32]
Bytes = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Columns = dict[str, NDArray[Any]]
DTYPES: dict[str, type[Any]] = {"Ints": np.int64, "Shorts": np.int32, "Bytes": np.uint8}
_columns = Compression(level=2)  # times and ids come to half of what level 1 makes of them


@dataclass(slots=True)
class Tree:
    """Columns of equal length, in preorder. Siblings are in order of start time, then span id; of
    roots those that lack the same parent stand together."""

    span_id: Ints  # the 8 bytes, big-endian, signed
    start_ns: Ints
    end_ns: Ints  # 0: not ended
    last_ns: Ints  # latest end or start in the subtree
    parent_id: Ints  # as it was sent, whether that span is there or not; 0: none
    parent: Shorts  # row of the parent, -1 for a root
    depth: Shorts  # 0 for a root
    end: Shorts  # first row after the subtree
    kind: Bytes  # vocabulary.Kind
    status: Bytes  # vocabulary.Status
    billing: Bytes  # vocabulary.Billing
    flags: Shorts  # vocabulary.Flag
    name: Shorts  # positions in `texts`, here and below
    agent: Shorts  # the agent that the span belongs to
    path: Shorts  # names of the agents above and including the span's, joined by "/"
    tool: Shorts
    model: Shorts
    provider: Shorts
    service: Shorts
    service_tier: Shorts
    within_tool: Shorts  # the nearest tool above, of whose work this is a part
    error_class: Shorts
    error_type: Shorts
    input_tokens: Ints  # own, -1: not reported
    output_tokens: Ints
    cache_read_tokens: Ints
    cache_write_tokens: Ints
    reasoning_tokens: Ints
    cache_write_1h_tokens: Ints
    audio_input_tokens: Ints
    audio_output_tokens: Ints
    web_searches: Ints
    usage_rule: Shorts  # vocabulary.UsageRule
    why: Bytes  # vocabulary.Why: of the billing, or of the unknown cost
    discarded: Bytes  # vocabulary.Discarded, of the row and all below it
    discard_basis: Bytes  # vocabulary.Basis
    billed_input: Ints  # what of its tokens counts towards the bill, here and below; never -1
    billed_output: Ints
    billed_cache_read: Ints
    billed_cache_write: Ints
    billed_cache_write_1h: Ints
    billed_reasoning: Ints
    billed_audio_input: Ints
    billed_audio_output: Ints
    cost: Ints  # own, in 1e-12 USD; -1: counts, but no price is known; 0: nothing to pay
    computed_cost: Ints  # the same by the price list alone; -1: no price, or nothing to price
    reported_cost: Ints  # the same as senders reported it; -1: did not
    sum_cost: Ints  # known cost of the subtree, this row included, in 1e-12 USD
    sum_input: Ints  # tokens of the subtree that count towards the bill
    sum_output: Ints
    sum_llm_calls: Shorts  # model calls of the subtree
    sum_tool_calls: Shorts
    sum_errors: Shorts  # failed spans of the subtree
    sum_unpriced: Shorts  # counted calls of the subtree without a price
    sum_discarded: Ints  # known cost of the subtree that was spent on discarded work
    line: Shorts  # of the trace's costs that its own are in: costs.PathCost; -1: not examined yet
    price: Shorts  # in `texts`: what `computed_cost` was worked out with, as prices.kept writes it
    call: Shorts  # number of what was asked for, the same for the same; 0: unknown; here and below
    result: Shorts  # number of what came back, without what varies
    texts: list[str]  # texts[0] is ""

    def __len__(self) -> int:
        return len(self.span_id)

    @property
    def is_rest(self) -> Mask:
        """Rows of totals that have more than the calls below them, which counts there: spent by
        calls that nobody told of, so by no agent that is known."""
        is_wrapper: Mask = self.billing == Billing.WRAPPER
        return is_wrapper & (self.billed_input + self.billed_output > 0)

    @property
    def is_culprit(self) -> Mask:
        """Rows that failed while nothing beneath them did: what `sum_errors` counts, each once."""
        has_failed = self.sum_errors > 0
        found: Mask = has_failed.copy()
        found[self.parent[has_failed & (self.parent >= 0)]] = False
        return found

    def row(self, at: int) -> Row:
        """Row `at` with its texts looked up."""
        return Row(self, at)

    def rows(self, start: int = 0, stop: int | None = None) -> Iterator[Row]:
        """Rows from `start` up to `stop`, in reading order."""
        return (Row(self, at) for at in range(start, len(self) if stop is None else stop))

    def find(self, span_id: int) -> int | None:
        """The row of a span, or None."""
        found = np.flatnonzero(self.span_id == span_id)
        return int(found[0]) if len(found) else None

    def rows_of(self, span_ids: Ints) -> Ints:
        """The rows of some spans, NONE for those that are not there. One pass for all of them."""
        sought, place = np.unique(span_ids, return_inverse=True)
        found = np.full(len(sought) + 1, NONE, np.int64)
        at = np.searchsorted(sought, self.span_id)
        is_sought = np.append(sought, 0)[at] == self.span_id
        is_sought &= at < len(sought)
        found[at[is_sought]] = np.flatnonzero(is_sought)
        return found[place]

    def children(self, at: int) -> list[int]:
        """Rows directly below row `at`; -1 gives the roots."""
        rows = np.flatnonzero(self.parent == at)
        return [int(row) for row in rows]

    def pack(self) -> bytes:
        """All columns as one compressed blob: a frame of its own for each column of a large tree,
        as most of what reads a tree needs half of them."""
        head = orjson.dumps({"format": FORMAT, "rows": len(self), "texts": self.texts})
        pieces = [len(head).to_bytes(4, "little") + head]
        pieces += [np.ascontiguousarray(getattr(self, name)).tobytes() for name in PACKED]
        framed = pieces if len(self) >= LARGE else [b"".join(pieces)]
        return b"".join(map(_columns.compress, framed))


class Framed(Tree):
    """A tree whose columns are unpacked when they are first asked for."""

    __slots__ = ("frames",)

    def __init__(self, texts: list[str], known: Columns, frames: dict[str, bytes]) -> None:
        self.texts, self.frames = texts, frames
        for name, column in known.items():
            setattr(self, name, column)

    def __getattr__(self, name: str) -> NDArray[Any]:
        if name not in COLUMNS:
            raise AttributeError(name)
        column = np.frombuffer(_columns.decompress(self.frames[name]), COLUMNS[name])
        setattr(self, name, column)
        return column


def unpack(blob: bytes) -> Tree | None:
    """The tree that `Tree.pack` packed; None if it was packed by a version that we cannot read."""
    first, *frames = split(blob)
    body = memoryview(_columns.decompress(first))
    start = 4 + int.from_bytes(body[:4], "little")
    head = orjson.loads(body[4:start])
    if head["format"] not in (FORMAT, *ADDED):
        return None
    rows, lacking = head["rows"], ADDED.get(head["format"], ())
    known = {name: np.zeros(rows, COLUMNS[name]) for name in lacking}
    names = [name for name in COLUMNS if name not in known]
    if frames:
        return Framed(head["texts"], known, dict(zip(names, frames, strict=True)))
    return Tree(texts=head["texts"], **known, **read(body[start:], names, rows))


def read(body: memoryview, names: Iterable[str], rows: int) -> Columns:
    """Columns that stand one after the other."""
    found, at = {}, 0
    for name in names:
        found[name] = np.frombuffer(body, COLUMNS[name], rows, at)
        at += rows * COLUMNS[name].itemsize
    return found


COLUMNS: dict[str, np.dtype[Any]] = {
    field.name: np.dtype(DTYPES[str(field.type)]) for field in fields(Tree) if field.name != "texts"
}
PACKED = tuple(COLUMNS)


@dataclass(slots=True, frozen=True)
class Row:
    """One row of a tree, for reading one at a time."""

    tree: Tree
    at: int

    def text(self, column: str) -> str:
        """The text of a text column: `row.text("name")`."""
        number: int = getattr(self.tree, column)[self.at]
        return self.tree.texts[number]

    def number(self, column: str) -> int | None:
        """The number in a token column, None where it was not reported."""
        value = int(getattr(self.tree, column)[self.at])
        return None if value == UNKNOWN else value

    def usd(self, column: str) -> Decimal | None:
        """The money in a cost column as USD, None where no price is known."""
        value = int(getattr(self.tree, column)[self.at])
        return None if value == UNKNOWN else value * PICO

    @property
    def span_id(self) -> int:
        return int(self.tree.span_id[self.at])

    @property
    def kind(self) -> Kind:
        return Kind(int(self.tree.kind[self.at]))

    @property
    def status(self) -> Status:
        return Status(int(self.tree.status[self.at]))

    @property
    def billing(self) -> Billing:
        return Billing(int(self.tree.billing[self.at]))

    @property
    def why(self) -> Why:
        return Why(int(self.tree.why[self.at]))

    @property
    def discarded(self) -> Discarded:
        return Discarded(int(self.tree.discarded[self.at]))

    @property
    def discard_basis(self) -> Basis:
        return Basis(int(self.tree.discard_basis[self.at]))

    @property
    def flags(self) -> Flag:
        return Flag(int(self.tree.flags[self.at]))

    @property
    def size(self) -> int:
        """Spans in the subtree, this one included."""
        return int(self.tree.end[self.at]) - self.at
