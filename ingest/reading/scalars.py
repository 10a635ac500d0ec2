"""One value as the plain thing it should be. Each gives None for what it cannot be."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from agentscope.vocabulary import Kind, Value
from ingest.reading.json_values import parsed

T = TypeVar("T")
LARGEST_COUNT = (1 << 63) - 1
LONGEST_NUMBER = 40  # characters
MOST_USD = Decimal(1_000_000_000)
NAMELESS = {"unknown", "Unknown", "UNKNOWN", "none", "None", "null", "_OTHER"}
LONGEST_NAME = 500  # characters; beyond, it is prose
OUTCOMES = {
    **dict.fromkeys("success succeeded ok passed pass completed true yes 1".split(), "success"),
    **dict.fromkeys("failure failed fail error ko false no 0".split(), "failure"),
}
ORDINARY_TIERS = {"", "auto", "default", "standard", "standard_only", "on_demand", "none", "null"}


def text(value: Value) -> str | None:
    """Text as it is; a number as text."""
    if type(value) is str:
        return value or None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return None


def name(value: Value) -> str | None:
    """Text that names something; JSON quotes around it are dropped, `unknown` is no name."""
    found = value if type(value) is str else text(value)
    if not found or len(found) > LONGEST_NAME:
        return None
    if found[0] == '"':
        found = found.strip('"')
    return None if found in NAMELESS or not found else found


def count(value: Value) -> int | None:
    """A whole number that is not negative. Also from text and from floats; never from booleans."""
    if type(value) is int:
        return value if 0 <= value <= LARGEST_COUNT else None
    amount = number(value)
    if amount is None or amount != amount.to_integral_value():
        return None
    return int(amount) if 0 <= amount <= LARGEST_COUNT else None


def number(value: Value) -> Decimal | None:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        amount = Decimal(str(value)[:LONGEST_NUMBER].strip(' "'))
    except (InvalidOperation, ValueError):
        return None
    return amount if amount.is_finite() else None


def usd(value: Value) -> Decimal | None:
    """An amount of money. What is negative or beyond a billion is a mistake."""
    amount = number(value)
    return amount if amount is not None and 0 <= amount < MOST_USD else None


def words(value: Value) -> list[str] | None:
    """A list of texts, from a list, from JSON, or from text with commas."""
    if isinstance(value, str):
        value = parsed(value) if value.startswith("[") else value.split(",")
    if not isinstance(value, list):
        return None
    return [word for item in value if (word := str(item).strip())] or None


def tier(value: Value) -> str | None:
    """A tier of service as the price list names it; the ordinary one has no name."""
    said = value.strip('" ').lower() if isinstance(value, str) else ""
    said = said.removeprefix("service_tier_").removeprefix("on_demand_")
    return None if said in ORDINARY_TIERS or len(said) > LONGEST_NAME else said


def outcome(value: Value) -> str | None:
    """Success or failure, in any of the usual words."""
    return OUTCOMES.get(str(value).strip().lower())


def yes(value: Value) -> bool | None:
    """True for a true value, in any spelling; None for everything else."""
    return True if value is True or str(value).lower() in {"true", "1"} else None


def kind_of(kinds: dict[str, Kind]) -> Callable[[Value], Kind | None]:
    """A parser that looks a kind up, whatever the case and with or without JSON quotes."""

    def look_up(value: Value) -> Kind | None:
        if type(value) is not str:
            return None
        found = kinds.get(value)
        return found if found is not None else kinds.get(value.strip('" ').lower())

    return look_up


def always(value: T) -> Callable[[Value], T]:
    """A parser that says the same whatever the value: the attribute itself is the evidence."""
    return lambda _: value


def equals(wanted: str, result: T) -> Callable[[Value], T | None]:
    """A parser that says `result` for one value and nothing for others."""
    return lambda value: result if value == wanted else None
