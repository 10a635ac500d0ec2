"""Spring AI: `spring.ai.*` beside OpenTelemetry's GenAI and database conventions.

The chat client and its advisors stand around the call of the model, which has the usage.
"""

from __future__ import annotations

from agentscope.vocabulary import Kind, WireSpan
from ingest.reading.json_values import parsed
from ingest.reading.kinds import spelled
from ingest.reading.scalars import always, kind_of, name, text
from ingest.reading.source import (
    CALLS,
    EVIDENCE,
    VENDOR,
    Events,
    Facts,
    Fields,
    Flattened,
    Refinements,
    Source,
)
from ingest.reading.tools import arguments, result

NAME = "spring_ai"

KINDS = spelled(chain="chat_client advisor", tool="tool_call", retrieval="vector_store")
KIND = "spring.ai.kind"
WRITING = ("add", "delete")  # operations of a vector store that search nothing

FIELDS: Fields = {
    KIND: Source("kind", VENDOR, kind_of(KINDS)),
    "spring.ai.tool.definition.name": Source("tool", 82, name, CALLS),
    "spring.ai.tool.call.id": Source("tool_call_id", 82, text, CALLS),
    "spring.ai.tool.call.arguments": Source("arguments", 35, arguments, CALLS),
    "spring.ai.tool.call.result": Source("result", 35, result, CALLS),
    "spring.ai.chat.client.conversation.id": Source("conversation", 82),
    "db.vector.query.content": (
        Source("input", 12),
        Source("kind", EVIDENCE, always(Kind.RETRIEVAL)),
    ),
    "db.vector.query.response.documents": Source("output", 14, parsed),
}

FLATTENED: Flattened = {}
EVENTS: Events = {}


def refine(span: WireSpan, facts: Facts) -> None:
    """A vector store that is written to is a memory."""
    if facts.kind is Kind.RETRIEVAL and span.attributes.get("db.operation.name") in WRITING:
        facts.kind = Kind.MEMORY


REFINE: Refinements = {KIND: refine}
