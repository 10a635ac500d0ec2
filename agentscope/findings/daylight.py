"""The days after clocks changed somewhere. Pure.

Work follows clocks on walls, hours here are UTC: after a change the first hour of work is one in
which nothing was done before. Clocks change on Sundays: in Europe on the last of March and of
October, in North America on the second of March and the first of November, in Australia on the
first of April and of October. A week later the hours of the new time are known.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

CHANGES = ((3, -1), (10, -1), (3, 2), (11, 1), (4, 1), (10, 1))  # month, which Sunday
AFTERWARDS = timedelta(days=8)  # with the next weekend


@lru_cache(maxsize=1024)
def clocks_changed(day: date) -> bool:
    """Whether clocks were changed on a day or shortly before."""
    return any(
        timedelta() <= day - sunday(day.year, month, which) < AFTERWARDS for month, which in CHANGES
    )


def sunday(year: int, month: int, which: int) -> date:
    """A Sunday of a month: 1 is the first, -1 the last."""
    begin = date(year + (which < 0 and month == 12), month % 12 + 1 if which < 0 else month, 1)  # noqa: PLR2004
    first = begin + timedelta(days=6 - begin.weekday())
    return first + timedelta(weeks=which if which < 0 else which - 1)
