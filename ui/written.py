"""Numbers and lengths of time as people write them in forms of rules and budgets."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from agentscope.alerts.watch import BadRule


def minutes(seconds: int) -> str:
    """A length in minutes."""
    return f"{(Decimal(seconds) / 60).normalize():f}"


def decimal(part: str, written: str) -> Decimal:
    """A number that somebody wrote. Raises BadRule."""
    try:
        found = Decimal(written)
    except InvalidOperation as error:
        why = f"“{written}” is no number." if written else "A number is missing."
        raise BadRule(part, why) from error
    if not found.is_finite() or found.is_signed():
        raise BadRule(part, f"“{written}” is not above 0.")
    return found


def whole_seconds(part: str, written: str, size: int) -> int:
    """So many minutes, hours or days in seconds. Raises BadRule."""
    found = decimal(part, written.replace(",", "").strip()) * size
    if found > 10**9 or found != found.to_integral_value():
        raise BadRule(part, f"“{written}” is not a whole number of seconds.")
    return int(found)


def window(clean: Mapping[str, Any]) -> dict[str, Any]:
    """How long is counted, as rules and budgets say it, of what was picked. Raises BadRule."""
    kind = clean["window_kind"]
    if kind == "whole":
        return {"kind": "whole"}
    if kind != "rolling":
        return {"kind": "calendar", "unit": kind}
    size = int(clean["window_unit"] or 60)
    return {
        "kind": "rolling",
        "seconds": whole_seconds("window_number", clean["window_number"], size),
    }
