"""Numbers and lengths of time as people write them in forms of rules and budgets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from agentscope.alerts.watch import BadRule

GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d*)?")
LONGEST = 10**9  # seconds, and more than any window


def minutes(seconds: int) -> str:
    """A length in minutes."""
    return f"{(Decimal(seconds) / 60).normalize():f}"


def digits(written: str) -> str:
    """A number without what groups its digits, and without a dollar sign. A comma that stands for a
    point stays, so that nobody's `2,50` is 250."""
    plain = written.strip().removeprefix("$")
    return plain.replace(",", "") if GROUPED.fullmatch(plain) else plain


def decimal(part: str, written: str) -> Decimal:
    """A number that somebody wrote. Raises BadRule."""
    try:
        found = Decimal(written)
    except InvalidOperation as error:
        why = f"“{written}” is no number." if written else "A number is missing."
        why += " Cents stand behind a point, as in 2.50." if "," in written else ""
        raise BadRule(part, why) from error
    if not found.is_finite() or found.is_signed():
        raise BadRule(part, f"“{written}” is not above 0.")
    return found


def whole_seconds(part: str, written: str, size: int) -> int:
    """So many minutes, hours or days in seconds. Raises BadRule."""
    number = decimal(part, digits(written))
    found = min(number, Decimal(LONGEST)) * size
    if number > LONGEST // size or found != found.to_integral_value():
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
