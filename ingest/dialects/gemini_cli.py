"""Gemini CLI: OpenTelemetry's names on spans, with habits of its own, and log records with all
counts. Its output leaves thoughts out, its input the results of the provider's tools."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from agentscope.vocabulary import Kind, Message, Value, WireLog, WireSpan
from ingest.reading.messages import inputs, outputs
from ingest.reading.own_words import not_ok, say, sign
from ingest.reading.scalars import count, name, text, words
from ingest.reading.source import (
    CALLS,
    CONVERSATIONS,
    Candidate,
    Events,
    Facts,
    Fields,
    Flattened,
    Logs,
    Refinements,
    Scope,
    Source,
    kinds,
)
from ingest.reading.tools import arguments

NAME = "gemini_cli"
AGENT = "gemini-cli"
EVENT_KINDS = {
    "user_prompt": Kind.AGENT,
    "api_response": Kind.LLM,
    "api_error": Kind.LLM,
    "tool_call": Kind.TOOL,
}


OWN: Fields = {
    "model": Source("request_model", 74, name, kinds(Kind.LLM)),
    "model_name": Source("request_model", 75, name, kinds(Kind.LLM)),
    "input_token_count": Source("input_tokens", 74, count),
    "output_token_count": Source("output_tokens", 74, count),
    "cached_content_token_count": Source("cache_read_tokens", 84, count),
    "thoughts_token_count": Source("reasoning_tokens", 84, count),
    "tool_token_count": Source("tool_input_tokens", 84, count),
    "total_token_count": Source("total_tokens", 74, count),
    "function_name": Source("tool", 42, name),
    "function_args": Source("arguments", 59, arguments, CALLS),
    "call_id": Source("tool_call_id", 52, text),
    "success": Source("failed", 32, not_ok),
    "error": Source("error_message", 32),
    "error_type": Source("error_type", 32),
    "status_code": Source("http_status", 32, count),
    "finish_reasons": Source("finish_reasons", 62, words),
    "agent_name": Source("agent", 31, name),
    "user.email": Source("user", 74),
    "prompt": Source("input_messages", 54, inputs, CONVERSATIONS),
    "response_text": Source("output_messages", 54, outputs, CONVERSATIONS),
}


def refine(span: WireSpan, facts: Facts) -> None:
    """A span of Gemini CLI. Its prompt is a turn; what the model said is told as the system's."""
    if span.attributes.get("gen_ai.operation.name") == "user_prompt":
        facts.settle_kind(Kind.AGENT, "gen_ai.operation.name")
    turn_round(facts, "input_messages", ours)
    turn_round(facts, "output_messages", answers)


Corrected = Callable[[list[Message]], list[Message]]


def turn_round(facts: Facts, field: str, correct: Corrected) -> None:
    """Let every source of messages be corrected after it was read."""
    found = facts.candidates.get(field, [])
    facts.candidates[field] = [corrected(candidate, correct) for candidate in found]
    if not found:
        del facts.candidates[field]


def corrected(candidate: Candidate, correct: Corrected) -> Candidate:
    """A candidate whose messages are corrected."""
    rank, key, value, source = candidate

    def parse(value: Value) -> list[Message] | None:
        found = source.parse(value)
        return correct(found) if found else None

    return rank, key, value, replace(source, parse=parse)


def ours(found: list[Message]) -> list[Message]:
    """A history. Only its first message can be instructions."""
    return [*found[:1], *answers(found[1:])]


def answers(found: list[Message]) -> list[Message]:
    """Messages of which the model said those that are called the system's."""
    return [
        replace(each, role=("assistant" if each.role == "system" else each.role)) for each in found
    ]


def read_log(event: str, record: WireLog, facts: Facts) -> None:
    """A record of Gemini CLI."""
    facts.kind = EVENT_KINDS.get(event, Kind.OTHER)
    say(facts, record.attributes, OWN)
    if "thoughts_token_count" in record.attributes:
        facts.add("reasoning_outside", 10, "thoughts_token_count", True)
    if event == "api_error":
        facts.add("failed", 10, "event.name", True)
    sign(facts, AGENT, "gcp.gemini")


FIELDS: Fields = {}
FLATTENED: Flattened = {}
EVENTS: Events = {}
REFINE: Refinements = {Scope(AGENT): refine}
LOGS: Logs = {NAME: read_log}
