"""JSON as senders really write it: quickly if it is sound, else with every allowance."""

import json
import re
from decimal import Decimal
from typing import Any

import orjson

from ingest.refused import Undecodable

BOM = b"\xef\xbb\xbf"
# Parsers give up at about 1,000 levels. A value at `values.MAX_DEPTH`, which is kept as text
# anyway, has at most 130 around it.
DEEPEST = 256
LARGE = 16 << 20  # bytes; beyond it less memory counts for more than speed
MOST_DIGITS = 20  # of a 64-bit number with its sign
STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\Z)|[\[\]{}]', re.DOTALL)


def load(body: bytes) -> Any:
    """The JSON value in `body`. Raises Undecodable."""
    try:
        return orjson.loads(body) if len(body) <= LARGE else json.loads(body)
    except ValueError:
        return load_exactly(body)


def load_exactly(body: bytes) -> Any:
    """The same, ten times slower, without rounding any number and with these allowances: a byte
    order mark, bare NaN, lone surrogates, bytes that are not UTF-8 (they become lone surrogates),
    any nesting. Raises Undecodable for what is not even so JSON.
    """
    text = body.removeprefix(BOM).decode("utf-8", "surrogateescape")
    try:
        return json.loads(fold_deep(text), parse_float=Decimal, parse_int=whole_number)
    except (ValueError, RecursionError) as error:  # brackets that never close cannot be folded
        raise Undecodable(f"The body is not JSON: {error}.") from error


def whole_number(digits: str) -> int | str:
    """A number; one that fits no field stays text: Python refuses thousands of digits."""
    return int(digits) if len(digits) <= MOST_DIGITS else digits


def fold_deep(text: str) -> str:
    """JSON in which whatever is nested deeper than DEEPEST is a string that holds its JSON."""
    parts, depth, done, start = [], 0, 0, 0
    for found in STRING_OR_BRACKET.finditer(text):
        bracket = found.group()
        if bracket in {"[", "{"}:
            depth += 1
            if depth == DEEPEST + 1:
                start = found.start()
        elif bracket in {"]", "}"}:
            if depth == DEEPEST + 1:
                parts += [text[done:start], json.dumps(text[start : found.end()])]
                done = found.end()
            depth -= 1
    return "".join([*parts, text[done:]])
