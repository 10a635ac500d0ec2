"""How far costs are known: which days are still to be added up, and since when calls are kept."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import connection

from agentscope.costs.query import CostQuery

DUE = """
select count(*) from day_due
where project_id = %s and due_at is not null and day >= %s and day <= %s
"""
CLOSED = "select max(day) from day_due where project_id = %s and closed"


def days_due(project_id: int, query: CostQuery) -> int:
    """How many days of the period are to be added up again."""
    last = (query.until - timedelta.resolution).date()
    with connection.cursor() as cursor:
        cursor.execute(DUE, [project_id, query.since.date(), last])
        return int(cursor.fetchone()[0])


def calls_since(project_id: int) -> date | None:
    """The first day of which calls are kept; None if nothing expired yet."""
    with connection.cursor() as cursor:
        cursor.execute(CLOSED, [project_id])
        closed: Any = cursor.fetchone()[0]
    return closed + timedelta(days=1) if closed else None
