"""All spans of one trace as columns. Never the payload."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

import numpy as np

from agentscope.traces.tree import Bytes, Ints, Shorts

NO_PARENT = 0  # OTLP forbids the all-zero id, so it can stand for "none"
# Beyond these a number is a mistake, not a measurement, and a trace's sums must fit 64 bits.
MOST_TOKENS = 10**12
MOST_USD = 10_000


@dataclass(slots=True)
class Spans:
    """Columns of equal length, each span once. Text is "" and numbers are -1 where not said."""

    span_id: Ints
    parent_id: Ints  # NO_PARENT for a root
    start_ns: Ints
    end_ns: Ints  # 0: not ended
    kind: Bytes  # vocabulary.Kind
    status: Bytes  # vocabulary.Status
    flags: Shorts  # vocabulary.Flag
    input_tokens: Ints
    output_tokens: Ints
    cache_read_tokens: Ints
    cache_write_tokens: Ints
    reasoning_tokens: Ints
    cache_write_1h_tokens: Ints
    audio_input_tokens: Ints
    audio_output_tokens: Ints
    web_searches: Ints
    usage_rule: Shorts  # vocabulary.UsageRule
    session_rung: Bytes  # vocabulary.Rung
    discarded: Bytes  # vocabulary.Discarded, as declared
    reported_cost: Ints  # 1e-12 USD
    sent_by: Ints  # number of the key
    name: list[str]
    service: list[str]
    scope: list[str]
    agent: list[str]
    model: list[str]
    provider: list[str]
    tool: list[str]
    tool_call_id: list[str]
    session: list[str]
    user: list[str]
    response_id: list[str]
    error_type: list[str]
    error_class: list[str]
    service_tier: list[str]
    agent_version: list[str]
    environment: list[str]
    outcome: list[str]  # success, failure
    linked_traces: list[list[UUID]]  # earlier parts of the same task
    dimensions: list[dict[str, str]]  # attributes that the project groups by
    signature: list[bytes | None]  # of steps: signatures.RECORD

    def __len__(self) -> int:
        return len(self.span_id)

    def take(self, order: Ints) -> Spans:
        """The same spans in another order."""
        taken: dict[str, Any] = {}
        for name in COLUMNS:
            column = getattr(self, name)
            taken[name] = in_order(column, order) if isinstance(column, list) else column[order]
        return Spans(**taken)

    def follow(self, span_ids: Ints) -> Spans:
        """The same spans in the order of these ids, which are all there."""
        if np.array_equal(self.span_id, span_ids):
            return self
        by_id = np.argsort(self.span_id)
        return self.take(by_id[np.searchsorted(self.span_id, span_ids, sorter=by_id)])


COLUMNS = {field.name: str(field.type) for field in fields(Spans)}
TOKENS = [name for name in COLUMNS if name.endswith("_tokens")]


def in_order(column: list[Any], order: Ints) -> list[Any]:
    """A list in another order. Most columns say nothing in most traces."""
    if not any(column):
        return column[: len(order)]
    found: list[Any] = np.fromiter(column, object, len(column))[order].tolist()
    return found
