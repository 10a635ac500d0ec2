"""OpenTelemetry's GenAI conventions with content in events only: a model call's messages and tools
come as a log record with structured values, what its span keeps are the numbers."""

from __future__ import annotations

from typing import Any

from tests.scenarios.senders import genai
from tests.scenarios.senders.genai import answered, message
from tests.scenarios.senders.sender import REDACTED, Record, Sender, Told, schema
from tests.scenarios.steps import Hidden, Step

DETAILS = "gen_ai.client.inference.operation.details"
CONTENT = ("gen_ai.input.messages", "gen_ai.output.messages", "gen_ai.tool.definitions")


def describe(step: Step, hidden: Hidden) -> Told:
    """A step as the conventions have it; content of model calls in a record beside it."""
    told = genai.describe(step, hidden)
    if step.kind != "model":
        return told
    plain = {key: value for key, value in told.attributes.items() if key not in CONTENT}
    record = Record(DETAILS, step.end, plain | content(step, hidden))
    return Told(told.name, plain, told.exception, (record,))


def content(step: Step, hidden: Hidden) -> dict[str, Any]:
    """Messages and tools as values with fields, not as JSON."""
    if hidden == "off":
        return {}
    if hidden == "redacted":
        return dict.fromkeys(CONTENT[:2], REDACTED)
    said = [[message(turn) for turn in step.asked], answered(step)]
    return dict(zip(CONTENT, (*said, [schema(tool) for tool in step.offered]), strict=True))


SENDER = Sender(
    "genai_events",
    "opentelemetry.instrumentation.genai.langchain",
    "python",
    says_ok=False,
    describe=describe,
)
