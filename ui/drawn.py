"""The rows of a page as HTML: as many as it has room for, so that it is small whatever they say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.template.loader import get_template

from ui.finding_words import FIRST
from ui.reading import Window
from ui.rows import View

ROOM = 105_000  # bytes of rows
A_FINDING, A_PANEL = 2_800, 70_000  # bytes of each further finding above the tree, and beside it
LEAST = 1 / 3  # of the room, for rows above what the page is about


def drawn(view: View, said: dict[str, Any], room: int) -> tuple[Window, list[str]]:
    """The window of a view, with fewer rows where there is no room for all of them, and these.
    `said` is what the template of a row knows beside the row."""
    template = get_template("trace/_row.html")
    rows = [template.render(said | line.said) for line in view.lines()]
    first, stop = fitting([len(row.encode()) for row in rows], view.window.about, room)
    start = view.window.start
    return replace(view.window, start=start + first, stop=start + stop), rows[first:stop]


def room(findings: int, has_panel: bool) -> int:
    """How many bytes of rows a whole page has room for."""
    return ROOM - max(findings - FIRST, 0) * A_FINDING - has_panel * A_PANEL


def fitting(sizes: list[int], about: int, room: int) -> tuple[int, int]:
    """Which rows there is room for: the one that the page is about in any case, some before it, and
    what follows; from the first one up to the one after the last."""
    first, stop = about, min(about + 1, len(sizes))
    if sum(sizes) <= room:
        return 0, len(sizes)
    used = sum(sizes[first:stop])
    while first and used + sizes[first - 1] <= room * LEAST:
        first -= 1
        used += sizes[first]
    while stop < len(sizes) and used + sizes[stop] <= room:
        used += sizes[stop]
        stop += 1
    return first, stop
