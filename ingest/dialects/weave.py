"""Weave (Weights & Biases): OpenTelemetry's names, with `weave.openai_agents.*` for what these have
no name for, and `wandb.*` where users send spans to it themselves."""

from __future__ import annotations

from agentscope.vocabulary import Kind
from ingest.reading.kinds import spelled
from ingest.reading.scalars import always, kind_of, name
from ingest.reading.source import (
    JUDGES,
    MARKED,
    VENDOR,
    Events,
    Fields,
    Flattened,
    Refinements,
    Source,
)
from ingest.reading.verdicts import refused_if

NAME = "weave"

KINDS = spelled(
    agent="agent",
    llm="llm chat completion",
    tool="tool",
    chain="chain workflow task turn",
    retrieval="retriever retrieval",
    embedding="embedding",
    guardrail="guardrail",
    evaluator="evaluator scorer evaluation",
)
OF_SDK = "weave.openai_agents"

FIELDS: Fields = {
    "weave.span.kind": Source("kind", VENDOR + 9, kind_of(KINDS)),
    "wandb.span.kind": Source("kind", VENDOR + 9, kind_of(KINDS)),
    "wandb.thread_id": Source("conversation", 79),
    f"{OF_SDK}.handoff.from_agent": (
        Source("kind", MARKED + 3, always(Kind.HANDOFF)),
        Source("agent", 16, name),
    ),
    f"{OF_SDK}.handoff.to_agent": Source("kind", MARKED + 3, always(Kind.HANDOFF)),
    f"{OF_SDK}.guardrail.name": Source("kind", MARKED + 3, always(Kind.GUARDRAIL)),
    f"{OF_SDK}.guardrail.triggered": Source("verdict", 20, refused_if, JUDGES),
    f"{OF_SDK}.task.workflow_name": Source("kind", VENDOR + 9, always(Kind.CHAIN)),
    f"{OF_SDK}.turn.agent_name": (
        Source("kind", VENDOR + 9, always(Kind.CHAIN)),
        Source("agent", 79, name),
    ),
    f"{OF_SDK}.mcp.server": Source("kind", VENDOR + 9, always(Kind.OTHER)),
    f"{OF_SDK}.transcription.model": Source("request_model", 77, name),
    f"{OF_SDK}.transcription.input": Source("input", 78),
    f"{OF_SDK}.transcription.output": Source("output", 78),
    f"{OF_SDK}.speech.model": Source("request_model", 78, name),
    f"{OF_SDK}.speech.input": Source("input", 79),
    f"{OF_SDK}.speech.output": Source("output", 79),
}

FLATTENED: Flattened = {}
REFINE: Refinements = {}
EVENTS: Events = {}
