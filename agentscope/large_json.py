"""JSON of any size, read without a search for cycles."""

from __future__ import annotations

import gc
from typing import Any

import orjson

LARGE = 100_000  # bytes or characters; what is smaller is read before anything is looked through


def read_json(text: str | bytes | memoryview) -> Any:
    """What JSON means. Raises ValueError.

    The collector of cyclic garbage pauses: it would look through the lists and objects of a large
    value again and again, for more time than reading takes, and there are no cycles among them.
    """
    if len(text) < LARGE or not gc.isenabled():
        return orjson.loads(text)
    gc.disable()
    try:
        return orjson.loads(text)
    finally:
        gc.enable()
