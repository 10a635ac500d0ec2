"""What each SDK calls things: one file a dialect. `DIALECTS` is all of them.

A dialect says in tables which attribute holds which field. The choice is made per field, over all
dialects together: on a span that speaks two, the best model name and the best messages may come
from different ones. docs/extending.md shows how to add one.
"""

from agentscope.vocabulary import Meaning, WireLog, WireSpan
from ingest.dialects import (
    ag2,
    agent_framework,
    agentops,
    agno,
    autogen,
    azure_agents,
    claude_code,
    codex,
    copilot,
    crewai,
    dspy,
    durable,
    flue,
    gemini_cli,
    genkit,
    google_adk,
    haystack,
    laminar,
    langfuse,
    langsmith,
    langwatch,
    litellm,
    livekit,
    llamaindex,
    logfire,
    mastra,
    mcp,
    mlflow,
    openai_agents,
    openinference,
    openlit,
    openllmetry,
    openrouter,
    otel_genai,
    portkey,
    pydantic_ai,
    semantic_kernel,
    smolagents,
    spring_ai,
    strands,
    vercel,
    voltagent,
    weave,
)
from ingest.reading.source import Dialect
from ingest.understand import Understanding

DIALECTS: tuple[Dialect, ...] = (
    otel_genai,
    openinference,
    openllmetry,
    mlflow,
    vercel,
    mastra,
    langfuse,
    langsmith,
    haystack,
    ag2,
    agent_framework,
    agentops,
    autogen,
    azure_agents,
    google_adk,
    logfire,
    openai_agents,
    pydantic_ai,
    semantic_kernel,
    strands,
    weave,
    agno,
    claude_code,
    codex,
    copilot,
    crewai,
    dspy,
    gemini_cli,
    litellm,
    llamaindex,
    mcp,
    openlit,
    portkey,
    smolagents,
    laminar,
    langwatch,
    voltagent,
    genkit,
    spring_ai,
    livekit,
    openrouter,
    flue,
    durable,
)
TOGETHER = Understanding(DIALECTS)


def understand(span: WireSpan) -> Meaning:
    """What a span means, as far as any dialect can tell. Never raises."""
    return TOGETHER.span(span)


def understand_log(log: WireLog) -> Meaning:
    """What a log record says of the span that it belongs to: above all, content. Never raises."""
    return TOGETHER.log(log)
