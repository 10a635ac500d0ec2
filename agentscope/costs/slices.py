"""Cutting a period into intervals, in UTC."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from agentscope.costs.query import CostQuery, Interval


def slice_of(time: str, interval: Interval) -> str:
    """The start of the interval that a time lies in, in SQL."""
    return "null" if interval == Interval.NONE else f"date_trunc('{interval.value}', {time})"


def starts(query: CostQuery) -> Iterator[datetime]:
    """The starts of the intervals that the period touches."""
    day = query.since.replace(hour=0)
    start = {
        Interval.HOUR: query.since,
        Interval.DAY: day,
        Interval.WEEK: day - timedelta(days=day.weekday()),
        Interval.MONTH: day.replace(day=1),
    }[query.interval]
    while start < query.until:
        yield start
        start = following(start, query.interval)


def following(start: datetime, interval: Interval) -> datetime:
    """The start of the next interval."""
    if interval == Interval.MONTH:
        return (start + timedelta(days=31)).replace(day=1)
    days = {Interval.DAY: 1, Interval.WEEK: 7}.get(interval, 0)
    return start + (timedelta(days=days) if days else timedelta(hours=1))
