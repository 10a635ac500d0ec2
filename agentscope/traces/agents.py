"""Which agent each span belongs to, and through which agents it was reached."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from agentscope.traces.delegates import delegates, told_by_themselves
from agentscope.traces.functions import correct_functions
from agentscope.traces.langgraph import LangGraph
from agentscope.traces.load import Spans
from agentscope.traces.tree import Bytes, Shorts
from agentscope.vocabulary import Kind

SEPARATOR = "/"
# A path grows with every agent that calls another; beyond these it ends in an ellipsis, or the
# paths of a chain of 20,000 agents would fill the memory.
MOST_NESTED = 50
# Between two spans of one agent there may be steps; a tool or a handoff in between is a new call.
CALLS = {Kind.TOOL, Kind.HANDOFF}
AGENT, CHAIN = Kind.AGENT, Kind.CHAIN
UNNAMED = "create_agent default"


@dataclass(slots=True)
class Owners:
    """The agent and the agent path of each row, and its kind as far as agents decide it."""

    agent: list[str]
    path: list[str]
    kind: Bytes


def owners(spans: Spans, parent: Shorts, end: Shorts) -> Owners:
    """Who owns each span, rows being in reading order.

    The nearest agent above owns a span. What a span says of itself counts where there is none, but
    not that of a step: instrumentations put the names of nodes there. An agent directly inside one
    of the same name is the same agent, reported twice.
    """
    above, kind = parent.tolist(), spans.kind.tolist()
    acts = [said if k == AGENT else "" for k, said in zip(kind, spans.agent, strict=True)]
    name_by_tool(spans, above, kind, acts)
    correct_functions(spans, above, kind, acts)
    LangGraph(spans, above, end, kind, acts).correct()
    agent, path = inherited(spans, above, kind, acts)
    return Owners(agent, path, np.array(kind, np.uint8))


def name_by_tool(spans: Spans, parent: list[int], kind: list[int], acts: list[str]) -> None:
    """An agent that has no name goes by that of the tool that it was called by, if it was. One that
    holds an agent with a name is the run of that one."""
    holds = {above for at, above in enumerate(parent) if acts[at]}
    for at, above in enumerate(parent):
        if kind[at] == AGENT and not acts[at] and above >= 0 and kind[above] == Kind.TOOL:
            acts[at] = "" if at in holds else spans.tool[above]


def inherited(
    spans: Spans, parent: list[int], kind: list[int], acts: list[str]
) -> tuple[list[str], list[str]]:
    """Agents and paths, from the row where an agent acts down to all that is below it."""
    delegate, told = delegates(spans, kind), told_by_themselves(spans)
    agents: list[str] = []
    paths: list[str] = []
    is_called: list[bool] = []  # whether a tool lies between the row and its agent
    for at, above in enumerate(parent):
        agent, path, called, handed = "", "", False, ""
        if above >= 0:
            agent, path, called = agents[above], paths[above], is_called[above]
            handed = "" if acts[at] else delegate[above]
        if handed and normal(handed) != normal(agent):
            agent, path, called = handed, longer(path, handed), False
        own = acts[at] or told[at]
        if not own and not agent and kind[at] != CHAIN and not is_unnamed(spans, at):
            own = spans.agent[at]
        if own and (called or (own != agent and normal(own) != normal(agent))):
            agent, path = own, longer(path, own)
        agents.append(agent)
        paths.append(path)
        is_called.append((called and not own) or kind[at] in CALLS)
    return agents, paths


def is_unnamed(spans: Spans, at: int) -> bool:
    """Whether a span names an agent only because its sender has to: OpenLIT tells of the making of
    a graph without a name as `create_agent default`."""
    return spans.name[at] == UNNAMED and spans.scope[at].startswith("openlit.")


def longer(path: str, agent: str) -> str:
    """The path through one more agent."""
    if path.count(SEPARATOR) < MOST_NESTED:
        return path + SEPARATOR + agent if path else agent
    return path if path.endswith("…") else path + SEPARATOR + "…"


@lru_cache(4096)
def normal(name: str) -> str:
    """A name as it is compared: instrumentations differ in case and separators."""
    return name.lower().replace("_", " ").replace("-", " ").strip()
