"""Arguments and results of tool calls without what frameworks wrap around them."""

from __future__ import annotations

from typing import Any

from agentscope.vocabulary import Value
from ingest.reading.json_values import from_json, literal, parsed
from ingest.reading.parts import joined

Block = dict[str, Any]
DEEPEST = 5  # wrappers inside one another


def arguments(value: Value) -> Value:
    """What a tool was called with."""
    found = literal(value)
    if not isinstance(found, dict):
        return found
    if "input_str" in found:  # LangChain through OpenLLMetry: a literal inside JSON
        return literal(found["input_str"])
    if "kwargs" in found and set(found) <= {"args", "kwargs"}:  # a decorated function
        return found if found.get("args") else found["kwargs"]
    if "inputs" in found and set(found) <= {"inputs", "tags", "metadata", "kwargs"}:
        return literal(found["inputs"])
    return found


def not_schema(value: Value) -> Value:
    """Arguments, unless they are the JSON schema of arguments."""
    found = parsed(value)
    if isinstance(found, dict) and "properties" in found:
        return None
    return arguments(found)


def result(value: Value) -> Value:
    """What a tool gave back."""
    return unwrapped(parsed(value), 0)


def unwrapped(found: Value, depth: int) -> Value:
    """What is inside a LangChain `ToolMessage` in any of its serialised forms, a Gemini function
    response or a LlamaIndex `ToolOutput`; else the value. Ids and other things that differ from
    call to call stay outside, so that equal results are equal."""
    if not isinstance(found, dict) or depth == DEEPEST:
        return found
    if "output" in found and set(found) <= {"output", "kwargs"}:
        return unwrapped(found["output"], depth + 1)
    if "response" in found and set(found) <= {"id", "name", "response", "scheduling"}:
        return found["response"]
    if "subAgentThreadId" in found and "text" in found:  # an agent as Mastra's tool
        return found["text"]
    if "blocks" in found and "tool_name" in found:
        return joined(found["blocks"])
    message = tool_message(found)
    if message is None:
        return found
    content = message.get("content")
    return from_json(content) if isinstance(content, str) else joined(content)


def tool_message(found: Block) -> Block | None:
    """The fields of a serialised `ToolMessage`, or None."""
    if found.get("type") == "tool" and isinstance(found.get("data"), dict):
        inner: Block = found["data"]
        return inner
    kwargs = found.get("kwargs")
    if "lc" in found and isinstance(kwargs, dict) and "content" in kwargs:
        return kwargs
    return found if "tool_call_id" in found and "content" in found else None


def call_id_in(value: Value) -> str | None:
    """The id of the call that a serialised `ToolMessage` answers."""
    return said_in_message(value, "tool_call_id")


def tool_in(value: Value) -> str | None:
    """The tool that a serialised `ToolMessage` comes from."""
    return said_in_message(value, "name")


def said_in_message(value: Value, key: str) -> str | None:
    """A text in the fields of a serialised `ToolMessage`."""
    if isinstance(value, str) and "tool_call_id" not in value:
        return None
    found = parsed(value)
    for _ in range(DEEPEST):
        if not isinstance(found, dict):
            return None
        if message := tool_message(found):
            said = message.get(key)
            return said if isinstance(said, str) and said else None
        found = found.get("output")
    return None


def definitions(value: Value) -> list[Value] | None:
    """The tools that a model was offered, from JSON or from a list of JSON texts."""
    found = parsed(value)
    if not isinstance(found, list):
        return None
    return [parsed(tool) for tool in found] or None
