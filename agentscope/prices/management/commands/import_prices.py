"""Bring the price table up to date with a file in LiteLLM's format."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from agentscope.prices.litellm import NoPriceList, PriceList, read_price_list
from agentscope.prices.told import import_told
from agentscope.projects.models import Project


class Command(BaseCommand):
    help = (
        "Bring the price table up to date with a JSON file in LiteLLM's format, from today on: what"
        " is past keeps its prices."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the file, or - for standard input")
        parser.add_argument("--project", help="for this project only, where they win over others")

    def handle(self, *args: Any, file: str, project: str | None, **options: Any) -> None:
        today = timezone.now().date()
        try:
            text = sys.stdin.read() if file == "-" else Path(file).read_text()
            prices = read_price_list(text, today)
        except (OSError, UnicodeError, NoPriceList) as error:
            raise CommandError(str(error)) from error
        what = f"Imported the prices of {prices.models} models."
        done = import_told(prices.rows, today, project_named(project), what)
        self.stdout.write(
            f"{prices.models} models: {done.added} prices added, {done.changed} changed from today"
            f" on, {done.ended} ended, {done.unchanged} as before."
        )
        self.say_left_out(prices)

    def say_left_out(self, prices: PriceList) -> None:
        """What has no place in the table."""
        if prices.left_out:
            kinds = ", ".join(f"{what} {count}" for what, count in prices.left_out.most_common())
            self.stdout.write(f"{prices.left_out.total()} prices left out: {kinds}.")


def project_named(name: str | None) -> int | None:
    """The key of a project. Raises CommandError."""
    if name is None:
        return None
    project = Project.objects.filter(name=name).first()
    if project is None:
        raise CommandError(f"There is no project {name!r}.")
    return int(project.pk)
