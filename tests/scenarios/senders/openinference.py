"""OpenInference, as its instrumentation of OpenAI's Agents SDK writes it: messages flattened."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from tests.scenarios.senders.sender import REDACTED, Sender, Told, schema, shown
from tests.scenarios.steps import Hidden, Step, Turn


def describe(step: Step, hidden: Hidden) -> Told:
    """A step with its `openinference.span.kind`."""
    common = {"session.id": step.session or None}
    if step.kind in ("workflow", "wrapper", "http"):
        return Told(step.name, common | {"openinference.span.kind": "CHAIN"})
    if step.kind == "agent":
        metadata = json.dumps({"max_turns": step.limit}) if step.limit else None
        said = {"graph.node.id": step.agent, "agent.name": step.agent, "metadata": metadata}
        return Told(step.agent, common | {"openinference.span.kind": "AGENT"} | said)
    if step.kind == "model":
        return Told("response", common | response(step, hidden))
    if step.kind == "handoff":
        return Told(
            f"handoff to {step.target}",
            common
            | {
                "openinference.span.kind": "TOOL",
                "input.value": shown(step.agent, hidden),
                "output.value": shown(step.target, hidden),
            },
        )
    return Told(step.name, common | function(step, hidden))


def response(step: Step, hidden: Hidden) -> dict[str, Any]:
    """A call of a model."""
    return {
        "openinference.span.kind": "LLM",
        "llm.system": step.provider,
        "llm.model_name": step.model,
        "llm.finish_reason": step.finish or None,
        "llm.token_count.prompt": step.input_tokens,
        "llm.token_count.completion": step.output_tokens,
        "llm.token_count.prompt_details.cache_read": step.cached_tokens or None,
        "llm.token_count.completion_details.reasoning": step.reasoning_tokens or None,
        "output.value": shown(answered(step), hidden),
        **{
            f"llm.tools.{at}.tool.json_schema": json.dumps(schema(tool))
            for at, tool in enumerate(step.offered)
        },
        **flattened("llm.input_messages", step.asked, hidden),
        **flattened("llm.output_messages", [step.answer] if step.answer else [], hidden),
    }


def answered(step: Step) -> dict[str, Any] | None:
    """The answer as the provider gave it: above all, its id."""
    return (
        {"id": step.response_id, "object": "response", "model": step.model} if step.answer else None
    )


def function(step: Step, hidden: Hidden) -> dict[str, Any]:
    """A tool that was executed."""
    return {
        "openinference.span.kind": "TOOL",
        "tool.name": step.name,
        "tool_call.id": step.call_id,
        "input.value": shown(step.arguments, hidden),
        "input.mime_type": "application/json",
        "output.value": shown(step.result, hidden),
    }


def flattened(prefix: str, turns: Sequence[Turn], hidden: Hidden) -> dict[str, Any]:
    """Messages, an attribute for each of their fields. Roles are written in any case."""
    if hidden == "off":
        return {}
    said: dict[str, Any] = {}
    for at, turn in enumerate(turns):
        here = f"{prefix}.{at}.message"
        said[f"{here}.role"] = turn.role
        if turn.text:
            said[f"{here}.content"] = REDACTED if hidden else turn.text
        if turn.call_id:
            said[f"{here}.tool_call_id"] = turn.call_id
        said |= calls(here, turn, hidden)
    return said


def calls(here: str, turn: Turn, hidden: Hidden) -> dict[str, Any]:
    """The tool calls of a message."""
    said: dict[str, Any] = {}
    for at, call in enumerate(turn.calls):
        inner = f"{here}.tool_calls.{at}.tool_call"
        said[f"{inner}.id"] = call.id
        said[f"{inner}.function.name"] = call.tool
        said[f"{inner}.function.arguments"] = shown(call.arguments, hidden)
    return said


SENDER = Sender(
    "openinference",
    "openinference.instrumentation.openai_agents",
    "python",
    says_ok=True,
    describe=describe,
)
