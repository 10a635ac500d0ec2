"""Codex CLI: spans of turns and responses, and log records; in its terminal mode records only."""

from __future__ import annotations

from agentscope.vocabulary import Kind, Value, WireLog, WireSpan
from ingest.reading.messages import inputs
from ingest.reading.own_words import not_ok, say, sign
from ingest.reading.scalars import count, name, text
from ingest.reading.source import (
    CALLS,
    CONVERSATIONS,
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
from ingest.reading.tools import arguments, result

NAME = "codex"
TURNS = {"session_task.turn", "turn"}
RESPONSE = "handle_responses"  # renamed with each event of the stream
FIRST_FAILURE = 400  # HTTP status


FIELDS: Fields = {
    # The whole turn: a sum over its responses.
    "codex.turn.token_usage.input_tokens": Source("input_tokens", 72, count),
    "codex.turn.token_usage.output_tokens": Source("output_tokens", 72, count),
    "codex.turn.token_usage.total_tokens": Source("total_tokens", 72, count),
    "codex.turn.token_usage.cached_input_tokens": Source("cache_read_tokens", 82, count),
    "codex.turn.token_usage.cache_write_input_tokens": Source("cache_write_tokens", 82, count),
    "codex.turn.token_usage.reasoning_output_tokens": Source("reasoning_tokens", 82, count),
}
OWN: Fields = {
    "model": Source("request_model", 72, name, kinds(Kind.LLM, Kind.AGENT)),
    "input_token_count": Source("input_tokens", 73, count),
    "output_token_count": Source("output_tokens", 73, count),
    "cached_token_count": Source("cache_read_tokens", 83, count),
    "reasoning_token_count": Source("reasoning_tokens", 83, count),
    "conversation.id": Source("conversation", 60),
    "thread.id": Source("conversation", 61),
    "user.account_id": Source("user", 72),
    "user.email": Source("user", 73),
    "app.version": Source("agent_version", 51),
    "tool_name": Source("tool", 41, name),
    "call_id": Source("tool_call_id", 51, text),
    "arguments": Source("arguments", 58, arguments, CALLS),
    "output": Source("result", 58, result, CALLS),
    "success": Source("failed", 31, not_ok),
    "error.message": Source("error_message", 31),
    "prompt": Source("input_messages", 53, inputs, CONVERSATIONS),
}


def refine(span: WireSpan, facts: Facts) -> None:
    """A span of Codex. None has an attribute that tells its kind."""
    say(facts, span.attributes, OWN)
    if span.name in TURNS:
        facts.settle_kind(Kind.AGENT, "name")
        facts.add("agent", 95, "scope", NAME)
    elif facts.has("input_tokens") or span.name.startswith(RESPONSE):
        facts.settle_kind(Kind.LLM, "name")
        facts.add("system", 95, "scope", "openai")


def read_log(event: str, record: WireLog, facts: Facts) -> None:
    """A record of Codex. A stream has many events; the last one has the counts of the call."""
    attributes = record.attributes
    facts.kind = kind_of_event(event, attributes)
    say(facts, attributes, OWN)
    if event == "api_request" and facts.kind is Kind.LLM:
        facts.add("failed", 10, "http.response.status_code", True)
    sign(facts, NAME, "openai")


def kind_of_event(event: str, attributes: dict[str, Value]) -> Kind:
    """What a record stands for, if for anything."""
    if event == "user_prompt":
        return Kind.AGENT
    if event == "tool_result":
        return Kind.TOOL
    if event in {"sse_event", "websocket_event"}:
        is_end = attributes.get("event.kind") == "response.completed"
        return Kind.LLM if is_end else Kind.OTHER
    status = count(attributes.get("http.response.status_code")) or 0
    has_failed = event == "api_request" and status >= FIRST_FAILURE
    return Kind.LLM if has_failed else Kind.OTHER


FLATTENED: Flattened = {}
EVENTS: Events = {}
REFINE: Refinements = {Scope("codex_cli_rs"): refine, Scope("codex_exec"): refine}
LOGS: Logs = {NAME: read_log}
