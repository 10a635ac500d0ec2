"""Agno: `agno.*` beside the attributes of whoever instruments it."""

from __future__ import annotations

from ingest.reading.scalars import name, text
from ingest.reading.source import AGENTS, Events, Fields, Flattened, Refinements, Source

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
REFINE: Refinements = {}
