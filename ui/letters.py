"""How wide text is when it is drawn where it cannot flow: in pictures. Pure.

Browsers take different fonts, so each letter counts as it is in a wide one (DejaVu Sans): what fits
by this measure fits elsewhere too. tests/pages/test_graph.py holds it against a browser.
"""

from __future__ import annotations

from unicodedata import combining, east_asian_width

THIN, WIDE = frozenset(" !'(),-./:;IJ[]\\fijlrt|·"), frozenset("#%&+<=>@MWmw^~×…→↻")
IN_THIN, IN_SMALL, IN_CAPITAL, IN_OTHER, IN_WIDE = 0.42, 0.64, 0.79, 0.9, 1.0  # of the font's size
BOLD = 1.15  # times as wide


def width(text: str, size: float, *, is_bold: bool = False) -> float:
    """The length of a line of text in pixels, at a font's size in pixels; rather too long than too
    short."""
    return sum(map(share, text)) * size * (BOLD if is_bold else 1)


def share(letter: str) -> float:
    """The width of a letter as a share of the font's size."""
    if letter in THIN:
        return IN_THIN
    if letter in WIDE or east_asian_width(letter) in "WF":
        return IN_WIDE
    if not letter.isascii():
        return 0 if combining(letter) else IN_OTHER
    return IN_CAPITAL if letter.isupper() else IN_SMALL


def cut(text: str, room: float, size: float, *, is_bold: bool = False) -> str:
    """A text, or its beginning with an ellipsis, in so many pixels."""
    if width(text, size, is_bold=is_bold) <= room:
        return text
    left = room - width("…", size, is_bold=is_bold)
    for at, letter in enumerate(text):
        left -= width(letter, size, is_bold=is_bold)
        if left < 0:
            return text[: max(at, 1)].rstrip() + "…"
    return text
