"""A span as one value with a place for everything in it, which addresses name by JSON pointers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from agentscope.traces.detail import SpanDetail
from ui.json_tree import A_LINE

LONG = 200  # characters of a text that has to do with the size of a page
MOST = 5_000  # values inside of one that are weighed; no page has room for more
MESSAGES = ("input_messages", "output_messages")
MAPS = ("attributes", "resource", "scope")


def document(detail: SpanDetail) -> dict[str, Any]:
    """What a span said and carried, as it is shown on the panel."""
    events = [{"name": each.name, "attributes": each.attributes} for each in detail.events]
    records = [each.record for each in detail.logs]
    return {
        **detail.content,
        "attributes": detail.attributes,
        "events": events,
        "logs": [{"body": each.body, "attributes": each.attributes} for each in records],
        "resource": detail.resource,
        "scope": detail.scope.get("attributes", {}),
        "error": detail.said.get("error_message") or detail.status_message,
    }


def weights(said: dict[str, Any]) -> Iterator[int]:
    """How much room each of the values of a span takes that are shown one by one."""
    for name, value in said.items():
        if name in MESSAGES:
            yield from (weight(part) for each in value for part in each.get("parts") or [])
        elif name in MAPS:
            yield from map(weight, value.values())
        elif name in ("events", "logs"):
            yield from map(weight, value)
        else:
            yield weight(value)


def weight(value: Any) -> int:
    """The room of a value: of each text in it, with what is around it."""
    return sum(
        A_LINE + (len(each) if isinstance(each, str | bytes) else 0) for each in inside(value)
    )


def swelling(said: dict[str, Any], beginning: int) -> float:
    """How many bytes a character of a span's texts takes in HTML, of the text where that is most:
    from 1, where all are plain, to 6, where all are quotation marks. Told by the beginnings of
    long ones, of so many characters."""
    heads = (each[:beginning] for each in inside(said) if isinstance(each, str))
    return max(
        (len(escape(head).encode()) / len(head) for head in heads if len(head) > LONG), default=1
    )


def inside(value: Any) -> Iterator[Any]:
    """A value and those inside of it, at most MOST."""
    waiting, seen = [value], 0
    while waiting and seen < MOST:
        each, seen = waiting.pop(), seen + 1
        yield each
        waiting.extend(few(each))


def few(value: Any) -> Iterable[Any]:
    """What is inside of a value, no more than is weighed."""
    if isinstance(value, dict):
        return [each for each, _ in zip(value.values(), range(MOST), strict=False)]
    return value[:MOST] if isinstance(value, list) else ()
