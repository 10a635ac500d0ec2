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
    """Those that act as agents. Rows are in reading order: a parent comes before its children.

    Tools are beside the calls of the model; in version 7, inside of them.
    """
    calls = dict.fromkeys(named, 0)
    found: set[int] = set()
    holder: list[int] = []  # the named function that each row is in, or -1
    is_inside: list[bool] = []  # whether a row is below an agent or a tool
    for at, above in enumerate(parent):
        outer = holder[above] if above >= 0 else -1
        is_inside.append(above >= 0 and (is_inside[above] or kind[above] in {AGENT, TOOL}))
        holder.append(at if at in named else outer)
        if at in named and is_inside[at]:
            found.add(at)
        elif outer >= 0 and kind[at] in {LLM, TOOL}:
            calls[outer] += kind[at] == LLM
            if kind[at] == TOOL or calls[outer] > 1:
                found.add(outer)
    return found
