"""Bringing the price list of a release, and what people set for their project.

What a person sets is written down in the log of changes, with what it was before. Rows are never
changed in place but replaced: see importing.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Right
from django.utils import timezone

from agentscope.prices.book import shelf
from agentscope.prices.catalogue import read_catalogue, rows_of
from agentscope.prices.importing import Imported, import_prices, locked
from agentscope.prices.models import ModelAlias, ModelPrice
from agentscope.prices.names import SELLERS
from agentscope.projects.changes import note_change

DATE = len("2026-11-25")  # at the end of a source
OURS = "genai-prices"  # rows of other sources were imported or entered by people
PROJECT = "project"  # the source of what people set
MOST_PRICES, MOST_NAMES = 500, 500  # of one project: as many as its pages show


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


class Overlapping(ValueError):
    """Another price of the same model holds on some of the days. The text says when."""


class TooMany(ValueError):
    """The project has as many prices, or names, as it may have. The text says how many."""


@dataclass(slots=True, frozen=True)
class Override:
    """What a project pays for a model in some days, in place of what the price list says."""

    provider: str  # "": whoever sells it
    model: str
    usd: Mapping[tuple[str, int], Decimal] = field(default_factory=dict)  # by unit and size
    service_tier: str = ""
    valid_from: date | None = None  # None: since ever
    valid_to: date | None = None  # exclusive; None: until further notice

    @property
    def named(self) -> Override:
        """The same, its names written as they are looked up."""
        provider = self.provider.strip().lower()
        return Override(
            SELLERS.get(provider, provider),
            self.model.strip().lower(),
            self.usd,
            self.service_tier,
            self.valid_from,
            self.valid_to,
        )


@transaction.atomic
def set_price(
    project_id: int, who: str, override: Override, replacing: Override | None = None
) -> None:
    """Set what a project pays for a model, in the place of another price if one is given. Raises
    Overlapping, TooMany."""
    locked()
    new = override.named
    old = (replacing or override).named
    before = prices_of(project_id, old)
    rows_of_override(project_id, old).delete()
    refuse_overlap(project_id, new)
    refuse_too_many(project_id)
    ModelPrice.objects.bulk_create(
        ModelPrice(
            project_id=project_id,
            provider=new.provider,
            model=new.model,
            unit=unit,
            service_tier=new.service_tier,
            tier_from=size,
            usd_per_million=usd,
            valid_from=new.valid_from,
            valid_to=new.valid_to,
            source=PROJECT,
        )
        for (unit, size), usd in new.usd.items()
    )
    details = told(new) | {"before": before, "after": prices_of(project_id, new)}
    note_change("price", project_id, who, f"Set the price of {label(new)}.", details)
    shelf.clear()


@transaction.atomic
def remove_price(project_id: int, who: str, override: Override) -> bool:
    """Let the price list hold again for a model; False if there is no such price."""
    locked()
    old = override.named
    before = prices_of(project_id, old)
    if not before:
        return False
    rows_of_override(project_id, old).delete()
    details = told(old) | {"before": before, "after": []}
    note_change("price", project_id, who, f"Removed the price of {label(old)}.", details)
    shelf.clear()
    return True


@transaction.atomic
def set_alias(project_id: int, who: str, name: str, provider: str, model: str) -> None:
    """Say which model of the price list a name of a project's senders means. Raises TooMany."""
    locked()
    name = name.strip().lower()
    every = ModelAlias.objects.filter(project_id=project_id)
    known = every.filter(name=name)
    if not known and every.count() >= MOST_NAMES:
        raise TooMany(f"A project has at most {MOST_NAMES} names.")
    before = [f"{each.provider}/{each.model}" for each in known]
    ModelAlias.objects.update_or_create(
        project_id=project_id, name=name, defaults={"provider": provider, "model": model}
    )
    details = {"name": name, "before": before, "after": [f"{provider}/{model}"]}
    note_change("price", project_id, who, f"Priced {name} as {provider}/{model}.", details)
    shelf.clear()


@transaction.atomic
def remove_alias(project_id: int, who: str, name: str) -> bool:
    """Let a name stand for itself again; False if there is no such alias."""
    locked()
    known = ModelAlias.objects.filter(project_id=project_id, name=name)
    before = [f"{each.provider}/{each.model}" for each in known]
    if not before:
        return False
    known.delete()
    details = {"name": name, "before": before, "after": []}
    note_change("price", project_id, who, f"No longer priced {name} as {before[0]}.", details)
    shelf.clear()
    return True


def rows_of_override(project_id: int, override: Override) -> QuerySet[ModelPrice]:
    """The rows of what a project set for a model from a day on."""
    return rows_of_model(project_id, override).filter(valid_from=override.valid_from)


def rows_of_model(project_id: int, override: Override) -> QuerySet[ModelPrice]:
    """All that a project set for a model."""
    return ModelPrice.objects.filter(
        project_id=project_id,
        provider=override.provider,
        model=override.model,
        service_tier=override.service_tier,
    )


def refuse_overlap(project_id: int, override: Override) -> None:
    """Raise Overlapping if on some day two prices would hold."""
    found = rows_of_model(project_id, override)
    if override.valid_to is not None:
        found = found.filter(Q(valid_from=None) | Q(valid_from__lt=override.valid_to))
    if override.valid_from is not None:
        found = found.filter(Q(valid_to=None) | Q(valid_to__gt=override.valid_from))
    if other := found.first():
        since = other.valid_from or "the beginning"
        until = other.valid_to or "further notice"
        raise Overlapping(f"Another price of this model holds from {since} until {until}.")


def refuse_too_many(project_id: int) -> None:
    """Raise TooMany if no further price has room."""
    own = ModelPrice.objects.filter(project_id=project_id, source=PROJECT)
    prices = own.values("provider", "model", "service_tier", "valid_from").distinct()
    if prices.count() >= MOST_PRICES:
        raise TooMany(f"A project has at most {MOST_PRICES} prices.")


def prices_of(project_id: int, override: Override) -> list[list[Any]]:
    """Unit, size and USD per million of an override, as they are kept in the log of changes."""
    rows = rows_of_override(project_id, override).order_by("unit", "tier_from")
    return [[row.unit, row.tier_from, f"{row.usd_per_million.normalize():f}"] for row in rows]


def label(override: Override) -> str:
    """A model as people call it."""
    name = "/".join(filter(None, (override.provider, override.model)))
    return f"{name} ({override.service_tier})" if override.service_tier else name


def told(override: Override) -> dict[str, Any]:
    """What an override is of, as it is kept in the log of changes."""
    return {
        "provider": override.provider,
        "model": override.model,
        "service_tier": override.service_tier,
        "valid_from": override.valid_from and override.valid_from.isoformat(),
        "valid_to": override.valid_to and override.valid_to.isoformat(),
    }
