"""How a price list is brought up to date without changing what was: pure.

A new list holds from the day on which it is imported. Whatever it says of the days before, they
keep the prices that we had, because costs were worked out with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal


@dataclass(slots=True, frozen=True)
class Period:
    """One price of one thing, for some days."""

    since: date  # date.min: since ever
    until: date  # exclusive; date.max: until further notice
    usd: Decimal  # per million
    source: str


def up_to_date(old: Iterable[Period], new: Iterable[Period], day: date) -> list[Period]:
    """The old prices before `day`, the new ones from then on. What both say of the same days to
    come stays as the old ones say it."""
    old = list(old)
    said = {replace(each, source=""): each for each in between(old, day, date.max)}
    ahead = [said.get(replace(each, source=""), each) for each in between(new, day, date.max)]
    return joined([*between(old, date.min, day), *ahead])


def between(periods: Iterable[Period], since: date, until: date) -> Iterator[Period]:
    """What of some periods lies between two days."""
    for period in periods:
        cut = replace(period, since=max(period.since, since), until=min(period.until, until))
        if cut.since < cut.until:
            yield cut


def joined(periods: Iterable[Period]) -> list[Period]:
    """Periods in order of time; a price that goes on unchanged is one, with its first source."""
    found: list[Period] = []
    for period in sorted(periods, key=lambda each: each.since):
        last = found[-1] if found else None
        if last and last.until == period.since and last.usd == period.usd:
            found[-1] = replace(last, until=period.until)
        else:
            found.append(period)
    return found
