"""Which functions of Vercel's AI SDK (versions 3 to 6) act as agents.

The SDK has no agents, only functions that call a model until it is done, to which a program may
give a name. A named one is an agent if it calls tools, or the model several times, or if it works
for another agent; else it is a single call that has a name.
"""

from __future__ import annotations

from agentscope.traces.load import Spans
from agentscope.vocabulary import Kind

SCOPE = "ai"
AGENT, CHAIN, LLM, TOOL = Kind.AGENT, Kind.CHAIN, Kind.LLM, Kind.TOOL


def correct_functions(spans: Spans, parent: list[int], kind: list[int], acts: list[str]) -> None:
    """Make named functions that act as agents so, in place."""
    named = {
        at
        for at, scope in enumerate(spans.scope)
        if scope == SCOPE and kind[at] == CHAIN and spans.agent[at]
    }
    if not named:
        return
    for at in acting(named, parent, kind):
        kind[at], acts[at] = AGENT, spans.agent[at]


def acting(named: set[int], parent: list[int], kind: list[int]) -> set[int]:
    """Those that act as agents. Rows are in reading order: a parent comes before its children."""
    calls = dict.fromkeys(named, 0)
    found: set[int] = set()
    is_inside: list[bool] = []  # whether a row is below an agent or a tool
    for at, above in enumerate(parent):
        is_inside.append(above >= 0 and (is_inside[above] or kind[above] in {AGENT, TOOL}))
        if at in named and is_inside[at]:
            found.add(at)
        if above in named:
            calls[above] += kind[at] == LLM
            if kind[at] == TOOL or calls[above] > 1:
                found.add(above)
    return found
