"""One value of a span as it is asked for: as a tree, as text piece by piece, as Markdown. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from django.utils.safestring import SafeString

from ui.cuts import pretty
from ui.json_tree import Line, place, tree
from ui.markdown import MOST, is_marked, markdown
from ui.media import Media, data_url, media_of
from ui.pointers import parsed

PIECE = 30_000  # characters that are sent at a time
TITLE = 200  # characters


@dataclass(slots=True, frozen=True)
class Shown:
    """A value, or a part of it from `first` on."""

    at: str
    text: str = ""
    left: int = 0  # characters after these
    next: int = 0  # the character that they begin with
    first: int = 0
    lines: tuple[Line, ...] = ()
    html: SafeString = SafeString("")  # noqa: RUF009 — frozen
    media: Media | None = None
    is_marked: bool = False  # may be read as Markdown
    is_json: bool = False  # may be opened as a tree

    @property
    def title(self) -> str:
        """Its place in words."""
        return " / ".join(unquote(self.at).split("/")[1:])[:TITLE] or "Everything"


def shown(value: Any, at: str, how: str, first: int) -> Shown:
    """A value from its character or member `first` on. `how`: text, markdown, media, or empty for
    what suits it best."""
    meant = parsed(value) if isinstance(value, str) else value
    is_json = isinstance(meant, dict | list)
    if how == "media" and (media := media_of(value)):
        return Shown(place(at), media=media)
    if how == "markdown" and isinstance(value, str):
        said = value[first : first + MOST]
        left = max(len(value) - first - MOST, 0)
        return Shown(place(at), left=left, next=first + MOST, first=first, html=markdown(said))
    is_data = isinstance(value, str) and data_url(value) is not None
    if (is_json or is_data) and how != "text":
        return Shown(place(at), first=first, lines=tree(meant, at, first), is_json=is_json)
    text = value if isinstance(value, str) else pretty(value, None).shown
    return Shown(
        place(at),
        text[first : first + PIECE],
        max(len(text) - first - PIECE, 0),
        first + PIECE,
        first,
        is_marked=isinstance(value, str) and is_marked(value),
        is_json=is_json,
    )
