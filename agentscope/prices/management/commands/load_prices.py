"""Fill the price table from genai-prices as it is installed."""

from __future__ import annotations

from argparse import ArgumentParser
from importlib.metadata import version
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from agentscope.prices.catalogue import (
    FILE,
    catalogue_of,
    read_catalogue,
    rows_of,
    write_catalogue,
)
from agentscope.prices.told import import_told


class Command(BaseCommand):
    help = (
        "Bring the price table up to date with the installed genai-prices, from today on: what is"
        " past keeps its prices. With --bundled, with the file that comes with AgentScope."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--bundled", action="store_true", help="take agentscope/prices/prices.json"
        )
        parser.add_argument(
            "--write",
            action="store_true",
            help="for developers: renew agentscope/prices/prices.json",
        )

    def handle(self, *args: Any, bundled: bool, write: bool, **options: Any) -> None:
        catalogue = read_catalogue() if bundled else installed_catalogue()
        if write:
            write_catalogue(catalogue)
            self.stdout.write(f"Wrote {len(catalogue['models'])} models to {FILE}.")
            return
        what = f"Loaded the prices of {catalogue['source']}."
        done = import_told(rows_of(catalogue), timezone.now().date(), None, what)
        self.stdout.write(
            f"Loaded {catalogue['source']}: {done.added} prices added, {done.changed} changed from"
            f" today on, {done.ended} ended, {done.unchanged} as before."
        )
        if catalogue.get("left_out"):
            units = ", ".join(f"{unit} {count}" for unit, count in catalogue["left_out"].items())
            self.stdout.write(f"Left out, for there is no such unit: {units}.")


def installed_catalogue() -> dict[str, Any]:
    """What genai-prices knows. Imported here: it takes two seconds, and only this needs it."""
    from genai_prices.data import providers

    return catalogue_of(providers, f"genai-prices {version('genai-prices')}", timezone.now().date())
