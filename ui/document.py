"""A span as one value with a place for everything in it, which addresses name by JSON pointers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from agentscope.traces.detail import SpanDetail
from ui.json_tree import A_LINE

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
    found, waiting, seen = 0, [value], 0
    while waiting and seen < MOST:
        each, seen = waiting.pop(), seen + 1
        found += A_LINE + (len(each) if isinstance(each, str | bytes) else 0)
        waiting.extend(few(each))
    return found


def few(value: Any) -> Iterable[Any]:
    """What is inside of a value, no more than is weighed."""
    if isinstance(value, dict):
        return [each for each, _ in zip(value.values(), range(MOST), strict=False)]
    return value[:MOST] if isinstance(value, list) else ()
