"""What a model's answer looks like: text, calls of tools, and whether it repeats itself."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import NamedTuple

from agentscope.vocabulary import Message, Value

# Only long answers are looked through: a loop of a model goes on until its limit.
LONG = 800  # characters
TAIL = 4096  # characters, at the end of an answer
# Prose shrinks to about a third, tables and code to a tenth.
SHRINKS = 0.08
MOST_PERIOD = 400  # characters of a unit
FEWEST_REPEATS = 8


class Repeated(NamedTuple):
    """The end of a text: how often in a row a unit of so many characters stands there; 0: not."""

    times: int
    unit: int


def text_of(messages: Sequence[Message]) -> str:
    """What is visible of an answer."""
    said = (part.text for each in messages for part in each.parts if part.type == "text")
    return "\n".join(text for text in said if text)


def reasoning_of(messages: Sequence[Message]) -> str:
    """What a model thought aloud."""
    said = (part.text for each in messages for part in each.parts if part.type == "reasoning")
    return "\n".join(text for text in said if text)


def calls_of(messages: Sequence[Message]) -> list[tuple[str, Value]]:
    """The tools that an answer asks for, with their arguments."""
    parts = (part for each in messages for part in each.parts if part.type == "tool_call")
    return [(part.name or "", part.value) for part in parts]


def finish_of(messages: Sequence[Message]) -> str:
    """Why the answer ended, as the provider says it; "" where nobody says."""
    return next((each.finish_reason for each in messages if each.finish_reason), "")


def humans(messages: Sequence[Message]) -> list[str]:
    """What people said in a conversation, in order. A result of a tool that is sent in the name of
    the user is nobody's word."""
    found = []
    for message in messages:
        texts = [part.text for part in message.parts if part.type == "text" and part.text]
        answers = any(part.type == "tool_result" for part in message.parts)
        if message.role == "user" and texts and not answers:
            found.append("\n".join(texts))
    return found


def offered(tools: Sequence[Value]) -> set[str]:
    """The names of the tools that a model may call, as providers write their definitions."""
    names = set()
    for tool in tools:
        if isinstance(tool, dict):
            inner = tool.get("function")
            name = (inner.get("name") if isinstance(inner, dict) else None) or tool.get("name")
            names.add(str(name or ""))
    return names - {""}


def repeated(text: str) -> Repeated:
    """The smallest unit that stands again and again at the end of a text, without overlaps."""
    tail = text[-TAIL:]
    if len(tail) < LONG or shrunk(tail) > SHRINKS:
        return Repeated(0, 0)
    for unit in range(1, MOST_PERIOD):
        times = at_the_end(tail, unit)
        if times >= FEWEST_REPEATS and tail[-unit:].strip():
            return Repeated(at_the_end(text, unit), unit)
    return Repeated(0, 0)


def shrunk(text: str) -> float:
    """To what part of its size a text can be compressed."""
    raw = text.encode("utf-8", "replace")
    return len(zlib.compress(raw, 1)) / len(raw)


def at_the_end(text: str, unit: int) -> int:
    """How often in a row the last `unit` characters stand at the end of a text."""
    last, times, end = text[-unit:], 0, len(text)
    while end >= unit and text.startswith(last, end - unit):
        times, end = times + 1, end - unit
    return times
