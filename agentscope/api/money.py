"""Amounts of money that are said."""

from __future__ import annotations

from decimal import Decimal

MOST_USD = 10**9
SMALLEST = Decimal("1e-12")  # USD that are stored


def usd(asked: str) -> Decimal:
    """An amount of USD that can have been spent. Raises ValueError or InvalidOperation."""
    amount = Decimal(asked)
    if not amount.is_finite() or not 0 <= amount <= MOST_USD:
        raise ValueError(asked)
    return amount.quantize(SMALLEST)
