"""What was said in a step of a decision, as a text to be read: its beginning. Pure."""

from __future__ import annotations

from typing import Any

from agentscope.transcript.news import Plain
from ui.amounts import count
from ui.brief import one_line, part_in_words
from ui.cuts import Text, cut
from ui.framework_messages import decoded, messages_of_state

SILENT = "(neither a text nor a call)"


def gist(value: Any, longest: int) -> Text:
    """The beginning of a value, so many characters of it; of messages, of the last one."""
    if is_messages(said := messages_of_state(value) or value):
        before = len(said) - 1
        more = f"(after {count(before, 'message')}) " if before else ""
        return cut(more + spoken(said[-1]), longest)
    if is_message(value):
        return cut(spoken(value), longest)
    told = task_of(value) or value
    return cut(told if isinstance(told, str) else one_line(told), longest)


def task_of(value: Any) -> str:
    """What an agent of smolagents or CrewAI was set to do, out of all that it was called with; ""
    where it was called otherwise."""
    match decoded(value):
        case {"task": str(task)}:
            return task
        case {"agent": {"goal": str(goal)}, "context": str(context), "tools": _}:
            return f"goal: {goal}" + (f"\ncontext: {context}" if context else "")
    return ""


def is_messages(value: Any) -> bool:
    """Whether a value is a list of messages."""
    return isinstance(value, list) and bool(value) and all(map(is_message, value))


def is_message(value: Any) -> bool:
    """Whether a value is a message."""
    return isinstance(value, dict) and "role" in value and isinstance(value.get("parts"), list)


def spoken(message: Plain) -> str:
    """A message in words, with who said it."""
    texts = (part_in_words(part) for part in message["parts"])
    return f"{message['role'] or 'unknown'}: {' '.join(filter(None, texts)) or SILENT}"
