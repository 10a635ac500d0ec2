"""Agents that are named only by the tool through which another one hands them work."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from agentscope.traces.spans import Spans
from agentscope.vocabulary import Flag, Kind

# CrewAI's tools, in both spellings, and Claude Code's. The dialect says who is asked as the agent
# of the tool's span.
DELEGATIONS = frozenset(
    f"{what}{gap}coworker".replace(" ", gap)
    for what in ("delegate work to", "ask question to")
    for gap in (" ", "_")
) | {"task", "agent"}
TOOL, FROM_LOGS = int(Kind.TOOL), int(Flag.FROM_LOGS)


def delegates(spans: Spans, kind: list[int]) -> list[str]:
    """For each row the agent that works inside it although no span of that agent tells so: "" for
    rows that are no delegation."""
    handed = [""] * len(kind)
    for at in np.flatnonzero(np.array(kind) == TOOL).tolist():
        if spans.agent[at] and spans.tool[at].lower() in DELEGATIONS:
            handed[at] = spans.agent[at]
    return handed


def told_by_themselves(spans: Spans) -> list[str]:
    """The agents that rows made of log records name: nothing above these tells of sub-agents."""
    told = [""] * len(spans)
    for at in np.flatnonzero(spans.flags & FROM_LOGS).tolist():
        told[at] = spans.agent[at]
    return told


def also(named: Iterable[str], spans: Spans) -> list[str]:
    """Names of agents, and those to whom work was handed without a span of their own."""
    handed = filter(None, delegates(spans, spans.kind.tolist()))
    return list(dict.fromkeys((*named, *sorted(set(handed)))))
