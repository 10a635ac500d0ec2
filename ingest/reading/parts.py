"""One piece of a message, from any of the shapes that providers and frameworks give it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agentscope.vocabulary import Part, Value
from ingest.reading.json_values import parsed

Block = dict[str, Any]


def parts_of(content: Value) -> list[Part]:
    """The parts in a content: a text, a block, or a list of either. Nothing is lost: what is not
    understood becomes a part of type "other"."""
    if type(content) is str:
        return [Part("text", content)] if content else []
    if isinstance(content, list):
        return [part for block in content if (part := part_of(block)) is not None]
    part = part_of(content)
    return [part] if part else []


def part_of(block: Value) -> Part | None:
    """One part; None for an empty one."""
    if not isinstance(block, dict):
        return bare(block)
    kind = block.get("type")
    read = BY_TYPE.get(kind) if type(kind) is str else untyped
    return read(block) if read else unmapped(block)


def bare(block: Value) -> Part | None:
    """A piece that is no block: a text, or something odd."""
    if type(block) is str:
        return Part("text", block) if block else None
    return None if block is None else Part("other", value=block)


def text(block: Block) -> Part | None:
    """Text under any of its keys. Gemini marks thoughts by a flag on an ordinary text."""
    for key in ("content", "text", "value", "refusal"):
        if isinstance(said := block.get(key), str):
            return Part("reasoning" if block.get("thought") is True else "text", said)
    return None


def reasoning(block: Block) -> Part:
    """What a model thought. Empty text: it thought, but the provider hides what."""
    for key in ("content", "thinking", "text", "reasoning"):
        if isinstance(said := block.get(key), str):
            return Part("reasoning", said, id=as_text(block.get("id")))
    return Part("reasoning", summary(block.get("summary")), id=as_text(block.get("id")))


def summary(pieces: Value) -> str:
    """The text of a summary that comes in pieces (OpenAI Responses)."""
    if not isinstance(pieces, list):
        return ""
    texts = [piece.get("text", "") for piece in pieces if isinstance(piece, dict)]
    return "\n".join(said for said in texts if isinstance(said, str))


def call(block: Block) -> Part:
    """A tool call, however its keys are spelled."""
    inner = block.get("function")
    if isinstance(inner, dict):
        block = block | inner
    arguments = first(block, "arguments", "args", "input", "tool_kwargs")
    return Part(
        "tool_call",
        id=as_text(first(block, "id", "call_id", "toolCallId", "tool_call_id", "toolUseId")),
        name=as_text(first(block, "name", "toolName", "tool_name")),
        value=parsed(arguments),
    )


def result(block: Block) -> Part:
    """What a tool gave back."""
    given = first(block, "response", "result", "output", "content")
    failed = block.get("is_error") is True or block.get("status") == "error"
    if isinstance(given, dict) and set(given) == {"type", "value"}:  # Vercel AI SDK 5
        failed = failed or str(given["type"]).startswith("error")
        given = given["value"]
    return Part(
        "tool_result",
        id=as_text(first(block, "tool_call_id", "tool_use_id", "call_id", "toolCallId", "id")),
        name=as_text(first(block, "name", "toolName", "tool_name")),
        value=joined(given),
        is_error=failed,
    )


def joined(given: Value) -> Value:
    """A result that comes as a list of texts as one text; any other as it is."""
    if not isinstance(given, list) or not given:
        return parsed(given)
    texts = [block.get("text") for block in given if isinstance(block, dict)]
    said = [piece for piece in texts if isinstance(piece, str)]
    return parsed("\n".join(said)) if len(said) == len(given) else given


def media(block: Block) -> Part:
    """A picture, a sound, a file: kept as it came."""
    return Part("media", value=block)


def unmapped(block: Block) -> Part:
    """A block whose type is new to us, or a Bedrock block under its own key."""
    inner = block.get("content")
    kind = block.get("type")
    if kind == "reasoningContent" and isinstance(inner, dict):
        return bedrock_reasoning(inner)
    return Part("other", value=block)


def untyped(block: Block) -> Part | None:
    """A block that is told by its key alone: Gemini, Bedrock Converse, Haystack, Genkit."""
    for key, read in BY_KEY.items():
        if (inner := block.get(key)) is not None:
            if key == "reasoning" and isinstance(inner, str):  # Genkit
                return Part("reasoning", inner)
            return read(inner) if isinstance(inner, dict) else text(block)
    return Part("other", value=block) if block else None


def bedrock_reasoning(inner: Block) -> Part:
    """`{"reasoningText": {"text": …}}`; redacted reasoning has no text."""
    said = inner.get("reasoningText", inner)
    return reasoning(said if isinstance(said, dict) else {})


def haystack_result(inner: Block) -> Part:
    """`{"result": …, "origin": {the call}, "error": false}`."""
    origin = inner.get("origin")
    return result(
        (origin if isinstance(origin, dict) else {})
        | {"result": inner.get("result"), "is_error": inner.get("error")}
    )


def first(block: Block, *keys: str) -> Value:
    """The value of the first key that has one."""
    return next((block[key] for key in keys if block.get(key) is not None), None)


def as_text(value: Value) -> str | None:
    """A name or id as text."""
    return None if value is None else str(value)


READERS: dict[Callable[[Block], Part | None], str] = {
    text: "text input_text output_text refusal summary_text",
    reasoning: "reasoning thinking redacted_thinking",
    call: "tool_call function tool_use tool-call function_call server_tool_call server_tool_use "
    "mcp_call mcp_tool_use",
    result: "tool_call_response tool_result tool-result function_call_output "
    "server_tool_call_response web_search_tool_result mcp_tool_result interrupt_response",
    media: "image image_url image-url input_image blob uri file file_data input_file binary audio "
    "input_audio audio-url video video-url document document-url",
}
BY_TYPE = {kind: read for read, kinds in READERS.items() for kind in kinds.split()}
BY_KEY: dict[str, Callable[[Block], Part | None]] = {
    "text": text,
    "functionCall": call,
    "function_call": call,
    "toolUse": call,
    "tool_call": call,
    "functionResponse": result,
    "function_response": result,
    "toolResult": lambda inner: result(inner | {"id": inner.get("toolUseId")}),
    "tool_call_result": haystack_result,
    "toolRequest": lambda inner: call(inner | {"id": inner.get("ref")}),
    "toolResponse": lambda inner: result(inner | {"id": inner.get("ref")}),
    "reasoningContent": bedrock_reasoning,
    "reasoning": lambda inner: reasoning({"text": inner.get("reasoning_text")}),
    "inlineData": media,
    "inline_data": media,
    "fileData": media,
    "file_data": media,
    "image": media,
    "document": media,
}
