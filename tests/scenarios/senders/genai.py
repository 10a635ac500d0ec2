"""OpenTelemetry's GenAI conventions since 1.37: messages as JSON in one attribute each."""

from __future__ import annotations

import json
from typing import Any

from tests.scenarios.senders.sender import Sender, Told, schema, shown
from tests.scenarios.steps import Hidden, Step, Turn


def describe(step: Step, hidden: Hidden) -> Told:
    """A step as `invoke_agent`, `chat` or `execute_tool`."""
    if step.kind in ("workflow", "wrapper", "http"):
        return Told(step.name, {"gen_ai.conversation.id": step.session or None})
    common = {
        "gen_ai.conversation.id": step.session or None,
        "gen_ai.agent.name": step.agent,
        "error.type": step.failure.type if step.failure else None,
    }
    if step.kind == "agent":
        return Told(f"invoke_agent {step.agent}", common | invocation(step, hidden))
    if step.kind == "model":
        return Told(f"chat {step.model}", common | chat(step, hidden))
    return Told(f"execute_tool {step.name}", common | execution(step, hidden))


def invocation(step: Step, hidden: Hidden) -> dict[str, Any]:
    """What an agent was asked, and what it answered."""
    answer = [message(step.answer)] if step.answer else None
    return {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.request.model": step.model or None,
        "max_iterations": step.limit or None,
        "gen_ai.input.messages": shown([message(turn) for turn in step.asked] or None, hidden),
        "gen_ai.output.messages": shown(answer, hidden),
    }


def chat(step: Step, hidden: Hidden) -> dict[str, Any]:
    """A call of a model."""
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": step.provider,
        "gen_ai.request.model": step.model,
        "gen_ai.response.model": step.model if step.answer else None,
        "gen_ai.response.id": step.response_id if step.answer else None,
        "gen_ai.response.finish_reasons": [step.finish] if step.finish else None,
        "gen_ai.usage.input_tokens": step.input_tokens,
        "gen_ai.usage.output_tokens": step.output_tokens,
        "gen_ai.usage.cache_read.input_tokens": step.cached_tokens or None,
        "gen_ai.usage.reasoning.output_tokens": step.reasoning_tokens or None,
        "gen_ai.tool.definitions": json.dumps([schema(tool) for tool in step.offered]),
        "gen_ai.input.messages": shown([message(turn) for turn in step.asked], hidden),
        "gen_ai.output.messages": shown(answered(step), hidden),
        "http.response.status_code": step.failure.status if step.failure else None,
    }


def answered(step: Step) -> list[dict[str, Any]] | None:
    """The answer of a model, and why it ended."""
    return [message(step.answer) | {"finish_reason": step.finish}] if step.answer else None


def execution(step: Step, hidden: Hidden) -> dict[str, Any]:
    """A tool that was executed."""
    return {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": step.name,
        "gen_ai.tool.call.id": step.call_id,
        "gen_ai.tool.call.arguments": shown(step.arguments, hidden),
        "gen_ai.tool.call.result": shown(step.result, hidden),
    }


def message(turn: Turn) -> dict[str, Any]:
    """A turn in parts."""
    if turn.role == "tool":
        part = {"type": "tool_call_response", "id": turn.call_id, "response": turn.text}
        return {"role": "tool", "parts": [part]}
    parts: list[dict[str, Any]] = [{"type": "text", "content": turn.text}] if turn.text else []
    parts += [
        {"type": "tool_call", "id": call.id, "name": call.tool, "arguments": call.arguments}
        for call in turn.calls
    ]
    return {"role": turn.role, "parts": parts}


SENDER = Sender("otel_genai", "agents.observability", "python", says_ok=False, describe=describe)
