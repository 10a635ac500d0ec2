"""Work that nobody used, in words: that it was rejected or replaced, why, and what it cost. Pure.

Never told by colour alone: its name is struck through, and a pill says the word.
"""

from __future__ import annotations

from agentscope.billing.words import discarded_reason
from agentscope.traces.tree import Row
from agentscope.vocabulary import PICO, Discarded
from ui import amounts
from ui.pills import Pill

WORDS: dict[Discarded, str] = {
    Discarded.NONE: "",
    Discarded.RETRIED: "replaced",
    Discarded.REJECTED: "rejected",
    Discarded.ABANDONED: "abandoned",
    Discarded.UNUSED: "not used",
}


def rejected_word(row: Row) -> str:
    """What became of the work of a row; empty where it was used."""
    return WORDS[row.discarded]


def is_rejected_above(row: Row) -> bool:
    """Whether a row belongs to discarded work that began above it, for the same reason."""
    above = int(row.tree.parent[row.at])
    return above >= 0 and row.tree.discarded[above] == row.discarded


def rejected_pill(row: Row) -> Pill | None:
    """The word with the price, on the outermost row of such work."""
    if row.discarded == Discarded.NONE or is_rejected_above(row):
        return None
    why, spent = discarded_reason(row), price_of(row)
    if not spent:
        return Pill(rejected_word(row), "gone", why)
    cost = "cost unknown" if spent == amounts.UNKNOWN else spent
    return Pill(f"{rejected_word(row)}, {cost}", "gone", f"{why} Spent in vain: {spent}.")


def price_of(row: Row) -> str:
    """What discarded work cost with all beneath it; empty where there was nothing to pay."""
    tree = row.tree
    return price(int(tree.sum_discarded[row.at]), int(tree.sum_unpriced[row.at]))


def price(pico: int, unpriced: int) -> str:
    """1e-12 USD and calls without a price in words; empty where both are 0."""
    return amounts.cost(pico * PICO, unpriced) if pico or unpriced else ""
