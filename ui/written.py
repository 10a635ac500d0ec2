"""Numbers and lengths of time as people write them in forms of rules and budgets."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

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
