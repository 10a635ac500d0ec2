"""How runs go on from each other, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from agentscope.decisions.resumed import Continuation
from ui import amounts

SHORT = 8  # digits of an id
MOST_SHOWN = 8  # traces in a line
MOST_OF_ROW = 2


@dataclass(slots=True, frozen=True)
class Way:
    """A link to another trace, seen from the page of a trace."""

    address: str
    text: str  # the beginning of its id
    words: str = ""  # how the one goes on from the other


@dataclass(slots=True, frozen=True)
class Ways:
    """Where a trace goes on from, and where it goes on."""

    before: list[Way]
    after: list[Way]
    before_left: int
    after_left: int


def ways(found: Sequence[Continuation]) -> Ways:
    """The ways from a trace to others, the nearest first."""
    before = [each for each in found if each.is_earlier]
    after = [each for each in found if not each.is_earlier]
    return Ways(
        [way(each.trace_id, words(each)) for each in before[:MOST_SHOWN]],
        [way(each.trace_id, words(each)) for each in after[:MOST_SHOWN]],
        max(len(before) - MOST_SHOWN, 0),
        max(len(after) - MOST_SHOWN, 0),
    )


def way(trace_id: UUID, said: str = "") -> Way:
    """The link to a trace."""
    return Way(f"../{trace_id.hex}/", trace_id.hex[:SHORT], said)


def words(found: Continuation) -> str:
    """From which state it goes on; empty where a link tells none."""
    if not found.of:
        return ""
    calls = amounts.count(found.of, "model call")
    if found.is_fork:
        return f"a fork, after {found.at:,} of {calls}"
    return f"from its last state, after {calls}"


def row_ways(links: Iterable[UUID]) -> Iterator[Way]:
    """The traces that a span says that it goes on from, the first ones and how many more."""
    linked = list(links)
    yield from (way(each) for each in linked[:MOST_OF_ROW])
    if (left := len(linked) - MOST_OF_ROW) > 0:
        yield Way("", f"{left:,} more")
