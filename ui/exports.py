"""Where the table of a page is for machines: the same question to the API."""

from __future__ import annotations

from django.utils.http import urlencode

Links = list[tuple[str, str]]  # words and address


def exports(address: str, asked: dict[str, str]) -> Links:
    """One answer as CSV and as JSON."""
    return [
        ("CSV", f"{address}?{urlencode(asked | {'format': 'csv'})}"),
        ("JSON", f"{address}?{urlencode(asked)}"),
    ]
