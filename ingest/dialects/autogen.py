"""AutoGen since 0.4: agents and tools with OpenTelemetry's names (scope `autogen-core`), and the
messages between them (`autogen SingleThreadedAgentRuntime` and other runtimes).

It reports no model calls; those come from an instrumentation of the client.
"""

from __future__ import annotations

from agentscope.vocabulary import Kind, WireSpan
from ingest.reading.json_values import mapping
from ingest.reading.source import Events, Facts, Fields, Flattened, Refinements, Scope, Source

NAME = "autogen"

FIELDS: Fields = {
    "recipient_agent_type": Source("infrastructure", 97),
}

FLATTENED: Flattened = {}
EVENTS: Events = {}


def refine(span: WireSpan, facts: Facts) -> None:
    """A message that is sent, delivered or answered. What it says is its input."""
    facts.settle_kind(Kind.OTHER, "scope")
    if found := mapping(span.attributes.get("message")):
        facts.add("input", 67, "message", found)


REFINE: Refinements = {Scope("autogen "): refine}
