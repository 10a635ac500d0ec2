"""What was found in a trace, and how far a search reached, in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from agentscope.search.blocks import Hit
from agentscope.search.match import Sight
from agentscope.search.read import EARLIEST, SearchPage
from agentscope.traces.ids import span_hex
from ui import amounts

PLACES = {
    "name": "name of a step",
    "error": "error",
    "input": "input",
    "output": "output",
    "system": "system prompt",
    "arguments": "arguments",
    "result": "result",
    "tools": "definition of a tool",
    "log record": "log record",
}


@dataclass(slots=True, frozen=True)
class Found:
    """The newest step of a trace that has what was searched for."""

    place: str
    sight: Sight
    span: str  # its id in hex; "" for a log record on no span


def found_of(hit: Hit) -> Found:
    """A hit in words. Where a step is searched has a name; else it is an attribute's."""
    span = span_hex(hit.span_id) if hit.span_id is not None else ""
    return Found(PLACES.get(hit.sight.place, hit.sight.place), hit.sight, span)


def count(found: SearchPage, *, is_first: bool) -> str:
    """How many traces were found."""
    number = amounts.count(len(found.items), "trace")
    more = "" if is_first else " more"
    return f"{number}{more}, newest step first"


def reach(found: SearchPage) -> str:
    """How far the search reached, where it did not reach the end."""
    if found.next is None or found.is_full:
        return ""
    if found.next.at <= EARLIEST or found.next.at > timezone.now():
        return "The time was up before anything was searched."
    back = found.next.at.strftime("%d %B %Y, %H:%M UTC").lstrip("0")
    return f"Searched back to {back}: then the time was up."
