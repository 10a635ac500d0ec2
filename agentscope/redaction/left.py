"""What stays as it is since its trace is on legal hold, in words."""

from __future__ import annotations

from typing import Any

# By the names of Step: how it is called, for one and for more.
NAMES = {
    "held_spans": ("span", "spans"),
    "held_logs": ("log record", "log records"),
    "held_texts": ("other text", "other texts"),
}


def left(result: dict[str, Any]) -> str:
    """How much of it, by what a job says of itself; "" if nothing."""
    amounts = (
        f"{number:,} {NAMES[name][number != 1]}" for name in NAMES if (number := result.get(name))
    )
    return ", ".join(amounts)


def left_words(result: dict[str, Any]) -> str:
    """The same as a sentence that says what to do."""
    what = left(result)
    return f"On legal hold, so left as it is: {what}. Lift the hold and ask again." if what else ""


def left_clause(result: dict[str, Any]) -> str:
    """The same behind another sentence."""
    what = left(result)
    return f"; left as it is, on legal hold: {what}" if what else ""
