"""What is counted once although several spans report it: tool calls and failures."""

from __future__ import annotations

import numpy as np

from agentscope.traces.above import NONE, nearest
from agentscope.traces.load import Spans
from agentscope.traces.tree import Mask, Shorts
from agentscope.vocabulary import ErrorClass, Kind, Status

# As plain numbers: looking up a member of an enumeration would take longer than all the rest.
AGENT, TOOL, WAITING = int(Kind.AGENT), int(Kind.TOOL), int(Status.WAITING)
MERGED = {"(merged)", "(merged tools)"}  # Google ADK's span over parallel calls, beside their own


def tool_calls(spans: Spans, parent: Shorts) -> Mask:
    """The rows that stand for a tool call, the outermost of each.

    A framework, an MCP client and an MCP server may each report the same call, one inside another;
    an agent in between makes it a call of its own. One that only waits for a person has not run.
    """
    is_tool = spans.kind == TOOL
    around = np.where(spans.kind == AGENT, NONE, parent)
    inside = np.append(nearest(around, is_tool), NONE)[around]  # strictly above
    rows = np.flatnonzero(is_tool & (spans.status != WAITING))
    counted = np.zeros(len(parent), bool)
    seen: set[tuple[str, str]] = set()
    for at, outer in zip(rows.tolist(), inside[rows].tolist(), strict=True):
        if spans.tool[at] in MERGED or same_call(spans, outer, at):
            continue
        call = (spans.tool_call_id[at], spans.tool[at])
        counted[at] = call not in seen
        if call[0]:
            seen.add(call)
    return counted


def same_call(spans: Spans, outer: int, inner: int) -> bool:
    """Whether a tool span inside another one reports the same call."""
    if outer < 0:
        return False
    one, other = spans.tool_call_id[outer], spans.tool_call_id[inner]
    if one and other:
        return one == other
    return not spans.tool[inner] or spans.tool[outer] in {"", spans.tool[inner]}


def culprits(spans: Spans, end: Shorts) -> Mask:
    """The failed rows below which nothing failed: errors bubble up, and each is counted once."""
    failed = spans.status == Status.ERROR
    failed &= np.array([said != ErrorClass.CONTROL_FLOW for said in spans.error_class], bool)
    running = np.concatenate(([0], np.cumsum(failed)))
    below = running[end] - running[1:]
    deepest: Mask = failed & (below == 0)
    return deepest
