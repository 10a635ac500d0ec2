"""Conversations, from any shape to one: a role and a list of parts.

A list may mix shapes, and one bad message must not lose the others: so each item is looked at for
itself, and what is no message is left out.
"""

from __future__ import annotations

from typing import Any

from agentscope.vocabulary import Message, Part, Value
from ingest.reading.absent import marks_in
from ingest.reading.json_values import parsed
from ingest.reading.parts import call, part_of, parts_of, reasoning

Item = dict[str, Any]
DEEPEST = 6  # levels of wrapping that are looked into
ROLES = {
    **dict.fromkeys(("system", "developer", "SystemMessage", "SystemMessageChunk"), "system"),
    **dict.fromkeys(("user", "human", "HumanMessage", "HumanMessageChunk"), "user"),
    **dict.fromkeys(("assistant", "ai", "model", "AIMessage", "AIMessageChunk"), "assistant"),
    **dict.fromkeys(("choice", "thinking"), "assistant"),
    **dict.fromkeys(("tool", "function", "tool_result", "ToolMessage", "FunctionMessage"), "tool"),
    **{role.capitalize(): role for role in ("system", "user", "assistant", "tool")},  # .NET
}
# OpenAI Responses: items that stand for a whole turn without saying a role
ITEM_ROLES = {
    **dict.fromkeys(("reasoning", "function_call", "mcp_call"), "assistant"),
    "mcp_approval_request": "assistant",
    "mcp_approval_response": "user",
    "function_call_output": "tool",
}
OF_MESSAGES = {"role", "content", "tool_calls", "parts", "lc"}  # keys that only messages have
CHOICE = "gen_ai.choice"
EVENT_NAME = "event.name"  # of a message event that was put into a list


def messages(value: Value) -> list[Message] | None:
    """The messages in a value, given as it is or as JSON; None if there are none."""
    return conversation(parsed(value), 0) or None


def spoken(value: Value, role: str) -> list[Message] | None:
    """The same where a plain text stands for one message."""
    found = parsed(value)
    if type(found) is str:
        return [Message(role, [Part("text", found)])] if found else None
    return conversation(found, 0, role) or None


def inputs(value: Value) -> list[Message] | None:
    """What a model was told. A plain text is the user's."""
    return spoken(value, "user")


def outputs(value: Value) -> list[Message] | None:
    """What a model answered. A plain text is the assistant's."""
    return spoken(value, "assistant")


def instructions(value: Value) -> list[Message] | None:
    """System instructions: a text, or parts without a role around them."""
    parts = parts_of(parsed(value))
    return [Message("system", parts)] if parts else None


def conversation(value: Value, depth: int, role: str = "user") -> list[Message]:
    """The messages in a decoded value. `role` is for those that say none."""
    if depth > DEEPEST:
        return []
    if isinstance(value, list):
        return listed(value, depth, role)
    return wrapped(value, depth, role) if isinstance(value, dict) else []


def listed(value: list[Value], depth: int, role: str) -> list[Message]:
    """The messages of a list, or of the lists in it: LangChain has one per batch."""
    found: list[Message] = []
    for item in value:
        if isinstance(item, dict):
            message = message_of(item, role)
            found += [message] if message else wrapped(item, depth + 1, role)
        elif isinstance(item, list):
            found += conversation(item, depth + 1, role)
    return found


def wrapped(value: Item, depth: int, role: str) -> list[Message]:
    """The messages in a request, a response or a state that carries them."""
    message = message_of(value, role)
    if message:
        return [message]
    for key, said_by in WRAPPERS.items():
        inner = parsed(value.get(key))
        if isinstance(inner, list | dict) and inner:
            return system_of(value) + conversation(inner, depth + 1, said_by or role)
    return []


# Where messages are inside a value, and who says those that name no role
WRAPPERS = {
    "messages": None,
    "contents": None,
    "choices": "assistant",
    "generations": "assistant",
    "candidates": "assistant",
    "replies": "assistant",
    "message": None,
    "content": None,
    "input": None,
    "output": "assistant",
    "inputs": None,
    "outputs": "assistant",
    "kwargs": None,
}


def system_of(value: Item) -> list[Message]:
    """System instructions beside the messages of a request."""
    config = value.get("config")
    said = value.get("system") or value.get("instructions")
    if isinstance(config, dict):
        said = said or config.get("system_instruction")
    return (instructions(said) or []) if said else []


def message_of(item: Item, role: str = "user") -> Message | None:
    """One message of any shape; None if the item is none."""
    if "parts" in item and (type(item["parts"]) is list or "role" in item):
        return with_parts(item, role)
    kind = str(item.get("type", ""))
    if "lc" in item or (isinstance(item.get("data"), dict) and kind in ROLES):
        return langchain(item)
    if EVENT_NAME in item:
        return from_event(str(item[EVENT_NAME]), item)
    if kind in ITEM_ROLES and "role" not in item:
        return response_item(item)
    if isinstance(said := item.get("message"), dict) and not OF_MESSAGES.isdisjoint(said):
        return choice(item, said)
    if "role" in item or (kind in ROLES and "content" in item):
        return chat(item)
    if isinstance(said := item.get("content"), dict) and type(said.get("parts")) is list:
        return candidate(item, said, role)
    return None


def with_parts(item: Item, role: str) -> Message:
    """OpenTelemetry's shape since 1.37, and Gemini's. LiteLLM puts tool calls beside the parts."""
    said = str(item.get("role", role))
    parts = item["parts"]
    if type(parts) is not list:
        parts = [parts]
    found = [part for block in parts if (part := part_of(block)) is not None]
    if "tool_calls" in item:
        found += calls(item)
    return Message(
        speaker(ROLES.get(said, said), found),
        found,
        text_at(item, "name"),
        text_at(item, "finish_reason"),
    )


def chat(item: Item) -> Message:
    """The shape of OpenAI's and Anthropic's chat APIs, and what resembles them."""
    said = item.get("role") or item.get("type")
    role = ROLES.get(said, str(said)) if isinstance(said, str) else "user"
    content = item.get("content")
    if role == "tool" and (identity := item.get("tool_call_id")):
        return Message("tool", [tool_result(content, identity, item)], text_at(item, "name"))
    parts = thoughts(item) + parts_of(content) + calls(item)
    if isinstance(refusal := item.get("refusal"), str) and refusal:
        parts.append(Part("text", refusal))
    name, reason = text_at(item, "name"), text_at(item, "finish_reason")
    return Message(speaker(role, parts), parts, name, reason)


def tool_result(content: Value, identity: Value, item: Item) -> Part:
    """The content of a tool's message as its result."""
    return Part(
        "tool_result",
        id=str(identity),
        name=text_at(item, "name"),
        value=parsed(content),
        is_error=item.get("status") == "error",
    )


def thoughts(item: Item) -> list[Part]:
    """Reasoning beside the content: DeepSeek, vLLM, LiteLLM, OpenLLMetry."""
    for key in ("reasoning_content", "reasoning", "thinking"):
        if isinstance(said := item.get(key), str) and said:
            return [Part("reasoning", said)]
    return []


def calls(item: Item) -> list[Part]:
    """Tool calls beside the content, in the present and the first form."""
    found = item.get("tool_calls")
    if isinstance(found, list):
        return [call(block) for block in found if isinstance(block, dict)]
    old = item.get("function_call")
    return [call(old)] if isinstance(old, dict) else []


def speaker(role: str, parts: list[Part]) -> str:
    """The role; a user's message of nothing but tool results is the tool's."""
    if role != "user" or not parts or parts[0].type != "tool_result":
        return role
    return "tool" if all(part.type == "tool_result" for part in parts) else role


def text_at(item: Item, key: str) -> str | None:
    """The text under a key, if it is one and not empty."""
    said = item.get(key)
    return said if isinstance(said, str) and said else None


def choice(item: Item, said: Item) -> Message:
    """A choice of a response: the message, and why it ended."""
    found = message_of(said | {"role": said.get("role") or "assistant"}) or Message("assistant")
    reason = item.get("finish_reason") or finish_in(item.get("generation_info"))
    found.finish_reason = reason if isinstance(reason, str) else found.finish_reason
    return found


def candidate(item: Item, said: Item, role: str) -> Message:
    """A candidate of Gemini's: the content, and why it ended, spelled as OpenTelemetry does."""
    found = with_parts(said, role)
    reason = text_at(item, "finish_reason") or text_at(item, "finishReason") or ""
    found.finish_reason = found.finish_reason or reason.lower() or None
    return found


def finish_in(info: Value) -> Value:
    """The reason in LangChain's generation info."""
    return info.get("finish_reason") if isinstance(info, dict) else None


def response_item(item: Item) -> Message:
    """An item of OpenAI's Responses API that is no message by itself."""
    part = reasoning(item) if item["type"] == "reasoning" else part_of(item)
    return Message(ITEM_ROLES[item["type"]], [part] if part else [])


def langchain(item: Item) -> Message | None:
    """A serialised LangChain message: `{"lc": 1, "id": […, "AIMessage"], "kwargs": {…}}`, or
    `{"type": "ai", "data": {…}}`. Other serialised objects give None."""
    inner = item.get("kwargs") or item.get("data")
    identity = item.get("id")
    named = str(identity[-1] if isinstance(identity, list) and identity else item.get("type"))
    if not isinstance(inner, dict) or named not in ROLES or "content" not in inner:
        return None
    extra = inner.get("additional_kwargs")
    said = (extra if isinstance(extra, dict) else {}) | inner
    found = chat({**said, "role": ROLES[named]})
    metadata = inner.get("response_metadata")
    found.finish_reason = found.finish_reason or finish_in(metadata)
    return found


def from_event(event: str, body: Item) -> Message | None:
    """A message event of OpenTelemetry 1.28 to 1.36: its name says who speaks, save where the
    content is Gemini's, which knows better."""
    content = body.get("content")
    if marks_in(content):
        body = body | {"content": None}
    if event == CHOICE:
        return chosen(body)
    role = ROLES.get(event.removeprefix("gen_ai.").removesuffix(".message"))
    if role is None:
        return None
    if isinstance(content, dict) and isinstance(content.get("parts"), list):
        return with_parts(content, role)
    if role == "tool" and "tool_call_id" not in body and "id" in body:
        body = body | {"tool_call_id": body["id"]}
    return chat({**body, "role": role})


def chosen(body: Item) -> Message:
    """What a choice event says: in a message, or as content beside the reason why it ended."""
    said = body.get("message")
    if isinstance(said, dict):
        return choice(body, said | {"content": None} if marks_in(said.get("content")) else said)
    content = said or body.get("content")
    if isinstance(content, dict) and isinstance(content.get("parts"), list):
        found = with_parts(content, "assistant")
        found.finish_reason = text_at(body, "finish_reason")
        return found
    return choice(body, {"content": content or ""})


def has_content(found: list[Message]) -> bool:
    """Whether anything is said: with content capture off only roles, names and ids are left."""
    for message in found:
        for part in message.parts:
            if part.text or part.value not in (None, "", {}) or part.type == "tool_call":
                return True
    return False
