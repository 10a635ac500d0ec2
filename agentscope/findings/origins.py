"""Lineage of a stored trace, worked out when somebody asks: see lineage.py. Content is not read;
whoever has that of a span can spell what a key stands for."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from agentscope.findings.lineage import Edge, Level, edges, tool
from agentscope.findings.scene import Scene
from agentscope.signatures.stored import unpack
from agentscope.traces.grow import grow
from agentscope.traces.load import load_spans


@dataclass(slots=True, frozen=True)
class Origin:
    """A host or an address of a call, and the result in which it came up first."""

    level: Level
    is_mail: bool
    key: int
    call: int  # span ids
    source: int
    call_tool: str
    source_tool: str


def origins_of_trace(project_id: int, trace_id: UUID) -> list[Origin] | None:
    """All of a trace in order of the calls. None if the project has no such trace."""
    seen = seen_of(project_id, trace_id)
    return None if seen is None else [origin(seen, edge) for edge in edges(seen)]


def seen_of(project_id: int, trace_id: UUID) -> Scene | None:
    """A trace as far as edges need it; None if the project has no such trace."""
    spans = load_spans(project_id, trace_id)
    tree = grow(spans)
    if not tree:
        return None
    spans = spans.follow(tree.span_id)
    return Scene(tree, spans, unpack(spans.signature), [], [])


def origin(seen: Scene, edge: Edge) -> Origin:
    """An edge with what its rows are called."""
    ids = seen.tree.span_id
    return Origin(
        level=edge.level,
        is_mail=edge.is_mail,
        key=edge.key,
        call=int(ids[edge.call]),
        source=int(ids[edge.source]),
        call_tool=tool(seen, edge.call),
        source_tool=tool(seen, edge.source),
    )
