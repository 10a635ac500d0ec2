"""OpenLLMetry before it took up the conventions of OpenTelemetry: `traceloop.*`, and messages as
`gen_ai.prompt.0.role`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.scenarios.senders.sender import Sender, Told, shown
from tests.scenarios.steps import Hidden, Step, Turn

SPAN_KIND, ENTITY = "traceloop.span.kind", "traceloop.entity.name"
KINDS = {"workflow": "workflow", "wrapper": "task", "agent": "agent", "tool": "tool"}


def describe(step: Step, hidden: Hidden) -> Told:
    """A step as a decorated function, or as a call of a client that is instrumented."""
    common = {"traceloop.association.properties.session_id": step.session or None}
    if step.kind == "model":
        return Told(f"{step.provider}.chat", common | chat(step, hidden))
    if step.kind == "handoff":
        said = {
            SPAN_KIND: "handoff",
            "gen_ai.handoff.from_agent": step.agent,
            "gen_ai.handoff.to_agent": step.target,
            "gen_ai.agent.name": step.agent,
        }
        return Told(f"{step.agent} → {step.target}.handoff", common | said)
    kind = KINDS.get(step.kind)
    entity = {SPAN_KIND: kind, ENTITY: step.name if kind else None}
    return Told(f"{step.name}.{kind}", common | entity | put_in_and_out(step, hidden))


def put_in_and_out(step: Step, hidden: Hidden) -> dict[str, Any]:
    """What a function was called with, and what it returned."""
    if step.kind == "tool":
        return {
            "traceloop.entity.input": shown(step.arguments, hidden),
            "traceloop.entity.output": shown(step.result, hidden),
            "gen_ai.tool.call.id": step.call_id,
        }
    if step.kind == "agent":
        asked = "\n".join(turn.text for turn in step.asked)
        return {
            "gen_ai.agent.name": step.agent,
            "crewai.agent.max_iter": str(step.limit) if step.limit else None,
            "traceloop.entity.input": shown(asked or None, hidden),
            "traceloop.entity.output": shown(step.answer.text if step.answer else None, hidden),
        }
    return {}


def chat(step: Step, hidden: Hidden) -> dict[str, Any]:
    """A call of a model."""
    total = (step.input_tokens or 0) + (step.output_tokens or 0)
    return {
        "llm.request.type": "chat",
        "gen_ai.system": {"openai": "OpenAI", "anthropic": "Anthropic"}[step.provider],
        "gen_ai.request.model": step.model,
        "gen_ai.response.model": step.model if step.answer else None,
        "gen_ai.response.id": step.response_id if step.answer else None,
        "gen_ai.usage.prompt_tokens": step.input_tokens,
        "gen_ai.usage.completion_tokens": step.output_tokens,
        "llm.usage.total_tokens": total or None,
        "gen_ai.usage.cache_read_input_tokens": step.cached_tokens or None,
        "llm.usage.reasoning_tokens": step.reasoning_tokens or None,
        **{f"llm.request.functions.{at}.name": tool for at, tool in enumerate(step.offered)},
        **flattened("gen_ai.prompt", step.asked, hidden),
        **flattened("gen_ai.completion", [step.answer] if step.answer else [], hidden, step.finish),
    }


def flattened(
    prefix: str, turns: Sequence[Turn], hidden: Hidden, finish: str = ""
) -> dict[str, Any]:
    """Messages, an attribute for each of their fields."""
    if hidden == "off":
        return {}
    said: dict[str, Any] = {}
    for at, turn in enumerate(turns):
        here = f"{prefix}.{at}"
        said[f"{here}.role"] = turn.role
        said[f"{here}.content"] = shown(turn.text or None, hidden)
        said[f"{here}.tool_call_id"] = turn.call_id or None
        said[f"{here}.finish_reason"] = finish or None
        for number, call in enumerate(turn.calls):
            said[f"{here}.tool_calls.{number}.id"] = call.id
            said[f"{here}.tool_calls.{number}.name"] = call.tool
            said[f"{here}.tool_calls.{number}.arguments"] = shown(call.arguments, hidden)
    return said


SENDER = Sender(
    "openllmetry",
    "opentelemetry.instrumentation.openai.v1",
    "python",
    says_ok=False,
    describe=describe,
)
