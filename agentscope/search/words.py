"""The words of a text, in any language: what can be looked for. Pure.

Where words stand apart, a word is a run of letters, marks and digits (Unicode's categories L, M and
N). Where they do not (Chinese, Japanese, Korean with its endings, Thai, …), each character and each
pair of neighbours is one. A symbol, such as an emoji, is one by itself; all else parts words.

Case, width and other forms of the same character are folded: NFKC and case folding, as Unicode's
NFKC_Casefold does it, without variation selectors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import groupby, pairwise
from unicodedata import category, normalize

RUN = re.compile("[0-9A-Za-z\x80-\U0010ffff]+")  # what ASCII does not part
# Blocks of scripts that are written without gaps between words, or, like Korean, with endings that
# are part of the word. Their forms of half width are folded before.
GAPLESS = (
    *((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1100, 0x11FF), (0x1780, 0x17FF), (0x1950, 0x19DF)),
    *((0x1A20, 0x1AAF), (0x3005, 0x3007), (0x3021, 0x302F), (0x3031, 0x318F), (0x31A0, 0x31BF)),
    *((0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA960, 0xA97F), (0xA9E0, 0xA9FF)),
    *((0xAA60, 0xAA7F), (0xAC00, 0xD7FF), (0xF900, 0xFAFF), (0x1B000, 0x1B16F)),
    (0x20000, 0x3FFFF),
)
SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # of how a character is drawn
BY_CATEGORY = {"L": "word", "M": "word", "N": "word", "S": "symbol"}
END = 0x40000  # behind the last plane that has letters


def fold(text: str) -> str:
    """A text in which the forms of a character are one, and each stretch of white space a space."""
    if not text.isascii():
        text = normalize("NFKC", normalize("NFKC", SELECTORS.sub("", text)).casefold())
    return " ".join(text.lower().split())


def words(text: str) -> Iterator[str]:
    """The words of a text, folded, in order; of a pair of neighbours also both alone."""
    for run in RUN.findall(text):
        if run.isascii():
            yield run.lower()
        else:
            yield from folded_words(fold(run))


def folded_words(run: str) -> Iterator[str]:
    """The words of a folded text."""
    for found in pieces().finditer(run):
        if found.lastgroup == "gapless":
            yield from found[0]
            yield from map("".join, pairwise(found[0]))
        else:
            yield found[0]


def is_bound(text: str, at: int) -> bool:
    """Whether no word goes on from before a place of a folded text to behind it."""
    inside = 0 < at < len(text)
    return not inside or not (is_letter(text[at - 1]) and is_letter(text[at]))


@cache
def is_letter(char: str) -> bool:
    """Whether a character is part of words that stand apart."""
    found = pieces().match(char)
    return found is not None and found.lastgroup == "word"


@cache
def pieces() -> re.Pattern[str]:
    """What the words of a folded text are cut from. Made at the first use, as it looks at all
    characters that there are: a tenth of a second."""
    kinds = kinds_of_all()
    word, gapless, symbol = (ranges(kinds, kind) for kind in ("word", "gapless", "symbol"))
    return re.compile(f"(?P<gapless>[{gapless}]+)|(?P<word>[{word}]+)|(?P<symbol>[{symbol}])")


def kinds_of_all() -> list[str]:
    """What each character is to a text, by its number: part of a word, of a script without gaps, a
    symbol; or ""."""
    found = [BY_CATEGORY.get(category(chr(code))[0], "") for code in range(END)]
    found[:0x80] = ["" if kind == "symbol" else kind for kind in found[:0x80]]
    for first, last in GAPLESS:
        found[first : last + 1] = [kind and "gapless" for kind in found[first : last + 1]]
    return found


def ranges(kinds: list[str], wanted: str) -> str:
    """Characters of a kind as a regular expression writes them."""
    found, at = [], 0
    for kind, some in groupby(kinds):
        first, at = at, at + sum(1 for _ in some)
        if kind == wanted:
            found.append(f"\\U{first:08x}-\\U{at - 1:08x}")
    return "".join(found)
