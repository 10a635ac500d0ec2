"""What is counted once although several spans report it: tool calls and failures."""

from __future__ import annotations

import numpy as np

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
    outer: list[int] = []  # the tool call that each row is part of, -1 for none
    counted: list[bool] = []
    seen: set[tuple[str, str]] = set()
    status = spans.status.tolist()
    for at, (kind, above) in enumerate(zip(spans.kind.tolist(), parent.tolist(), strict=True)):
        inside = outer[above] if above >= 0 and kind != AGENT else -1
        is_call = kind == TOOL and status[at] != WAITING and spans.tool[at] not in MERGED
        if is_call and (is_call := not same_call(spans, inside, at)):
            call = (spans.tool_call_id[at], spans.tool[at])
            is_call = call not in seen
            if call[0]:
                seen.add(call)
        counted.append(is_call)
        outer.append(at if kind == TOOL else inside)
    return np.array(counted, bool)


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
