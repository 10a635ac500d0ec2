"""What was said in a step of a decision, as a text to be read: its beginning. Pure."""

from __future__ import annotations

from typing import Any

import orjson

from agentscope.transcript.news import Plain
from ui.amounts import count
from ui.brief import one_line, part_in_words
from ui.cuts import Text, cut

ROLES = {"human": "user", "ai": "assistant"}  # as LangChain calls them
NO_TEXT: Plain = {"role": "", "parts": []}
LONGEST_STATE = 200_000  # characters of a text that is looked into


def gist(value: Any, longest: int) -> Text:
    """The beginning of a value, so many characters of it; of messages, of the last one."""
    if is_messages(said := messages_of_state(value) or value):
        before = len(said) - 1
        more = f"(after {count(before, 'message')}) " if before else ""
        return cut(more + spoken(said[-1]), longest)
    if is_message(value):
        return cut(spoken(value), longest)
    return cut(value if isinstance(value, str) else one_line(value), longest)


def messages_of_state(value: Any) -> list[Plain]:
    """The messages of a state of LangGraph that is kept as JSON; empty where it is none, or has
    other messages than texts."""
    if not isinstance(value, str) or not value.startswith("{") or len(value) > LONGEST_STATE:
        return []
    try:
        state = orjson.loads(value)
    except orjson.JSONDecodeError:
        return []
    state = next((state[name] for name in ("inputs", "outputs") if name in state), state)
    said = state.get("messages") if isinstance(state, dict) else None
    found = list(map(message_of, said)) if isinstance(said, list) else []
    # The last is the one that is shown.
    return [each or NO_TEXT for each in found] if found and found[-1] else []


def message_of(said: Any) -> Plain:
    """A message as LangChain writes it, `["human", "…"]` or with its class, in our form; empty
    where it has something else than a text."""
    match said:
        case [str(role), str(text)] if text:
            pass
        case {"id": [*_, str(role)], "kwargs": {"content": str(text)}} if text:
            pass
        case _:
            return {}
    plain = role.removesuffix("Chunk").removesuffix("Message").lower()
    return {"role": ROLES.get(plain, plain), "parts": [{"type": "text", "text": text}]}


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
