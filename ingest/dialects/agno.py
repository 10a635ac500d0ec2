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
    if facts.kind is Kind.CHAIN and span.name.endswith(".team"):
        say_leader(span, facts, "agno.team.name")


def refine_members(span: WireSpan, facts: Facts) -> None:
    """The same through OpenLIT, which tells the members of a team."""
    if facts.kind is Kind.CHAIN:
        say_leader(span, facts, "gen_ai.workflow.name")


def say_leader(span: WireSpan, facts: Facts, key: str) -> None:
    """The run of a team is that of an agent of its name."""
    if leader := name(span.attributes.get(key)):
        facts.settle_kind(Kind.AGENT, key)
        facts.add("agent", 36, key, leader)


REFINE: Refinements = {
    "agno.team.name": refine_team,
    "gen_ai.agno.team.agents": refine_members,
}
