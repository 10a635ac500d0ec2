"""Bringing the price list of a release, and what people set for their project."""

from __future__ import annotations

from typing import Any

from django.db.models import Max
from django.db.models.functions import Right
from django.utils import timezone

from agentscope.prices.catalogue import read_catalogue, rows_of
from agentscope.prices.importing import Imported, import_prices
from agentscope.prices.models import ModelPrice

DATE = len("2026-11-25")  # at the end of a source
OURS = "genai-prices"  # rows of other sources were imported or entered by people


def bring_catalogue(catalogue: dict[str, Any]) -> Imported:
    """Bring the installation's prices up to date with a catalogue, from today on."""
    return import_prices(rows_of(catalogue), timezone.now().date())


def bring_bundled_prices() -> None:
    """Bring the catalogue that comes with this release, unless a newer one is there."""
    catalogue = read_catalogue()
    ours = ModelPrice.objects.filter(source__startswith=OURS, project_id=None)
    taken_on = ours.aggregate(newest=Max(Right("source", DATE)))["newest"] or ""
    if taken_on < catalogue["taken_on"]:
        bring_catalogue(catalogue)
