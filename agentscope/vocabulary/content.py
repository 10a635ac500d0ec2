"""What was said on a span.

Without slots: JSON of such classes is written in a quarter of the time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

# What an OTLP AnyValue becomes: None, str, int, float, bool, bytes, list or dict, nested at will.
# `None` is OTLP's valid "empty" value, which is not the same as an absent key.
Value = Any

PartType = Literal["text", "reasoning", "tool_call", "tool_result", "media", "other"]


@dataclass
class Part:
    """One piece of a message. Which fields are set follows from `type`."""

    type: PartType
    text: str | None = None  # text, reasoning
    id: str | None = None  # tool_call, tool_result: what pairs the two
    name: str | None = None  # tool_call, tool_result
    value: Value = None  # arguments of a call, result of a tool, raw content of media and other
    is_error: bool = False  # tool_result


@dataclass
class Message:
    """One turn of a conversation. Roles: system, user, assistant, tool."""

    role: str
    parts: list[Part] = field(default_factory=list)
    name: str | None = None
    finish_reason: str | None = None


@dataclass
class Content:
    """What was said on a span. Kept with the payload, never on list or tree paths."""

    input_messages: list[Message] = field(default_factory=list)
    output_messages: list[Message] = field(default_factory=list)
    tools: list[Value] = field(default_factory=list)  # definitions offered to the model
    arguments: Value = None  # of a tool call, parsed where it was JSON
    result: Value = None
    input: Value = None  # the generic input and output of chains, retrievers, …
    output: Value = None
