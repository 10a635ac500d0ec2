"""MLflow's tracing: functions that are decorated, and OpenAI's client with autologging. Everything
is JSON, texts too; the session is told by the root alone."""

from __future__ import annotations

import json
from typing import Any

from tests.scenarios.senders.chat import message
from tests.scenarios.senders.sender import Sender, Told, quoted, schema
from tests.scenarios.steps import Hidden, Step

TYPE, INPUTS, OUTPUTS = "mlflow.spanType", "mlflow.spanInputs", "mlflow.spanOutputs"
TYPES = {"agent": "AGENT", "model": "CHAT_MODEL", "tool": "TOOL"}


def describe(step: Step, hidden: Hidden) -> Told:
    """A step with its type of span; a chain where none fits."""
    said: dict[str, Any] = {
        "mlflow.traceRequestId": json.dumps(f"tr-{step.trace.hex()}"),
        TYPE: json.dumps(TYPES.get(step.kind, "CHAIN")),
    }
    if not step.parent and step.session:
        said["mlflow.trace.session"] = json.dumps(step.session)
    if step.kind == "model":
        return Told("Completions", said | completion(step, hidden))
    if step.kind == "agent":
        return Told(step.agent, said | run(step, hidden))
    if step.kind == "tool":
        return Told(step.name, said | function(step, hidden))
    if step.kind == "handoff":
        passed = {
            INPUTS: json.dumps({"from_agent": step.agent}),
            OUTPUTS: json.dumps({"to_agent": step.target}),
        }
        return Told("Handoff", said | passed)
    return Told(step.name, said)


def run(step: Step, hidden: Hidden) -> dict[str, Any]:
    """An agent's function: its parameters by name, and what it returned."""
    task = "\n".join(turn.text for turn in step.asked)
    return {
        INPUTS: quoted({"task": task}, hidden),
        OUTPUTS: quoted(step.answer.text if step.answer else None, hidden),
        "max_iterations": json.dumps(step.limit) if step.limit else None,
    }


def completion(step: Step, hidden: Hidden) -> dict[str, Any]:
    """A call of a model: the request and the response as the client has them."""
    tools = [schema(name) for name in step.offered]
    asked = {
        "model": step.model,
        "messages": [message(turn) for turn in step.asked],
        "tools": tools,
    }
    return {
        INPUTS: quoted(asked, hidden),
        OUTPUTS: quoted(answered(step), hidden),
        "mlflow.message.format": json.dumps("openai"),
        "mlflow.chat.tools": json.dumps(tools),
        "mlflow.chat.tokenUsage": usage(step),
        "mlflow.llm.model": json.dumps(step.model),
        "mlflow.llm.provider": json.dumps(step.provider),
    }


def answered(step: Step) -> dict[str, Any] | None:
    """The response."""
    if step.answer is None:
        return None
    choice = {"index": 0, "message": message(step.answer), "finish_reason": step.finish}
    details = {"reasoning_tokens": step.reasoning_tokens}
    counted = {
        "prompt_tokens": step.input_tokens,
        "completion_tokens": step.output_tokens,
        "completion_tokens_details": details,
    }
    said = {"id": step.response_id, "model": step.model, "object": "chat.completion"}
    return said | {
        "choices": [choice],
        "usage": counted if step.input_tokens is not None else None,
    }


def usage(step: Step) -> str | None:
    """Tokens in MLflow's words, which have none for reasoning."""
    if step.input_tokens is None or step.output_tokens is None:
        return None
    told = {
        "input_tokens": step.input_tokens,
        "output_tokens": step.output_tokens,
        "total_tokens": step.input_tokens + step.output_tokens,
        "cache_read_input_tokens": step.cached_tokens,
    }
    return json.dumps(told)


def function(step: Step, hidden: Hidden) -> dict[str, Any]:
    """A tool that was executed."""
    return {
        "mlflow.spanFunctionName": json.dumps(step.name),
        INPUTS: quoted(step.arguments, hidden),
        OUTPUTS: quoted(step.result, hidden),
    }


SENDER = Sender(
    "mlflow",
    "mlflow.tracing.provider",
    "python",
    says_ok=True,
    describe=describe,
    leaves_out=frozenset({"session", "call_id"}),
)
