"""Message events that were put into a list in one attribute, each with its `event.name`.

Several events may belong to one message: then they have the same `gen_ai.message.index`.
"""

from __future__ import annotations

from typing import Any

from agentscope.vocabulary import Message, Value
from ingest.reading.json_values import parsed
from ingest.reading.messages import CHOICE, EVENT_NAME, from_event

ASSISTANT = "gen_ai.assistant.message"
INDEX = "gen_ai.message.index"

Item = dict[str, Any]


def told(value: Value) -> list[Message] | None:
    """What a model was told: all events that are no answer."""
    return conversation(divided(value)[0])


def chosen(value: Value) -> list[Message] | None:
    """What a model answered."""
    return conversation(divided(value)[1])


def divided(value: Value) -> tuple[list[Item], list[Item]]:
    """Events before an answer, and those of the answer: the choices, or where there are none, what
    the assistant says at the end."""
    found = events_in(value)
    answer = [item for item in found if item[EVENT_NAME] == CHOICE]
    if answer:
        return [item for item in found if item[EVENT_NAME] != CHOICE], answer
    end = len(found)
    while end and found[end - 1][EVENT_NAME] == ASSISTANT:
        end -= 1
    return found[:end], found[end:]


def everything(value: Value) -> list[Message] | None:
    """All messages of a run."""
    return conversation(events_in(value))


def events_in(value: Value) -> list[Item]:
    """The events in a value, given as it is or as JSON."""
    found = parsed(value)
    if not isinstance(found, list):
        return []
    return [item for item in found if isinstance(item, dict) and EVENT_NAME in item]


def conversation(items: list[Item]) -> list[Message] | None:
    """The messages, pieces of one put together."""
    found: list[Message] = []
    last = None
    for item in items:
        message = from_event(str(item[EVENT_NAME]), item)
        if message is None:
            continue
        index = item.get(INDEX), message.role
        if index[0] is not None and index == last:
            found[-1].parts += message.parts
        else:
            found.append(message)
        last = index
    return found or None
