"""Which agent each span belongs to, and through which agents it was reached."""

from __future__ import annotations

from agentscope.traces.load import Spans
from agentscope.traces.tree import Shorts
from agentscope.vocabulary import Kind

SEPARATOR = "/"
# Between two spans of one agent there may be steps; a tool or a handoff in between is a new call.
CALLS = {Kind.TOOL, Kind.HANDOFF}


def owners(spans: Spans, parent: Shorts) -> tuple[list[str], list[str]]:
    """The agent and the agent path of each row, rows being in reading order.

    The nearest agent above owns a span; what a span says of itself counts where there is none. An
    agent directly inside one of the same name is the same agent, reported by two instrumentations.
    """
    agents: list[str] = []
    paths: list[str] = []
    is_called: list[bool] = []  # whether a tool lies between the row and its agent
    for kind, name, said, above in zip(
        spans.kind.tolist(), spans.name, spans.agent, parent.tolist(), strict=True
    ):
        agent, path, called = (
            (agents[above], paths[above], is_called[above]) if above >= 0 else ("", "", False)
        )
        if kind == Kind.AGENT or (said and not agent):
            own = said or name
            if called or normal(own) != normal(agent):
                path = path + SEPARATOR + own if path else own
                agent = own
            called = False
        agents.append(agent)
        paths.append(path)
        is_called.append(called or kind in CALLS)
    return agents, paths


def normal(name: str) -> str:
    """A name as it is compared: instrumentations differ in case and separators."""
    return name.lower().replace("_", " ").replace("-", " ").strip()
