"""Whether a step can say a word at all, as its open payload shows without being read. Pure.

Most steps that are looked into do not have what is looked for. A word of ASCII letters stands in a
payload as it is, in some case, unless the text that says it has an escape for one of its letters,
or a character that folds to one, such as a ligature. Where there is neither, it need not be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from agentscope.search.asked import Needle
from agentscope.search.words import words

IN_NUMBERS = {"true", "false", "null"}  # and digits: payloads hold them in binary
ASCII = bytes(range(128))
ESCAPE = b"\\u"  # how JSON begins to write a character as a number
# How characters begin, in UTF-8, that hold letters of ASCII once they are folded, or that vanish
# then.
HIDES = re.compile(
    rb"\xc2[\xaa\xba]|\xc3\x9f|\xc4[\xb0\xb2\xb3\xbf]|\xc5[\x80\x89\xbf]"
    rb"|\xc7[\x84-\x8c\xb1-\xb3]|\xca[\xb0-\xb8]|\xcb[\xa1-\xa3]|\xe1[\xb4-\xb6\xba]"
    rb"|\xe2[\x81\x82\x84\x85\x92\x93\xb1]|\xe3[\x89\x8b\x8d-\x8f]|\xea\x9f"
    rb"|\xef[\xac\xb8\xbc\xbd]|\xf0[\x90\x9d\x9f]|\xf3\xa0"
)


def plain_words(needles: Iterable[Needle]) -> list[bytes]:
    """The words of needles that stand in a payload as they are."""
    found = {word for needle in needles for word in words(needle.text)}
    return [
        word.encode()
        for word in sorted(found)
        if word.isascii() and word.isalpha() and word not in IN_NUMBERS
    ]


def can_say(body: bytes, plain: Iterable[bytes]) -> bool:
    """Whether an open payload can have some plain words."""
    lower = body.lower()
    return all(word in lower for word in plain) or ESCAPE in body or hides(body)


def hides(body: bytes) -> bool:
    """Whether a character may fold to a letter; first without ASCII, which is quick to leave out
    and most of it."""
    return bool(HIDES.search(body.translate(None, ASCII)) and HIDES.search(body))
