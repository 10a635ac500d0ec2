"""Filling the price table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.db.models.functions import Right

from agentscope.prices.book import shelf
from agentscope.prices.catalogue import COLUMNS, Row, read_catalogue, rows_of
from agentscope.prices.models import ModelPrice

DATE = len("2026-11-25")  # at the end of a source
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


def bring_bundled_prices() -> None:
    """Load the catalogue that comes with this release, unless a newer one is there."""
    catalogue = read_catalogue()
    ours = ModelPrice.objects.filter(source__startswith=OURS)
    taken_on = ours.aggregate(newest=Max(Right("source", DATE)))["newest"] or ""
    if taken_on < catalogue["taken_on"]:
        replace_prices(catalogue)


def copy_prices(rows: Iterable[Row]) -> None:
    """Load rows."""
    sql = f"copy model_price ({', '.join(COLUMNS)}) from stdin"
    with connection.cursor() as cursor, cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(row)
