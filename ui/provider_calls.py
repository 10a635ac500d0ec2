"""A model call as the request that a provider's HTTP API takes, to be tried again. Pure.

Where the trace has what the client was called with, that is the request. Else it is made of
messages as they were understood, and of the settings that the conventions name; what has no place
in it is told. Sources: OpenAI's "Create chat completion", Anthropic's "Create a Message".
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import orjson

from ui.conversation import Plain, parts_of
from ui.cuts import plain
from ui.pointers import parsed

OPENAI = ("openai", "azure.ai.openai", "azure", "azure_openai", "az.ai.openai")
ANTHROPIC = ("anthropic",)
SETTINGS = (
    "temperature top_p max_tokens max_completion_tokens stop seed frequency_penalty"
    " presence_penalty n response_format tool_choice reasoning_effort"
).split()
OF_ANTHROPIC = {
    "temperature": "temperature",
    "top_p": "top_p",
    "max_tokens": "max_tokens",
    "stop": "stop_sequences",
}
CONVENTION = "gen_ai.request."
INVOCATION = "llm.invocation_parameters"  # OpenInference
CALLED_WITH = "input.value"  # OpenInference, of clients; of frameworks it is something of their own
OF_CLIENTS = ("extra_headers", "extra_query", "extra_body", "timeout", "api_key")  # never sent so
RENAMED = {"stop_sequences": "stop"}
ANSWER = 1024  # tokens; Anthropic's API wants a limit
HIDDEN = re.compile("[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")

Json = dict[str, Any]


@dataclass(slots=True, frozen=True)
class Request:
    """What is sent, where, with which headers, and what of the call is not in it."""

    url: str
    headers: tuple[str, ...]  # `$NAME` stands for a key, which no trace has
    body: Json
    left_out: tuple[str, ...] = ()


def request_of(provider: str, model: str, content: Json, attributes: Json) -> Request | None:
    """The request of a chat call to OpenAI or Anthropic; None for others and where nothing was
    asked."""
    messages = content.get("input_messages")
    if not messages or not model:
        return None
    name = provider.lower()
    to_request = to_openai if name in OPENAI else to_anthropic if name in ANTHROPIC else None
    if to_request is None:
        return None
    made = to_request(model, messages, content.get("tools", []), settings_of(attributes))
    sent = recorded(attributes)
    return replace(made, body=sent, left_out=()) if sent else made


def recorded(attributes: Json) -> Json | None:
    """The body of a request as it is recorded: what a client was called with, if it is all that the
    API takes."""
    said = attributes.get(CALLED_WITH)
    found = parsed(said) if isinstance(said, str) else None
    if not isinstance(found, dict) or not isinstance(found.get("model"), str):
        return None
    messages = found.get("messages")
    if not isinstance(messages, list) or not all(
        isinstance(each, dict) and "role" in each for each in messages
    ):
        return None
    return {name: value for name, value in found.items() if name not in OF_CLIENTS}


def settings_of(attributes: Json) -> Json:
    """The settings of a call, by OpenAI's names."""
    said = attributes.get(INVOCATION)
    found = parsed(said) if isinstance(said, str) else said
    found = dict(found) if isinstance(found, dict) else {}
    for key, value in attributes.items():
        if key.startswith(CONVENTION):
            found[key.removeprefix(CONVENTION)] = value
    named = {RENAMED.get(key, key): value for key, value in found.items()}
    return {key: named[key] for key in SETTINGS if key in named}


def to_openai(model: str, messages: list[Plain], tools: list[Any], settings: Json) -> Request:
    body: Json = {"model": model, "messages": [], **settings}
    for message in messages:
        body["messages"] += openai_messages(message)
    if described := [tool for each in tools if (tool := description(each))]:
        body["tools"] = [
            {"type": "function", "function": dict(zip(OF_TOOL, each, strict=True))}
            for each in described
        ]
    return Request(
        "https://api.openai.com/v1/chat/completions",
        ("Authorization: Bearer $OPENAI_API_KEY",),
        body,
        tuple(left_out(messages, tools, len(described))),
    )


def openai_messages(message: Plain) -> Iterator[Json]:
    """A message; results of tools are messages of their own there."""
    role, parts = message.get("role") or "user", parts_of(message)
    results = [part for part in parts if part["type"] == "tool_result"]
    for part in results:
        yield {
            "role": "tool",
            "tool_call_id": part.get("id") or "",
            "content": text_of(part.get("value")),
        }
    text = "\n".join(part.get("text") or "" for part in parts if part["type"] == "text")
    calls = [openai_call(part) for part in parts if part["type"] == "tool_call"]
    if text or calls or not results:
        said: Json = {"role": role, "content": text or (None if calls else "")}
        yield said | ({"tool_calls": calls} if calls else {})


def openai_call(part: Plain) -> Json:
    function = {"name": part.get("name") or "", "arguments": text_of(part.get("value") or {})}
    return {"id": part.get("id") or "", "type": "function", "function": function}


def to_anthropic(model: str, messages: list[Plain], tools: list[Any], settings: Json) -> Request:
    named = {OF_ANTHROPIC[key]: value for key, value in settings.items() if key in OF_ANTHROPIC}
    body: Json = {"model": model, "max_tokens": ANSWER, **named}
    system = [message for message in messages if message.get("role") in ("system", "developer")]
    if system:
        body["system"] = "\n\n".join(texts(message) for message in system)
    body["messages"] = [
        {
            "role": "assistant" if message.get("role") == "assistant" else "user",
            "content": list(blocks(message)),
        }
        for message in messages
        if message not in system
    ]
    if described := [tool for each in tools if (tool := description(each))]:
        body["tools"] = [
            {"name": name, "description": words, "input_schema": schema}
            for name, words, schema in described
        ]
    headers = ("x-api-key: $ANTHROPIC_API_KEY", "anthropic-version: 2023-06-01")
    said = list(left_out(messages, tools, len(described)))
    if "max_tokens" not in named:
        said.append(f"The limit of the answer is not known: {ANSWER} tokens are assumed.")
    return Request("https://api.anthropic.com/v1/messages", headers, body, tuple(said))


def texts(message: Plain) -> str:
    return "\n".join(part.get("text") or "" for part in parts_of(message))


def blocks(message: Plain) -> Iterator[Json]:
    """The parts of a message as Anthropic's blocks."""
    for part in parts_of(message):
        if part["type"] == "text" and part.get("text"):
            yield {"type": "text", "text": part["text"]}
        elif part["type"] == "tool_call":
            said = (
                parsed(part["value"]) if isinstance(part.get("value"), str) else part.get("value")
            )
            given = said if isinstance(said, dict) else {}
            named = {"id": part.get("id") or "", "name": part.get("name") or ""}
            yield {"type": "tool_use", **named, "input": given}
        elif part["type"] == "tool_result":
            result = {"tool_use_id": part.get("id") or "", "content": text_of(part.get("value"))}
            yield {"type": "tool_result", **result, "is_error": bool(part.get("is_error"))}


OF_TOOL = ("name", "description", "parameters")


def description(tool: Any) -> tuple[str, str, Any] | None:
    """Name, words and schema of a tool, in whichever of the usual forms; None: it is none."""
    said = parsed(tool) if isinstance(tool, str) else tool
    if isinstance(said, dict) and isinstance(said.get("function"), dict):
        said = said["function"]
    if not isinstance(said, dict) or not isinstance(said.get("name"), str):
        return None
    schemas = (said.get(key) for key in ("parameters", "input_schema", "inputSchema", "schema"))
    schema = next((each for each in schemas if each), {"type": "object", "properties": {}})
    words = said.get("description")
    given = parsed(schema) if isinstance(schema, str) else schema
    return said["name"], words if isinstance(words, str) else "", given


def left_out(messages: list[Plain], tools: list[Any], described: int) -> Iterator[str]:
    """What of a call has no place in the request that is made of it."""
    kinds = {part["type"] for message in messages for part in parts_of(message)}
    if kinds & {"media", "other"}:
        yield "Images, sounds and files are not in it."
    if "reasoning" in kinds:
        yield "Reasoning is not in it."
    if described < len(tools):
        yield "Tools that are not described as functions are not in it."


def text_of(value: Any) -> str:
    """A value as providers take it: text, or JSON of it."""
    return value if isinstance(value, str) else as_json(value)


def as_json(value: Any, *, indented: bool = False) -> str:
    """JSON without signs that turn or hide what a terminal shows."""
    options = orjson.OPT_NON_STR_KEYS | (orjson.OPT_INDENT_2 if indented else 0)
    try:
        said = orjson.dumps(value, default=plain, option=options).decode()
    except TypeError:
        return "null"
    return HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", said)


def curl(request: Request, file: str = "") -> str:
    """The request as a command, its body quoted in it or read from a file. Keys are taken from the
    environment of who runs it; whatever the trace says is inside single quotes."""
    headers = ("Content-Type: application/json", *request.headers)
    said = " \\\n".join(f'  -H "{header}"' for header in headers)
    body = f"@{file}" if file else shlex.quote(as_json(request.body, indented=True))
    return f"curl {shlex.quote(request.url)} \\\n{said} \\\n  --data-binary {body}"
