"""The forms of prices: what a project pays for a model, and what its names mean."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms

from agentscope.prices.models import ModelPrice
from agentscope.prices.read import PricedModel, is_listed
from agentscope.prices.write import Override
from ui.price_words import UNITS, asked, per_million

Unit = ModelPrice.Unit
MOST_USD = 10**6  # of what people pay for at once
MOST_TOKENS = 10**9
LONGEST_NAME = 200
LARGE = (Unit.INPUT, Unit.CACHE_READ, Unit.CACHE_WRITE, Unit.CACHE_WRITE_1H, Unit.OUTPUT)
TIERS = [
    ("", "ordinary"),
    ("batch", "batch"),
    ("flex", "flex"),
    ("priority", "priority"),
]


class UsdField(forms.DecimalField):
    """An amount that somebody pays; empty: there is no such price."""

    def __init__(self, label: str) -> None:
        super().__init__(
            label=label,
            required=False,
            min_value=0,
            max_value=MOST_USD,
            max_digits=16,
            decimal_places=8,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "placeholder": "none"}),
        )


class DayField(forms.DateField):
    """A day, UTC."""

    def __init__(self, label: str) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(label=label, required=False, widget=widget)


class PriceForm(forms.Form):
    """What a project pays for a model. Fields `usd_UNIT` and, for large calls, `large_UNIT`."""

    model = forms.CharField(label="Model", max_length=LONGEST_NAME)
    provider = forms.CharField(label="Provider", max_length=LONGEST_NAME, required=False)
    service_tier = forms.ChoiceField(label="Service tier", choices=TIERS, required=False)
    valid_from = DayField("First day")
    valid_to = DayField("Day after the last")
    size = forms.IntegerField(
        label="With more input than",
        required=False,
        min_value=1,
        max_value=MOST_TOKENS,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "none"}),
    )

    use_required_attribute = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "price-%s", **options})
        for unit, (name, _) in UNITS.items():
            self.fields[f"usd_{unit}"] = UsdField(name.capitalize())
        for unit in LARGE:
            self.fields[f"large_{unit}"] = UsdField(UNITS[unit][0].capitalize())
        self.fields["provider"].widget.attrs["placeholder"] = "whoever sells it"

    @property
    def named(self) -> list[forms.BoundField]:
        """What the price is of."""
        return [self[name] for name in ("model", "provider", "service_tier")]

    @property
    def days(self) -> list[forms.BoundField]:
        """When it holds."""
        return [self["valid_from"], self["valid_to"]]

    @property
    def tokens(self) -> list[forms.BoundField]:
        """Prices of a million tokens."""
        return [
            self[f"usd_{unit}"] for unit in UNITS if unit not in (Unit.REQUEST, Unit.WEB_SEARCH)
        ]

    @property
    def extras(self) -> list[forms.BoundField]:
        """Prices of other things."""
        return [self[f"usd_{unit}"] for unit in (Unit.REQUEST, Unit.WEB_SEARCH)]

    @property
    def large(self) -> list[forms.BoundField]:
        """Prices of a million tokens in large calls."""
        return [self["size"], *(self[f"large_{unit}"] for unit in LARGE)]

    @property
    def has_large(self) -> bool:
        """Whether anything is said of large calls."""
        return any(field.value() for field in self.large)

    def clean(self) -> dict[str, Any]:
        """Days must be in order, and a price must be one."""
        said = super().clean() or {}
        since, until = said.get("valid_from"), said.get("valid_to")
        if since and until and until <= since:
            self.add_error("valid_to", "This is not after the first day.")
        if not any(name.startswith("usd_") and said[name] is not None for name in said):
            self.add_error("usd_input", "Say what it costs; 0 is free.")
        large = any(name.startswith("large_") and said[name] is not None for name in said)
        if large and not said.get("size") and "size" not in self.errors:
            self.add_error("size", "Say how large a call must be for these prices.")
        return said

    def override(self) -> Override:
        """What was entered, if it is valid."""
        said = self.cleaned_data
        return Override(
            provider=said["provider"],
            model=said["model"],
            usd=dict(self.usd()),
            service_tier=said["service_tier"],
            valid_from=said["valid_from"],
            valid_to=said["valid_to"],
        )

    def usd(self) -> Iterator[tuple[tuple[str, int], Decimal]]:
        """USD per million by unit and size."""
        size = self.cleaned_data["size"]
        for prefix, tier_from in (("usd_", 0), ("large_", (size or 0) + 1)):
            for unit in UNITS:
                value = self.cleaned_data.get(f"{prefix}{unit}")
                if value is not None:
                    yield (str(unit), tier_from), per_million(unit, value)


def sizes_of(model: PricedModel | None) -> list[int]:
    """From how many input tokens on a model has other prices."""
    prices = model.prices if model else []
    return sorted({price.tier_from for price in prices if price.tier_from})


def initial(model: PricedModel | None) -> dict[str, Any]:
    """A priced model as the values of a form, which has room for one size of large calls."""
    if model is None:
        return {}
    sizes = sizes_of(model)
    values: dict[str, Any] = {"size": sizes[0] - 1 if sizes else None}
    for price in model.prices:
        if price.unit in UNITS and price.tier_from in {0, *sizes[:1]}:
            prefix = "large" if price.tier_from else "usd"
            value = asked(price.unit, price.usd_per_million)
            values[f"{prefix}_{price.unit}"] = f"{value.normalize():f}"
    return values


class AliasForm(forms.Form):
    """Which model of the price list a name means."""

    name = forms.CharField(label="The name that is sent", max_length=LONGEST_NAME)
    target = forms.CharField(
        max_length=LONGEST_NAME,
        label="is this model of the price list",
        widget=forms.TextInput(attrs={"list": "models", "placeholder": "provider/model"}),
    )

    use_required_attribute = False

    def __init__(self, project_id: int, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "alias-%s", **options})
        self.project_id = project_id

    def clean_target(self) -> tuple[str, str]:
        """Provider and model; only one that has a price."""
        provider, _, model = self.cleaned_data["target"].lower().rpartition("/")
        if provider and not is_listed(self.project_id, provider, model):
            provider, _, model = self.cleaned_data["target"].lower().partition("/")
        if not is_listed(self.project_id, provider, model):
            raise forms.ValidationError("The price list has no such model: write provider/model.")
        return provider, model


class HistoryForm(forms.Form):
    """Which part of history is to be priced again."""

    since = DayField("From")
    until = DayField("Until before")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"auto_id": "history-%s", **options})

    def clean(self) -> dict[str, Any]:
        """Days must be in order."""
        said = super().clean() or {}
        since, until = said.get("since"), said.get("until")
        if since and until and until <= since:
            self.add_error("until", "This is not after the first day.")
        return said
