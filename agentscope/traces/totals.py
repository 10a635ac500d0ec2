"""What a trace comes to: the columns of its row that follow from its spans. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy as np

from agentscope.traces.clocks import moment
from agentscope.traces.delegates import also
from agentscope.traces.grow import ROOT
from agentscope.traces.ladder import belonging
from agentscope.traces.load import Spans
from agentscope.traces.tree import UNKNOWN, Ints, Mask, Tree
from agentscope.traces.waiting import times
from agentscope.vocabulary import PICO, Billing, Flag, Kind, Status

# An index holds no longer keys; 4 bytes a character at worst.
LONGEST_NAME = 200
LONGEST_SESSION = 500  # and of a user
CALLS = (Kind.LLM, Kind.EMBEDDING, Kind.RERANK)
OUTCOMES = {Status.OK: "success", Status.ERROR: "failure"}
# What counts is in the columns of the tree that are named `billed_…`, what was reported in
# `…_tokens`.
PARTS = (
    *("input", "output", "cache_read", "cache_write", "reasoning", "cache_write_1h"),
    *("audio_input", "audio_output"),
)
ROOT_MISSING = "(root missing) "


@dataclass(slots=True, frozen=True)
class Totals:
    """Columns of models.Trace, by their names. The defaults are those of a trace without spans."""

    started_at: datetime
    start_ns: int
    end_ns: int
    name: str = ""
    complete: bool = False
    session: str = ""
    session_basis: str = ""
    linked_traces: list[UUID] = field(default_factory=list)
    user: str = ""
    environment: str = ""
    outcome: str = ""
    waiting_ns: int = 0
    worked: list[int] = field(default_factory=list)
    waited: list[int] = field(default_factory=list)
    services: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    tools: list[str] = field(default_factory=list)
    model_names: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    spans: int = 0
    errors: int = 0
    llm_calls: int = 0
    tool_calls: int = 0
    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int | None = None
    cache_write_tokens: int | None = None
    reasoning_tokens: int | None = None
    cache_write_1h_tokens: int | None = None
    audio_input_tokens: int | None = None
    audio_output_tokens: int | None = None
    known_cost: Decimal = Decimal(0)
    discarded_cost: Decimal = Decimal(0)
    unpriced_calls: int = 0
    unpriced_tokens: int = 0


def totals(tree: Tree, spans: Spans, keys: Iterable[str] = ()) -> Totals:
    """The totals of a billed tree with at least one span; `spans` are its spans, in any order, and
    `keys` what those are called that sent them."""
    start_ns = first_start(tree.start_ns)
    roots = tree.parent == ROOT
    unpriced = tree.cost == UNKNOWN
    belongs = belonging(spans)
    used = np.isin(tree.kind, CALLS) | (tree.billing == Billing.AGGREGATE)
    return Totals(
        name=name_of(tree),
        complete=is_complete(tree),
        started_at=moment(start_ns // 1000),
        start_ns=start_ns,
        end_ns=int(tree.last_ns.max()),
        session=belongs.session[:LONGEST_SESSION],
        session_basis=belongs.basis,
        linked_traces=sorted({trace for linked in spans.linked_traces for trace in linked}),
        user=first_said(spans, spans.user)[:LONGEST_SESSION],
        environment=first_said(spans, spans.environment)[:LONGEST_NAME],
        outcome=first_said(spans, spans.outcome) or ended(tree),
        **asdict(times(tree)),
        services=names(tree, tree.service),
        agents=also(names(tree, tree.agent), spans),
        tools=names(tree, tree.tool[tree.kind == Kind.TOOL]),
        model_names=names(tree, tree.model[used]),
        keys=list(keys),
        spans=len(tree),
        errors=int(tree.sum_errors[roots].sum()),
        llm_calls=int(tree.sum_llm_calls[roots].sum()),
        tool_calls=int(tree.sum_tool_calls[roots].sum()),
        **tokens_of(tree),
        known_cost=int(tree.sum_cost[roots].sum()) * PICO,
        discarded_cost=int(tree.sum_discarded[roots].sum()) * PICO,
        unpriced_calls=int(tree.sum_unpriced[roots].sum()),
        unpriced_tokens=int((tree.billed_input + tree.billed_output)[unpriced].sum()),
    )


def is_complete(tree: Tree) -> bool:
    """Whether a root is there, no parent is missing and no span is open."""
    return bool(tree.end_ns.all() and not (tree.flags & int(Flag.ORPHAN)).any())


def first_start(start_ns: Ints) -> int:
    """The earliest start; 0 is no time, unless there is no other."""
    told = start_ns[start_ns > 0]
    return int(told.min()) if len(told) else 0


def name_of(tree: Tree) -> str:
    """The name of the first root, or of the first span while no root has come."""
    roots = np.flatnonzero((tree.parent == ROOT) & (tree.flags & int(Flag.ORPHAN) == 0))
    first = tree.row(int(roots[0]) if len(roots) else 0).text("name")
    return first if len(roots) else ROOT_MISSING + first


def first_said(spans: Spans, said: list[str]) -> str:
    """What the first root says, or the earliest span that says anything."""
    if not any(said):
        return ""
    order = np.lexsort((spans.span_id, spans.start_ns, spans.parent_id != 0))
    return next((said[at] for at in order.tolist() if said[at]), "")


def names(tree: Tree, column: Iterable[int]) -> list[str]:
    """The distinct texts of a column, in reading order."""
    found = (tree.texts[at][:LONGEST_NAME] for at in dict.fromkeys(column) if at)
    return list(dict.fromkeys(found))


def counts(tree: Tree) -> Mask:
    """Which rows count towards the bill."""
    found: Mask = (tree.billing == Billing.COUNTED) | (tree.billing == Billing.AGGREGATE)
    return found


def rests(tree: Tree) -> Mask:
    """Which rows count for what they report more than the calls below them."""
    found: Mask = (tree.billing == Billing.WRAPPER) & (tree.billed_input + tree.billed_output > 0)
    return found


def tokens_of(tree: Tree) -> dict[str, Any]:
    """The columns of tokens that count."""
    rows = counts(tree) | rests(tree)
    return {f"{part}_tokens": billed(tree, part, rows) for part in PARTS}


def billed(tree: Tree, part: str, rows: Mask) -> int | None:
    """The tokens of one kind that count; None if nothing that counts, which is in these rows,
    reports any, not even 0, and no other report of the same calls."""
    tokens = int(getattr(tree, f"billed_{part}").sum())
    is_known = tokens or (getattr(tree, f"{part}_tokens")[rows] != UNKNOWN).any()
    return tokens if is_known else None


def ended(tree: Tree) -> str:
    """Success or failure of a trace, by the status of its first root; empty where it says none."""
    roots = np.flatnonzero((tree.parent == ROOT) & (tree.flags & int(Flag.ORPHAN) == 0))
    status = tree.row(int(roots[0])).status if len(roots) else Status.UNSET
    return OUTCOMES.get(status, "")
