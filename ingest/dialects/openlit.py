"""OpenLIT: OpenTelemetry's names with additions. Its spans of frameworks carry sums over the calls
below them, and its costs are of its own making."""

from __future__ import annotations

from agentscope.vocabulary import Kind, WireSpan
from ingest.reading.json_values import parsed
from ingest.reading.messages import outputs
from ingest.reading.scalars import always, count, text
from ingest.reading.source import (
    EVIDENCE,
    MARKED,
    Events,
    Facts,
    Fields,
    Flattened,
    Refinements,
    Scope,
    Source,
)

NAME = "openlit"

FIELDS: Fields = {
    "gen_ai.environment": Source("environment", 40),
    "gen_ai.client.token.usage": Source("total_tokens", 60, count),
    "gen_ai.content.reasoning": Source("output_messages", 75, outputs),
    "gen_ai.workflow.input": Source("input", 58, parsed),
    "gen_ai.workflow.output": Source("output", 72, parsed),
    "gen_ai.agent.human_input": Source("kind", MARKED, always(Kind.HUMAN)),
    "gen_ai.checkpoint.id": Source("kind", EVIDENCE + 6, always(Kind.CHECKPOINT)),
    "gen_ai.memory.type": Source("kind", EVIDENCE + 7, always(Kind.MEMORY)),
    "gen_ai.framework.error.message": Source("error_message", 40, text),
}

FLATTENED: Flattened = {}
EVENTS: Events = {}


def refine_step(span: WireSpan, facts: Facts) -> None:
    """It calls each step of CrewAI's executor an agent, but tells the name of real ones only."""
    is_named = "gen_ai.agent.name" in span.attributes or "gen_ai.agent.id" in span.attributes
    if facts.kind is Kind.AGENT and not is_named:
        facts.settle_kind(Kind.CHAIN, "name")


def refine_client(span: WireSpan, facts: Facts) -> None:
    """Clients whose input is told as the API has it, without the cache, with a total of that. What
    LangChain says of the same models is made whole by LangChain."""
    facts.add("cache_outside", 50, "scope", True)


def refine_gemini(span: WireSpan, facts: Facts) -> None:
    """Gemini's client: output as the API tells it, without thoughts, with a total of that."""
    facts.add("reasoning_outside", 50, "scope", True)


def refine_runner(span: WireSpan, facts: Facts) -> None:
    """Google's ADK: the run of a whole program is called an agent, by the name of the program."""
    if facts.kind is Kind.AGENT and "gen_ai.execution.mode" in span.attributes:
        facts.settle_kind(Kind.CHAIN, "gen_ai.execution.mode")
        facts.candidates.pop("agent", None)


REFINE: Refinements = {
    Scope("openlit."): refine_step,
    Scope("openlit.instrumentation.anthropic"): refine_client,
    Scope("openlit.instrumentation.bedrock"): refine_client,
    Scope("openlit.instrumentation.google_adk"): refine_runner,
    Scope("openlit.instrumentation.google_ai_studio"): refine_gemini,
}
