"""Vercel's AI SDK, version 6: a function around the calls of a model, tools beside them."""

from __future__ import annotations

import json
from typing import Any

from tests.scenarios.senders.sender import Sender, Told, schema, shown
from tests.scenarios.steps import Hidden, Step, Turn


def describe(step: Step, hidden: Hidden) -> Told:
    """A step as one of the SDK's operations. Handing over is a tool like others."""
    if step.kind in ("workflow", "wrapper", "http"):
        return Told(step.name, {})
    if step.kind == "agent":
        return Told("ai.generateText", common(step, "ai.generateText") | function(step, hidden))
    if step.kind == "model":
        operation = "ai.generateText.doGenerate"
        raised = {"exception.type": "AI_APICallError"} if step.failure else {}
        return Told(operation, common(step, operation) | generation(step, hidden), raised)
    return Told("ai.toolCall", common(step, "ai.toolCall") | tool_call(step, hidden))


def common(step: Step, operation: str) -> dict[str, Any]:
    """What all of its spans say."""
    return {
        "operation.name": f"{operation} {step.agent}",
        "resource.name": step.agent,
        "ai.operationId": operation,
        "ai.telemetry.functionId": step.agent,
        "ai.telemetry.metadata.sessionId": step.session or None,
    }


def function(step: Step, hidden: Hidden) -> dict[str, Any]:
    """The function around the calls."""
    asked = {"prompt": "\n".join(turn.text for turn in step.asked)}
    return {
        "ai.model.provider": f"{step.provider}.chat",
        "ai.model.id": step.model,
        "ai.settings.maxSteps": step.limit or None,
        "ai.prompt": shown(asked, hidden),
        "ai.response.text": shown(step.answer.text if step.answer else None, hidden),
    }


def generation(step: Step, hidden: Hidden) -> dict[str, Any]:
    """A call of a model."""
    finish = step.finish.replace("_", "-")
    return {
        "ai.model.provider": f"{step.provider}.chat",
        "ai.model.id": step.model,
        "ai.prompt.messages": shown([message(turn) for turn in step.asked], hidden),
        "ai.prompt.tools": [json.dumps(schema(tool)["function"]) for tool in step.offered],
        "ai.response.finishReason": finish or None,
        "ai.response.model": step.model if step.answer else None,
        "ai.response.id": step.response_id if step.answer else None,
        "ai.response.text": shown(step.answer.text if step.answer else None, hidden),
        "ai.response.toolCalls": shown(calls(step.answer), hidden),
        "ai.usage.inputTokens": step.input_tokens,
        "ai.usage.inputTokenDetails.noCacheTokens": fresh(step),
        "ai.usage.inputTokenDetails.cacheReadTokens": step.cached_tokens or None,
        "ai.usage.outputTokens": step.output_tokens,
        "ai.usage.outputTokenDetails.reasoningTokens": step.reasoning_tokens or None,
    }


def fresh(step: Step) -> int | None:
    """Tokens that no cache knew."""
    return None if step.input_tokens is None else step.input_tokens - step.cached_tokens


def calls(turn: Turn | None) -> list[dict[str, Any]] | None:
    """The tool calls of an answer."""
    if turn is None or not turn.calls:
        return None
    return [
        {"toolCallId": call.id, "toolName": call.tool, "input": json.dumps(call.arguments)}
        for call in turn.calls
    ]


def tool_call(step: Step, hidden: Hidden) -> dict[str, Any]:
    """A tool that was executed."""
    result = None if step.result is None else json.dumps(step.result)
    return {
        "ai.toolCall.name": step.name,
        "ai.toolCall.id": step.call_id,
        "ai.toolCall.args": shown(step.arguments, hidden),
        "ai.toolCall.result": shown(result, hidden),
    }


def message(turn: Turn) -> dict[str, Any]:
    """A turn of a prompt."""
    if turn.role == "system":
        return {"role": "system", "content": turn.text}
    if turn.role == "tool":
        part = {
            "type": "tool-result",
            "toolCallId": turn.call_id,
            "toolName": turn.tool,
            "output": {"type": "text", "value": turn.text},
        }
        return {"role": "tool", "content": [part]}
    parts: list[dict[str, Any]] = [{"type": "text", "text": turn.text}] if turn.text else []
    parts += [
        {
            "type": "tool-call",
            "toolCallId": call.id,
            "toolName": call.tool,
            "input": call.arguments,
        }
        for call in turn.calls
    ]
    return {"role": turn.role, "content": parts}


SENDER = Sender("vercel", "ai", "nodejs", says_ok=False, describe=describe)
