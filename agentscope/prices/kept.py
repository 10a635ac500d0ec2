"""The rates that a cost was worked out with, as the text that is kept beside it: what a price list
says later does not change what was billed. Pure."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from functools import lru_cache

import orjson

from agentscope.prices.rates import Rates

LEFT_OUT = ("units",)  # of use only while a cost is worked out


def written(rates: Rates) -> str:
    """Rates as a text; equal rates give equal texts."""
    said = {name: value for name, value in asdict(rates).items() if name not in LEFT_OUT}
    return orjson.dumps(said).decode()


@lru_cache(maxsize=1024)
def read(text: str) -> Rates | None:
    """What `written` wrote; None for empty text, which is all that earlier versions kept."""
    if not text:
        return None
    said = orjson.loads(text)
    said["by_bucket"] = tuple(said["by_bucket"])
    said["since"] = date.fromisoformat(said["since"])
    return Rates(**said)
