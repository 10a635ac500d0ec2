"""What was said in a step of a decision, as a text to be read: its beginning. Pure."""

from __future__ import annotations

from typing import Any

from agentscope.transcript.news import Plain
from ui.amounts import count
from ui.brief import one_line, part_in_words
from ui.cuts import Text, cut


def gist(value: Any, longest: int) -> Text:
    """The beginning of a value, so many characters of it; of messages, of the last one."""
    if is_messages(value):
        before = len(value) - 1
        more = f"(after {count(before, 'message')}) " if before else ""
        return cut(more + spoken(value[-1]), longest)
    if is_message(value):
        return cut(spoken(value), longest)
    return cut(value if isinstance(value, str) else one_line(value), longest)


def is_messages(value: Any) -> bool:
    """Whether a value is a list of messages."""
    return isinstance(value, list) and bool(value) and all(map(is_message, value))


def is_message(value: Any) -> bool:
    """Whether a value is a message."""
    return isinstance(value, dict) and "role" in value and isinstance(value.get("parts"), list)


def spoken(message: Plain) -> str:
    """A message in words, with who said it."""
    texts = (part_in_words(part) for part in message["parts"])
    return f"{message['role'] or 'unknown'}: {' '.join(filter(None, texts))}"
