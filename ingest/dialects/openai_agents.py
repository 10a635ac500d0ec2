"""OpenAI's Agents SDK, where OpenTelemetry's own instrumentation has names beyond the conventions:
hand-offs, guardrails, and a workflow around the agents that calls itself an agent.

Other instrumentations of the SDK have files of their own.
"""

from __future__ import annotations

from agentscope.vocabulary import Kind, WireSpan
from ingest.reading.scalars import always, name
from ingest.reading.source import (
    JUDGES,
    MARKED,
    VENDOR,
    Events,
    Facts,
    Fields,
    Flattened,
    Refinements,
    Source,
)
from ingest.reading.verdicts import refused_if

NAME = "openai_agents"

WORKFLOW = "gen_ai.workflow.name"

FIELDS: Fields = {
    "gen_ai.guardrail.triggered": (
        Source("kind", MARKED + 2, always(Kind.GUARDRAIL)),
        Source("verdict", 10, refused_if, JUDGES),
    ),
    "gen_ai.guardrail.name": Source("kind", VENDOR + 8, always(Kind.GUARDRAIL)),
    "gen_ai.guardrail.input": Source("input", 69),
    "gen_ai.guardrail.output": Source("output", 69),
    "gen_ai.guardrail.error.type": Source("error_type", 67),
}

FLATTENED: Flattened = {}
EVENTS: Events = {}


def refine_workflow(span: WireSpan, facts: Facts) -> None:
    """The run of a workflow as a whole; an agent has a name."""
    if facts.kind is Kind.AGENT and "gen_ai.agent.name" not in span.attributes:
        facts.settle_kind(Kind.CHAIN, WORKFLOW)


def refine_handoff(span: WireSpan, facts: Facts) -> None:
    """A hand-off in plain words, as several instrumentations of the SDK write it."""
    if "to_agent" in span.attributes:
        facts.settle_kind(Kind.HANDOFF, "to_agent")
        if said := name(span.attributes["from_agent"]):
            facts.add("agent", 18, "from_agent", said)


REFINE: Refinements = {WORKFLOW: refine_workflow, "from_agent": refine_handoff}
