"""Claude Code: spans with `span.type`, and log records that hold the money.

Its attributes have everyday names, so they are read on its own records only. Its counts leave the
cache out of the input."""

from __future__ import annotations

from agentscope.vocabulary import Kind, Value, WireLog, WireSpan
from ingest.reading.kinds import spelled
from ingest.reading.messages import inputs, outputs
from ingest.reading.own_words import not_ok, say, sign
from ingest.reading.scalars import count, kind_of, name, text, usd, words
from ingest.reading.source import (
    CALLS,
    CONVERSATIONS,
    MODEL_CALLS,
    Events,
    Facts,
    Fields,
    Flattened,
    Logs,
    Refinements,
    Source,
    kinds,
)
from ingest.reading.tools import arguments, result

NAME = "claude_code"
AGENT = "claude-code"  # the main agent; its sub-agents have names of their own

KINDS = spelled(
    agent="interaction claude_code.interaction",
    llm="llm_request claude_code.llm_request",
    tool="tool claude_code.tool",
    human="tool.blocked_on_user claude_code.tool.blocked_on_user",
    guardrail="hook claude_code.hook",
    other="tool.execution claude_code.tool.execution",  # a part of the tool around it
)
kind_in = kind_of(KINDS)
EVENT_KINDS = {
    "user_prompt": Kind.AGENT,
    "api_request": Kind.LLM,
    "api_error": Kind.LLM,
    "tool_result": Kind.TOOL,
}


def speed(value: Value) -> str | None:
    """The fast mode has prices of its own."""
    return "fast" if value == "fast" else None


OWN: Fields = {
    "model": Source("request_model", 70, name, kinds(Kind.LLM)),
    "input_tokens": Source("input_tokens", 70, count),
    "output_tokens": Source("output_tokens", 70, count),
    "cache_read_tokens": Source("cache_read_tokens", 80, count),
    "cache_creation_tokens": Source("cache_write_tokens", 80, count),
    "cost_usd": Source("reported_cost", 25, usd),
    "speed": Source("service_tier", 70, speed),
    "request_id": Source("response_id", 30, text, MODEL_CALLS),
    "stop_reason": Source("finish_reasons", 60, words),
    "agent.name": Source("agent", 30, name),
    "agent_id": Source("agent_id", 40),
    "app.version": Source("agent_version", 50),
    "user.account_uuid": Source("user", 70),
    "user.email": Source("user", 71),
    "tool_name": Source("tool", 40, name),
    "tool_use_id": Source("tool_call_id", 50, text),
    "tool_input": Source("arguments", 55, arguments, CALLS),
    "tool_parameters": Source("arguments", 56, arguments, CALLS),
    "success": Source("failed", 30, not_ok),
    "error": Source("error_message", 30),
    "error_type": Source("error_type", 30),
    "status_code": Source("http_status", 30, count),
    "user_prompt": Source("input_messages", 50, inputs, CONVERSATIONS),
    "prompt": Source("input_messages", 51, inputs, CONVERSATIONS),
    "new_context": Source("input_messages", 52, inputs, CONVERSATIONS),
    "response.model_output": Source("output_messages", 50, outputs, CONVERSATIONS),
}
# What a tool was called with, where each argument is an attribute of its own
ARGUMENTS = ("full_command", "file_path", "skill_name", "subagent_type")


def refine(span: WireSpan, facts: Facts) -> None:
    """A span of Claude Code. VoltAgent has the same marker, with other values or `entity.type`."""
    kind = kind_in(span.attributes.get("span.type"))
    if kind is None or "entity.type" in span.attributes:
        return
    facts.settle_kind(kind, "span.type")
    read(span.attributes, facts)
    if kind is Kind.AGENT:
        facts.add("agent", 95, "span.type", AGENT)
    elif kind is Kind.TOOL:
        read_tool(span, facts)


def read(attributes: dict[str, Value], facts: Facts) -> None:
    """What spans and records have in common."""
    say(facts, attributes, OWN)
    if "input_tokens" in attributes:
        facts.add("cache_outside", 10, "input_tokens", True)


def read_tool(span: WireSpan, facts: Facts) -> None:
    """Arguments from attributes, the result from an event."""
    said = {key: span.attributes[key] for key in ARGUMENTS if key in span.attributes}
    if sub_agent := name(said.get("subagent_type")):
        facts.add("agent", 15, "subagent_type", sub_agent)
    if said:
        facts.add("arguments", 57, ", ".join(said), said)
    for event in span.events:
        if event.name == "tool.output" and event.attributes:
            given = event.attributes.get("output", event.attributes.get("content"))
            given = dict(event.attributes) if given is None else result(given)
            facts.add("result", 55, "tool.output", given)


def read_log(event: str, record: WireLog, facts: Facts) -> None:
    """A record of Claude Code; some stand for a turn, a model call or a tool."""
    facts.kind = EVENT_KINDS.get(event, Kind.OTHER)
    read(record.attributes, facts)
    if event == "api_error":
        facts.add("failed", 10, "event.name", True)
    sign(facts, AGENT, "anthropic")


FIELDS: Fields = {}
FLATTENED: Flattened = {}
EVENTS: Events = {}
REFINE: Refinements = {"span.type": refine}
LOGS: Logs = {NAME: read_log}
