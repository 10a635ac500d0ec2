"""Facts inside the `repr` of a Python object that stands where JSON should. Nothing is evaluated:
only names with a number or a plain text behind them are read."""

from __future__ import annotations

import re

USAGE = "usage="
NUMBER = re.compile(r"(\w+)=(\d+)\b")
TEXT = r"\b{}='([^'\\]+)'"
LONGEST = 20_000  # characters of one object that are looked through
SPELLINGS = {  # OpenAI's, Anthropic's and LiteLLM's names → fields of source.ScalarField
    "prompt_tokens": "input_tokens",
    "input_tokens": "input_tokens",
    "completion_tokens": "output_tokens",
    "output_tokens": "output_tokens",
    "total_tokens": "total_tokens",
    "cached_tokens": "cache_read_tokens",
    "cache_read_input_tokens": "cache_read_tokens",
    "cache_write_tokens": "cache_write_tokens",
    "cache_creation_input_tokens": "cache_write_tokens",
    "reasoning_tokens": "reasoning_tokens",
}


def usage_in(said: str) -> dict[str, int]:
    """The numbers of the last usage object: answers come before it, and may say anything."""
    start = said.rfind(USAGE)
    if start < 0:
        return {}
    return usage_numbers(balanced(said[start + len(USAGE) : start + LONGEST]))


def usage_numbers(said: str) -> dict[str, int]:
    """The numbers behind known names, of each name the first."""
    found: dict[str, int] = {}
    for name, digits in NUMBER.findall(said):
        if name in SPELLINGS:
            found.setdefault(SPELLINGS[name], int(digits))
    return found


def balanced(said: str) -> str:
    """The text up to where its first bracket is closed again."""
    depth = 0
    for at, letter in enumerate(said):
        depth += (letter == "(") - (letter == ")")
        if letter == ")" and depth == 0:
            return said[: at + 1]
    return said


def text_in(said: str, name: str, *, last: bool = False) -> str | None:
    """The text behind a name, the first or the last there is."""
    found = re.findall(TEXT.format(re.escape(name)), said)
    return str(found[-1 if last else 0]) if found else None
