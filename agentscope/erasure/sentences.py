"""What is said of erasures."""

from __future__ import annotations

from typing import Any

from agentscope.erasure.models import Erasure
from agentscope.redaction.left import left_clause

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
    "reviews": ("text of a review or comment", "texts of reviews and comments"),
    "requests_waiting": ("request that waits", "requests that wait"),
    "entries": ("entry of the ledger", "entries of the ledger"),
    "texts": ("other text", "other texts"),
}


def held_words(held: int) -> str:
    """Why nothing is erased. Others may have been, before these were held."""
    if held == 1:
        return "One of the traces is on legal hold: lift it first. Until then nothing is erased."
    return (
        f"{held:,} of the traces are on legal hold: lift them first. Until then nothing is erased."
    )


def counts_in_words(counts: dict[str, Any]) -> list[str]:
    """What went or will go, each kind of it that there is."""
    return [
        amount(number, name)
        for name in NAMES
        if (number := counts.get(name, 0)) and isinstance(number, int)
    ]


def looked_through_words(counts: dict[str, Any], *, is_done: bool) -> str:
    """What was looked through for the name beside what is about it, and in how much of it the name
    was; "" if nothing was, or spans were not counted, as they once were not."""
    if "read_spans" not in counts:
        return ""
    looked = {name: counts.get(f"read_{name}", 0) for name in ("spans", "logs")}
    if not any(looked.values()):
        return ""
    said = f"Looked through for the name: {amount(looked['spans'], 'spans')}"
    said += f" and {amount(looked['logs'], 'records')}; "
    changed = [f"{counts.get(f'changed_{name}', 0):,}" for name in looked]
    return said + f"{' and '.join(changed)} of them {'were' if is_done else 'would be'} changed."


def amount(number: int, name: str) -> str:
    """A number with what NAMES calls it."""
    return f"{number:,} {NAMES[name][number != 1]}"


def done_words(erasure: Erasure, counts: dict[str, Any]) -> str:
    """The entry of the ledger."""
    went = ", ".join(counts_in_words(counts)) or "nothing was there"
    return f"Erased a {erasure.of}: {went}{left_clause(counts)}"
