"""Tables as CSV (RFC 4180), row by row, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import StringIO

# A spreadsheet takes a text that begins so for a formula, and would run it; some take signs of full
# width for the same.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", *"\uff1d\uff0b\uff0d\uff20")
AT_ONCE = 500  # rows in a piece of text


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The table as pieces of text, the head first."""
    written = StringIO()
    writer = csv.writer(written)
    writer.writerow(map(cell, head))
    for number, row in enumerate(rows, start=1):
        writer.writerow(map(cell, row))
        if number % AT_ONCE == 0:
            yield written.getvalue()
            written.seek(0)
            written.truncate()
    yield written.getvalue()


def cell(value: object) -> str:
    """A value as text: nothing for None, decimals without exponent, texts that a spreadsheet would
    run as a formula behind a quote."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return str(value)
