"""Agno: `agno.*` beside the attributes of whoever instruments it."""

from __future__ import annotations

from agentscope.vocabulary import Kind, WireSpan
from ingest.reading.scalars import name, text
from ingest.reading.source import AGENTS, Events, Facts, Fields, Flattened, Refinements, Source

NAME = "agno"

FIELDS: Fields = {
    "agno.agent.name": Source("agent", 35, name, AGENTS),
    "agno.team.name": Source("agent", 36, name, AGENTS),
    "agno.agent.id": Source("agent_id", 50),
    "agno.team.id": Source("agent_id", 51),
    "agno.session.id": Source("conversation", 66, text),
    "agno.user.id": Source("user", 66),
}
FLATTENED: Flattened = {}
EVENTS: Events = {}


def refine_team(span: WireSpan, facts: Facts) -> None:
    """A team answers through a leader with a model of its own, so its run is that of an agent;
    OpenLLMetry calls it a workflow."""
    leader = name(span.attributes.get("agno.team.name"))
    if leader and facts.kind is Kind.CHAIN and span.name.endswith(".team"):
        facts.settle_kind(Kind.AGENT, "agno.team.name")
        facts.add("agent", 36, "agno.team.name", leader)


REFINE: Refinements = {"agno.team.name": refine_team}
