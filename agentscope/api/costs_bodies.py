"""The answers about costs, in the form that `costs_shapes.py` describes, and as tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from agentscope.api.bodies import iso, usd, usd_or_none
from agentscope.costs.amounts import BUCKETS, COLUMNS, numbers
from agentscope.costs.read import (
    DIMENSIONS,
    Amounts,
    Call,
    CallPage,
    CostReport,
    CostRow,
    Group,
    Mover,
    Outcomes,
    PathNode,
    PathReport,
)
from agentscope.traces.ids import span_hex

UNITS = {name: f"{name}_usd" if name.endswith("_cost") else name for name in COLUMNS}
AMOUNTS = [UNITS[name] for name in COLUMNS]  # heads of the columns of a table
COUNTS = ("traces", "calls", "tool_calls", "errors", "unpriced_calls", "unpriced_tokens")
COSTS = ("known_cost", "computed_cost", "reported_cost", "discarded_cost")
PATH_HEAD = [
    *("path", "parent", "depth"),
    *(f"{part}_{name}" for part in ("own", "inclusive") for name in AMOUNTS),
]
CALL_HEAD = [
    *("start_time", "trace_id", "span_id", "name", "kind", *DIMENSIONS),
    *("cost_usd", "billing", "reason", "discarded", *AMOUNTS),
]


def amounts_body(amounts: Amounts) -> dict[str, Any]:
    """Amounts as AmountsShape."""
    return {
        **{name: getattr(amounts, name) for name in COUNTS},
        "time_ns": str(amounts.time_ns),
        **{f"{name}_usd": usd(getattr(amounts, name)) for name in COSTS},
        "usage": {name: getattr(amounts, name) for name in BUCKETS},
    }


def amounts_or_none(amounts: Amounts | None) -> dict[str, Any] | None:
    """The same; null stays null."""
    return None if amounts is None else amounts_body(amounts)


def costs_body(report: CostReport) -> dict[str, Any]:
    """A report as CostsShape."""
    query, rest = report.query, report.others
    return {
        "since": utc(query.since),
        "until": utc(query.until),
        "interval": query.interval.value,
        "group_by": list(query.group_by),
        "groups": [group_body(query.group_by, group) for group in report.groups],
        "others": {
            "groups": rest.groups,
            "amounts": amounts_body(rest.amounts),
            "previous": amounts_or_none(rest.previous),
        },
        "total": amounts_body(report.total),
        "previous": amounts_or_none(report.previous),
        "movers": [mover_body(query.group_by, mover) for mover in report.movers],
        "series": [
            {
                "start": utc(each.start),
                "groups": [amounts_body(amounts) for amounts in each.groups],
                "others": amounts_body(each.others),
                "total": amounts_body(each.total),
            }
            for each in report.series
        ],
        "outcomes": outcomes_body(report.outcomes) if report.outcomes else None,
        "truncated": rest.groups > 0,
        "days_due": report.days_due,
        "calls_since": report.calls_since,
    }


def group_body(names: Iterable[str], group: Group) -> dict[str, Any]:
    """A group as GroupShape."""
    return {
        "key": dict(zip(names, group.key, strict=True)),
        "amounts": amounts_body(group.amounts),
        "previous": amounts_or_none(group.previous),
    }


def mover_body(names: Iterable[str], mover: Mover) -> dict[str, Any]:
    """A mover as MoverShape."""
    return {
        "key": dict(zip(names, mover.key, strict=True)),
        "amounts": amounts_body(mover.amounts),
        "previous": amounts_body(mover.previous),
        "change_usd": usd(mover.change),
    }


def outcomes_body(outcomes: Outcomes) -> dict[str, Any]:
    """Outcomes as OutcomesShape."""
    return {
        "successes": outcomes.successes,
        "failures": outcomes.failures,
        "unknown": outcomes.unknown,
        "known": amounts_body(outcomes.known),
        "cost_per_success_usd": usd_or_none(outcomes.cost_per_success),
    }


def cost_cells(rows: Iterable[CostRow]) -> Iterator[list[object]]:
    """Groups as rows of a table: the start of the interval, the key, the amounts."""
    for row in rows:
        yield [utc(row.start), *row.key, *numbers(row.amounts)]


def paths_body(trace_id: UUID, report: PathReport) -> dict[str, Any]:
    """The paths of a trace as PathsShape."""
    return {
        "trace_id": trace_id.hex,
        "paths": [path_body(node, above) for node, above in in_reading_order(report)],
        "unattributed": amounts_body(report.unattributed),
        "total": amounts_body(report.total),
    }


def path_body(node: PathNode, above: PathNode | None) -> dict[str, Any]:
    """A node as PathShape."""
    return {
        "path": node.path,
        "name": node.name,
        "parent": above.path if above else None,
        "depth": node.depth,
        "cut": node.is_cut,
        "own": amounts_body(node.own),
        "inclusive": amounts_body(node.inclusive),
    }


def path_cells(report: PathReport) -> Iterator[list[object]]:
    """Paths as rows of a table; the last one is what belongs to no agent."""
    for node, above in in_reading_order(report):
        place = [node.path, above.path if above else None, node.depth]
        yield [*place, *numbers(node.own), *numbers(node.inclusive)]
    rest = numbers(report.unattributed)
    yield ["unattributed", None, 0, *rest, *rest]


def in_reading_order(report: PathReport) -> Iterator[tuple[PathNode, PathNode | None]]:
    """Each node followed by those below it, with the node above."""
    waiting: list[tuple[PathNode, PathNode | None]] = [(each, None) for each in report.nodes[::-1]]
    while waiting:
        node, above = waiting.pop()
        yield node, above
        waiting += [(child, node) for child in reversed(node.children)]


def calls_body(page: CallPage) -> dict[str, Any]:
    """A page of calls as CallsShape."""
    return {
        "calls": [call_body(call) for call in page.calls],
        "next": page.next,
        "truncated": page.next is not None,
        "calls_since": page.calls_since,
    }


def call_body(call: Call) -> dict[str, Any]:
    """A call as CallShape."""
    return {
        "trace_id": call.trace_id.hex,
        "span_id": span_hex(call.span_id),
        "start_time": iso(call.start_ns),
        "start_time_unix_nano": str(call.start_ns),
        "name": call.name,
        "kind": call.kind,
        **call.dimensions,
        "cost_usd": usd_or_none(call.cost),
        "billing": call.billing,
        "reason": call.why,
        "discarded": call.discarded,
        "amounts": amounts_body(call.amounts),
    }


def call_cells(calls: Iterable[Call]) -> Iterator[list[object]]:
    """Calls as rows of a table."""
    for call in calls:
        place = [iso(call.start_ns), call.trace_id.hex, span_hex(call.span_id)]
        said = [call.name, call.kind, *call.dimensions.values()]
        marks = [call.billing, call.why, call.discarded]
        yield [*place, *said, call.cost, *marks, *numbers(call.amounts)]


def utc(time: datetime) -> str:
    """A whole hour in UTC as ISO 8601."""
    return f"{time:%Y-%m-%dT%H:%M:%SZ}"
