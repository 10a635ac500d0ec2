"""The rows of a page as HTML: as many as it has room for, so that it is small whatever they say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from django.template.loader import get_template

from ui.finding_words import FIRST
from ui.reading import Window
from ui.rows import View

ROOM = 102_000  # bytes of rows
A_FINDING, A_PANEL = 2_800, 70_000  # bytes of each further finding above the tree, and beside it
LEAST = 1 / 3  # of the room, for rows above what the page is about


def drawn(view: View, said: dict[str, Any], room: int) -> tuple[Window, list[str]]:
    """The window of a view, with fewer rows where there is no room for all of them, and these.
    `said` is what the template of a row knows beside the row."""
    template, window = get_template("trace/_row.html"), view.window

    @cache
    def row(number: int) -> str:
        return template.render(said | view.line(number).said)

    count = window.stop - window.start
    first, stop = fitting(lambda at: len(row(at).encode()), count, window.about, room)
    shown = replace(window, start=window.start + first, stop=window.start + stop)
    return shown, [row(at) for at in range(first, stop)]


def room(findings: int, has_panel: bool) -> int:
    """How many bytes of rows a whole page has room for."""
    return ROOM - max(findings - FIRST, 0) * A_FINDING - has_panel * A_PANEL


def fitting(size: Callable[[int], int], count: int, about: int, room: int) -> tuple[int, int]:
    """Which of so many rows there is room for: the one that the page is about in any case, some
    before it, and what follows; then more before it. From the first one up to the one after the
    last. No size is asked for but of these rows and of those that were too much."""
    first, stop = about, min(about + 1, count)
    used = sum(map(size, range(first, stop)))
    while first and used + size(first - 1) <= room * LEAST:
        first -= 1
        used += size(first)
    while stop < count and used + size(stop) <= room:
        used += size(stop)
        stop += 1
    while first and used + size(first - 1) <= room:
        first -= 1
        used += size(first)
    return first, stop
