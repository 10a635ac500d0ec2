"""What the panel of a span says of the decision that it is, or that it came of."""

from __future__ import annotations

from typing import Any

from agentscope.decisions.deciding import Decisions
from agentscope.decisions.read import told
from agentscope.records.read import is_recorded
from agentscope.traces.above import NONE
from agentscope.traces.contents import Reader
from agentscope.traces.detail import SpanDetail
from agentscope.traces.ids import span_hex
from agentscope.traces.tree import Row
from agentscope.transcript.turns import Turns
from ui.decision import deciding
from ui.decision_links import link


def decision(
    reader: Reader, row: Row, detail: SpanDetail, turns: Turns | None = None
) -> dict[str, Any]:
    """The decision of a model call or an agent; of what came of one, which that was. `turns`: those
    of the tree, if they are known already. Five queries at most, one where nothing was decided."""
    decisions = Decisions(row.tree, turns)
    return record_of(reader, decisions, row.at) | of_row(reader, decisions, row, detail)


def of_row(reader: Reader, decisions: Decisions, row: Row, detail: SpanDetail) -> dict[str, Any]:
    """The same without its record."""
    found = decisions.of_row(row.at)
    if found is None:
        asked = decisions.asked_by(row.at)
        return {} if asked == NONE else {"asked_by": link(row.tree, asked)}
    said = told(reader, decisions, found, (row.at, detail.content))
    own = [event.attributes for event in detail.events]
    own += [log.record.attributes for log in detail.logs]
    thought = detail.span.reasoning_tokens or 0
    shown = deciding(decisions, found, said, own, thought if found.agent == NONE else 0)
    return {"decision": shown} if shown.is_told else {}


def record_of(reader: Reader, decisions: Decisions, at: int) -> dict[str, Any]:
    """The record that a row is part of, if there is one: of its run, or of its root. One query."""
    tree, run = decisions.tree, int(decisions.turns.run_at[at])
    if run != NONE:
        at = decisions.turns.runs[run].rows[0]
    else:
        while tree.parent[at] != NONE:
            at = int(tree.parent[at])
    span_id = int(tree.span_id[at])
    is_there = is_recorded(reader.project_id, reader.trace_id, span_id)
    return {"record": span_hex(span_id)} if is_there else {}
