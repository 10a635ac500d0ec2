"""Langfuse's SDK, version 5: agents and tools that are decorated, and model calls by its handler
for LangChain. Everything is JSON, texts too."""

from __future__ import annotations

import json
from typing import Any

from tests.scenarios.senders import chat
from tests.scenarios.senders.sender import Sender, Told, quoted, schema
from tests.scenarios.steps import Hidden, Step, Turn

OBSERVATION = "langfuse.observation"
META = f"{OBSERVATION}.metadata"
TYPES = {"agent": "agent", "model": "generation", "tool": "tool", "handoff": "tool"}
LABELS = {"openai": "ChatOpenAI", "anthropic": "ChatAnthropic"}


def describe(step: Step, hidden: Hidden) -> Told:
    """A step as an observation of one of the types; a span where none fits."""
    said: dict[str, Any] = {
        "session.id": step.session or None,
        f"{OBSERVATION}.type": TYPES.get(step.kind, "span"),
        f"{OBSERVATION}.level": "ERROR" if step.failure else None,
        f"{OBSERVATION}.status_message": step.failure.message if step.failure else None,
    }
    if step.kind == "model":
        return Told(LABELS[step.provider], said | generation(step, hidden))
    if step.kind == "agent":
        return Told(step.agent, said | run(step, hidden))
    if step.kind in ("tool", "handoff"):
        return Told(step.name, said | tool(step, hidden))
    return Told(step.name, said)


def run(step: Step, hidden: Hidden) -> dict[str, Any]:
    """What a decorated function was called with, and what it returned."""
    asked = "\n".join(turn.text for turn in step.asked) or None
    return {
        f"{OBSERVATION}.input": quoted(asked, hidden),
        f"{OBSERVATION}.output": quoted(step.answer.text if step.answer else None, hidden),
    }


def generation(step: Step, hidden: Hidden) -> dict[str, Any]:
    """A call of a model. Tools are told as messages of their own after the conversation."""
    return {
        f"{OBSERVATION}.model.name": step.model,
        f"{OBSERVATION}.model.parameters": json.dumps({"temperature": 0.0}),
        f"{META}.ls_provider": json.dumps(step.provider),
        f"{META}.ls_model_name": json.dumps(step.model),
        f"{OBSERVATION}.usage_details": usage(step),
        f"{OBSERVATION}.input": quoted(
            [message(turn) for turn in step.asked] + tools(step), hidden
        ),
        f"{OBSERVATION}.output": quoted(message(step.answer) if step.answer else None, hidden),
    }


def tools(step: Step) -> list[dict[str, Any]]:
    """The definitions of the tools, as the handler adds them to the messages."""
    return [{"role": "tool", "content": schema(name)} for name in step.offered]


def message(turn: Turn) -> dict[str, Any]:
    """A message as the handler writes it: the calls of LangChain, not those of the provider."""
    said = chat.message(turn) | {"content": turn.text}
    if turn.calls:
        said["tool_calls"] = [
            {"name": call.tool, "args": call.arguments, "id": call.id, "type": "tool_call"}
            for call in turn.calls
        ]
    return said


def usage(step: Step) -> str | None:
    """Tokens in buckets of which none is inside of another."""
    if step.input_tokens is None or step.output_tokens is None:
        return None
    told = {
        "input": step.input_tokens - step.cached_tokens,
        "output": step.output_tokens - step.reasoning_tokens,
        "total": step.input_tokens + step.output_tokens,
        "input_cache_read": step.cached_tokens,
        "output_reasoning": step.reasoning_tokens,
    }
    return json.dumps(told)


def tool(step: Step, hidden: Hidden) -> dict[str, Any]:
    """A tool, whose result LangChain wraps into a message."""
    answer = {
        "content": step.result if isinstance(step.result, str) else json.dumps(step.result),
        "additional_kwargs": {},
        "type": "tool",
        "name": step.name,
        "tool_call_id": step.call_id,
        "status": "success",
    }
    return {
        f"{META}.tool_call_id": json.dumps(step.call_id),
        f"{OBSERVATION}.input": quoted(step.arguments, hidden),
        f"{OBSERVATION}.output": quoted(None if step.result is None else answer, hidden),
    }


SENDER = Sender(
    "langfuse",
    "langfuse-sdk",
    "python",
    says_ok=False,
    describe=describe,
    leaves_out=frozenset({"limit"}),
)
