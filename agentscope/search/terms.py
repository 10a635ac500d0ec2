"""Terms: words and attributes as numbers of 32 bits, quick to be made of much text. Pure.

The words of a text in UTF-8 are numbered all at once, where it is ASCII, as most is: with each byte
b(i) times P**i summed up, the number of a word is the difference of two sums, times P**-start, all
modulo 2**64. What is not ASCII takes the long way through words.py, to the same numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from agentscope.search.words import words
from agentscope.vocabulary import Value

Terms = NDArray[np.uint32]
PIECE = 14_000  # bytes at once: arrays of it are small enough for malloc not to ask the system
# Byte → what it is folded to: letters and digits themselves, in lower case; all else is a space.
FOLD = bytes(ord(c.lower()) if (c := chr(at)).isalnum() else 32 for at in range(128)) + bytes(
    range(128, 256)
)
P = 0x9E3779B97F4A7C15  # odd, so that it has an inverse
MIX = np.uint64(0xD6E8FEB86659FD93)
MODULUS = 1 << 64
BEYOND_ASCII = re.compile(rb"[0-9A-Za-z]*[\x80-\xff][0-9A-Za-z\x80-\xff]*")
LONGEST_VALUE = 256  # characters of an attribute that can be asked for by its value
NONE = np.empty(0, np.uint32)


def powers(base: int) -> NDArray[np.uint64]:
    """base**0 to base**PIECE."""
    found, power = [], 1
    for _ in range(PIECE + 1):
        found.append(power)
        power = power * base % MODULUS
    return np.array(found, np.uint64)


POWERS, INVERSE = powers(P), powers(pow(P, -1, MODULUS))


def terms_of(text: bytes) -> Terms:
    """The terms of all words of a text in UTF-8; some more than once."""
    if text.isascii():
        return numbered(text)
    long_way = (run.decode("utf-8", "replace") for run in BEYOND_ASCII.findall(text))
    other = " ".join(word for run in long_way for word in words(run)).encode()
    return np.concatenate([numbered(BEYOND_ASCII.sub(b" ", text)), numbered(other)])


def terms_of_words(found: Iterable[str]) -> list[int]:
    """The terms of folded words, in order."""
    return [term for word in found for term in numbered(word.encode()).tolist()]


def numbered(text: bytes) -> Terms:
    """A number for each run of letters and digits, bytes beyond ASCII among them."""
    folded, found, first = text.translate(FOLD), [NONE], 0
    while first < len(folded):
        end = first + PIECE - 2
        if end < len(folded):
            end = folded.rfind(b" ", first, end) + 1 or end  # no word is so long
        found.append(numbered_piece(folded[first:end]))
        first = end
    return np.concatenate(found)


def numbered_piece(folded: bytes) -> Terms:
    """The same of at most PIECE folded bytes."""
    codes = np.frombuffer(b" " + folded + b" ", np.uint8)
    inside = codes != ord(" ")
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    starts, ends = edges[::2], edges[1::2]
    sums = np.cumsum(POWERS[: len(codes)] * codes)
    numbers = (sums[ends] - sums[starts]) * INVERSE[starts]
    mixed: Terms = (((numbers ^ (numbers >> np.uint64(32))) * MIX) >> np.uint64(32)).astype("u4")
    return mixed


@lru_cache(maxsize=4096)
def key_term(key: str) -> int:
    """The term of all attributes of a name."""
    return crc32(key.encode("utf-8", "replace"))


def spellings(value: Value) -> list[str]:
    """The texts by which an attribute can be asked for: each of a list; none for what is long or
    nested. Numbers that are equal are spelled alike."""
    if isinstance(value, str):
        return [value] if len(value) <= LONGEST_VALUE else []
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, int):
        return [str(value)]
    if isinstance(value, float):
        return [str(int(value)) if value.is_integer() else repr(value)]
    if isinstance(value, list):
        return [text for each in value if not isinstance(each, list) for text in spellings(each)]
    return []
