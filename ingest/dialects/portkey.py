"""Portkey's gateway: spans of tools, whose arguments and results are attributes of events."""

from __future__ import annotations

from agentscope.vocabulary import Content, Value
from ingest.reading.json_values import parsed
from ingest.reading.source import Events, Fields, Flattened, Happening, Refinements
from ingest.reading.tools import result

NAME = "portkey"


def tool_input(event: Happening, content: Content) -> None:
    """What a tool was called with, one attribute an argument."""
    content.arguments = plain(event)


def tool_output(event: Happening, content: Content) -> None:
    """What it gave back."""
    given = plain(event)
    one = next(iter(given.values())) if len(given) == 1 else given
    content.result = result(one)


def plain(event: Happening) -> dict[str, Value]:
    """The attributes of an event, decoded, without the prefix that some versions give them."""
    prefix = f"{event.name}."
    return {key.removeprefix(prefix): parsed(value) for key, value in event.attributes.items()}


FIELDS: Fields = {}
FLATTENED: Flattened = {}
EVENTS: Events = {"gen_ai.tool.input": tool_input, "gen_ai.tool.output": tool_output}
REFINE: Refinements = {}
