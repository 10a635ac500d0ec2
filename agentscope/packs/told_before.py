"""What would be in a pack, before anybody asks for it."""

from __future__ import annotations

from dataclasses import dataclass

from agentscope.ledger.read import first_since, last_entry
from agentscope.packs.ask import check_entries
from agentscope.packs.asked import Asked
from agentscope.packs.content import MOST, left_out, rows_of


@dataclass(frozen=True)
class Before:
    """What there is by now."""

    counts: dict[str, int]
    entries: int  # of the ledger
    left_out: list[str]  # sentences


def told_before(asked: Asked) -> Before:
    """What a pack of it would hold. Raises BadPack."""
    check_entries(asked)
    counts = {name: rows.count() for name, rows in rows_of(asked).items()}
    first, last = first_since(asked.project.pk, asked.begin()), last_entry(asked.project.pk)
    return Before(
        counts={name: min(count, MOST[name]) for name, count in counts.items()},
        entries=last.position - first + 1 if last else 0,
        left_out=[left_out(name, n) for name, n in counts.items() if n > MOST[name]],
    )
