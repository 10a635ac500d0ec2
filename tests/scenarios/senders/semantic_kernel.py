"""Semantic Kernel: a log record for each message of a model call, through Python's logging, so that
the body is a text of JSON and the name of the event an attribute. Tools have content on spans."""

from __future__ import annotations

import json
from typing import Any

from tests.scenarios.senders.chat import message
from tests.scenarios.senders.sender import REDACTED, Record, Sender, Told, shown
from tests.scenarios.steps import Hidden, Step, Turn

MICROSECOND = 1000  # ns
PLAIN = {"stop": "STOP", "tool_calls": "TOOL_CALLS", "length": "LENGTH"}


def describe(step: Step, hidden: Hidden) -> Told:
    """A step as `invoke_agent`, `chat` or `execute_tool`; handing over is a tool of a plugin."""
    if step.kind in ("workflow", "wrapper", "http"):
        return Told(step.name, {"session.id": step.session or None})
    common = {
        "session.id": step.session or None,
        "error.type": step.failure.type if step.failure else None,
    }
    if step.kind == "agent":
        return Told(f"invoke_agent {step.agent}", common | invocation(step, hidden))
    if step.kind == "model":
        return Told(f"chat {step.model}", common | completion(step), records=records(step, hidden))
    name = f"Handoff-{step.name}" if step.kind == "handoff" else step.name
    return Told(f"execute_tool {name}", common | function(step, name, hidden))


def invocation(step: Step, hidden: Hidden) -> dict[str, Any]:
    """An agent, what it was asked and what it answered, in messages of OpenAI's."""
    answer = [message(step.answer)] if step.answer else None
    return {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.id": f"{step.agent}-0",
        "gen_ai.agent.name": step.agent,
        "max_iterations": step.limit or None,
        "gen_ai.input.messages": shown([message(turn) for turn in step.asked] or None, hidden),
        "gen_ai.output.messages": shown(answer, hidden),
    }


def completion(step: Step) -> dict[str, Any]:
    """A call of a model, without content."""
    finish = f"FinishReason.{PLAIN.get(step.finish, step.finish.upper())}"
    return {
        "gen_ai.operation.name": "chat",
        "gen_ai.system": step.provider,
        "gen_ai.request.model": step.model,
        "gen_ai.response.id": step.response_id if step.answer else None,
        "gen_ai.response.finish_reason": finish if step.finish else None,
        "gen_ai.usage.input_tokens": step.input_tokens,
        "gen_ai.usage.output_tokens": step.output_tokens,
    }


def records(step: Step, hidden: Hidden) -> tuple[Record, ...]:
    """A record for each message that was sent, and one for the answer. None of them if content is
    not to be captured."""
    if hidden == "off":
        return ()
    said = [
        logged(step, f"{turn.role}.message", at, body(turn, hidden), {"CHAT_MESSAGE_INDEX": at})
        for at, turn in enumerate(step.asked)
    ]
    if step.answer:
        choice = {"message": body(step.answer, hidden), "finish_reason": step.finish, "index": 0}
        said.append(logged(step, "choice", len(said), choice, {}))
    return tuple(said)


def logged(
    step: Step, event: str, number: int, said: dict[str, Any], extra: dict[str, Any]
) -> Record:
    """A line of the log: the questions when the call begins, the answer when it has ended."""
    at = step.end if event == "choice" else step.start + number * MICROSECOND
    named = {"event.name": f"gen_ai.{event}", "gen_ai.system": step.provider}
    return Record("", at, named | extra, json.dumps(said))


def body(turn: Turn, hidden: Hidden) -> dict[str, Any]:
    """A message, or what is left of it: ids and names."""
    said = message(turn)
    if not hidden:
        return said
    for call in said.get("tool_calls", ()):
        call["function"]["arguments"] = REDACTED
    return said | {"content": REDACTED if said["content"] else said["content"]}


def function(step: Step, name: str, hidden: Hidden) -> dict[str, Any]:
    """A function of the kernel that was executed. What it returned is written as a text."""
    return {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": name,
        "gen_ai.tool.call.id": step.call_id,
        "gen_ai.tool.call.arguments": shown(step.arguments, hidden),
        "gen_ai.tool.call.result": shown(step.result, hidden),
    }


SENDER = Sender(
    "semantic_kernel",
    "semantic_kernel.utils.telemetry.model_diagnostics.decorators",
    "python",
    says_ok=False,
    describe=describe,
    leaves_out=frozenset({"tools", "cached", "reasoning"}),
)
