"""What is said of erasures."""

from __future__ import annotations

from typing import Any

from agentscope.erasure.models import Erasure

# How what went is called, for one and for more.
NAMES = {
    "traces": ("trace", "traces"),
    "spans": ("span", "spans"),
    "payloads": ("payload", "payloads"),
    "records": ("log record", "log records"),
    "findings": ("finding", "findings"),
    "search": ("block of search texts", "blocks of search texts"),
    "sessions": ("session", "sessions"),
    "letters": ("dead letter", "dead letters"),
    "answers": ("answer to agents", "answers to agents"),
    "messages": ("message to people", "messages to people"),
    "requests_waiting": ("request that waits", "requests that wait"),
    "entries": ("entry of the ledger", "entries of the ledger"),
    "texts": ("other text", "other texts"),
}


def held_words(held: int) -> str:
    """Why nothing is erased."""
    if held == 1:
        return "One of the traces is on legal hold: lift it first. Nothing was erased."
    return f"{held:,} of the traces are on legal hold: lift them first. Nothing was erased."


def counts_in_words(counts: dict[str, Any]) -> list[str]:
    """What went or will go, each kind of it that there is."""
    return [
        f"{number:,} {NAMES[name][number != 1]}"
        for name in NAMES
        if (number := counts.get(name, 0)) and isinstance(number, int)
    ]


def done_words(erasure: Erasure, counts: dict[str, Any]) -> str:
    """The entry of the ledger."""
    return f"Erased a {erasure.of}: {', '.join(counts_in_words(counts)) or 'nothing was there'}"
