"""Text as Markdown, where somebody asks for it: what was said by models and tools is hostile. Pure.

HTML in the text stays text, and what the library makes of it goes through a sanitiser that knows
few elements and no attribute but the start of a list. Nothing is fetched and nothing leads away:
links and images become their words with the address beside.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

MOST = 20_000  # characters that are read as Markdown at a time
ELEMENTS = set(
    "p br hr h4 h5 h6 strong em s code pre blockquote ul ol li table thead tbody tr th td".split()
)
ATTRIBUTES = {"ol": {"start"}}
HEADINGS = {"h1": "h4", "h2": "h5", "h3": "h6", "h4": "h6", "h5": "h6", "h6": "h6"}


class Renderer(RendererHTML):
    """HTML without links and images, with headings below those of the page."""

    def link_open(self, *_: object) -> str:
        return ""

    def link_close(self, tokens: Sequence[Token], at: int, *_: object) -> str:
        """The address behind the words, as text, unless the words are the address."""
        opened = next(each for each in reversed(tokens[:at]) if each.type == "link_open")
        words = "".join(each.content for each in tokens[tokens.index(opened) : at])
        address = str(opened.attrs.get("href", ""))
        return "" if address in words else f" <code>{escape(address)}</code>"

    def image(self, tokens: Sequence[Token], at: int, *_: object) -> str:
        """An image is not fetched: its words and its address."""
        said = tokens[at]
        words = f"image: {said.content}" if said.content else "image"
        return f"{escape(words)} <code>{escape(str(said.attrs.get('src', ''))[:300])}</code>"


MARKED = re.compile(
    r"\*\*|__|```|^#{1,6} |^ {0,9}(?:[-*+]|\d{1,3}\.) |^\|.*\||\]\(|`[^`\n]+`", re.MULTILINE
)
LOOKED_AT = 2_000  # characters

READER = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}, renderer_cls=Renderer).enable(
    ["table", "strikethrough"]
)


def is_marked(text: str) -> bool:
    """Whether a text looks as if it were Markdown."""
    return bool(MARKED.search(text[:LOOKED_AT]))


def markdown(text: str) -> SafeString:
    """Text of at most MOST characters as safe HTML."""
    tokens = READER.parse(text[:MOST])
    for token in tokens:
        token.tag = HEADINGS.get(token.tag, token.tag)
    made = READER.renderer.render(tokens, READER.options, {})
    return SafeString(nh3.clean(made, tags=ELEMENTS, attributes=ATTRIBUTES, link_rel=None))
