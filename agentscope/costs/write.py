"""Filling the price table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from agentscope.costs.catalogue import COLUMNS, Row, rows_of
from agentscope.costs.models import ModelPrice
from agentscope.costs.prices import shelf

OURS = "genai-prices"  # rows of other sources were entered by people


def replace_prices(catalogue: dict[str, Any]) -> int:
    """Put a catalogue in the place of the one before it; how many prices it has.

    Prices with another source stay.
    """
    rows = list(rows_of(catalogue))
    with transaction.atomic():
        ModelPrice.objects.filter(source__startswith=OURS).delete()
        copy_prices(rows)
    shelf.book = None
    return len(rows)


def copy_prices(rows: Iterable[Row]) -> None:
    """Load rows. Works on what migrations have made, whatever the model looks like by now."""
    sql = f"copy model_price ({', '.join(COLUMNS)}) from stdin"
    with connection.cursor() as cursor, cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(row)
