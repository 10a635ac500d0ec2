"""A budget as a gauge: what is spent and reserved beside the soft and the hard level, and where it
is going. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ui import amounts

ROOM = Decimal("1.25")  # limits that a gauge has room for; where more is spent, it is all of it


@dataclass(frozen=True, slots=True)
class Filled:
    """How a budget stands. Amounts in its unit, `usd` or `tokens`."""

    unit: str
    limit: Decimal
    soft: Decimal
    spent: Decimal  # that is known of
    reserved: Decimal = Decimal(0)
    unpriced_calls: int = 0  # which are not in what is spent
    forecast: Decimal | None = None  # spent when the window ends; None: not told

    @property
    def taken(self) -> Decimal:
        """What nobody else can use."""
        return self.spent + self.reserved


@dataclass(frozen=True, slots=True)
class Gauge:
    """A gauge as it is drawn: places in percent of its width."""

    spent: str
    reserved: str  # wide; it begins where `spent` ends
    soft: str
    hard: str
    forecast: str | None
    tone: str  # good, warn or bad
    label: str  # all of it in words


def gauge(filled: Filled) -> Gauge:
    """How a budget is drawn."""
    whole = max(filled.limit * ROOM, filled.taken)
    forecast = filled.forecast
    return Gauge(
        percent(filled.spent, whole),
        percent(filled.reserved, whole),
        percent(filled.soft, whole),
        percent(filled.limit, whole),
        None if forecast is None else percent(min(forecast, whole), whole),
        tone(filled),
        label(filled),
    )


def percent(part: Decimal, whole: Decimal) -> str:
    """A part of the width."""
    return f"{100 * part / whole:.2f}%"


def tone(filled: Filled) -> str:
    """How bad it is."""
    if filled.taken >= filled.limit:
        return "bad"
    return "warn" if filled.taken >= filled.soft else "good"


def label(filled: Filled) -> str:
    """What a gauge shows, for those who do not see it."""
    unit = filled.unit
    said = [f"{spent(filled)} spent"]
    if filled.reserved:
        said.append(f"{amount(unit, filled.reserved)} reserved")
    said += [
        f"soft level at {amount(unit, filled.soft)}",
        f"limit {amount(unit, filled.limit)}",
    ]
    if filled.forecast is not None:
        said.append(f"{amount(unit, filled.forecast)} when it begins anew, at this rate")
    if note := unpriced(filled):
        said.append(note)
    return ", ".join(said)


def amount(unit: str, value: Decimal) -> str:
    """An amount with its unit."""
    return amounts.money(value) if unit == "usd" else amounts.count(int(value), "token")


def spent(filled: Filled) -> str:
    """What is spent: at least what is known, where calls have no price."""
    if filled.unit == "usd":
        return amounts.cost(filled.spent, filled.unpriced_calls)
    return amount(filled.unit, filled.spent)


def unpriced(filled: Filled) -> str:
    """Which calls are not in what is spent, in words; "" if none."""
    if filled.unit != "usd" or not filled.unpriced_calls:
        return ""
    return f"{amounts.count(filled.unpriced_calls, 'call')} without a price not in it"
