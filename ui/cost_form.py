"""What the address of the costs page asks: a period, a grouping, filters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms

from agentscope.costs.query import WITHIN
from agentscope.costs.read import ATTRIBUTE, DIMENSIONS, CostQuery, Interval
from ui.bars import MOST_SERIES

RANGES: dict[str, tuple[str, timedelta]] = {
    "24h": ("Last 24 hours", timedelta(days=1)),
    "7d": ("Last 7 days", timedelta(days=7)),
    "30d": ("Last 30 days", timedelta(days=30)),
    "90d": ("Last 90 days", timedelta(days=90)),
}
USUAL, DATES = "7d", "dates"
# The finest interval of which a period has few enough to look at.
FINEST = (
    (timedelta(days=2), Interval.HOUR),
    (timedelta(days=62), Interval.DAY),
    (timedelta(days=400), Interval.WEEK),
)
ORDERS = {
    "known_cost": "Cost",
    "calls": "Calls",
    "tokens": "Tokens",
    "errors": "Errors",
    "time_ns": "Time",
    "discarded_cost": "Discarded",
}
SHOWN = 50  # groups one by one
assert SHOWN >= MOST_SERIES  # noqa: S101 — the chart shows the first of them


def choices(words: Mapping[str, str]) -> list[tuple[str, str]]:
    return list(words.items())


class CostForm(forms.Form):
    """Plain GET parameters. What cannot be understood gets a sentence and does not count."""

    range = forms.ChoiceField(
        required=False,
        label="Time",
        choices=[*((key, words) for key, (words, _) in RANGES.items()), (DATES, "From … to …")],
    )
    since = forms.DateField(
        required=False, label="From", widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        required=False, label="To, inclusive", widget=forms.DateInput(attrs={"type": "date"})
    )
    by = forms.ChoiceField(required=False, label="Group by")
    interval = forms.ChoiceField(
        required=False,
        label="Bars",
        choices=[("", "Automatic"), *((each, each) for each in Interval if each != Interval.NONE)],
    )
    order = forms.ChoiceField(required=False, choices=choices(ORDERS), widget=forms.HiddenInput())

    use_required_attribute = False

    def __init__(self, said: Any, attributes: Iterable[str]) -> None:
        """`attributes` are those that the project chose to group by."""
        super().__init__(with_usual(said), auto_id="cost-%s")
        self.known = [*DIMENSIONS, *(ATTRIBUTE + name for name in attributes)]
        self.fields["by"].choices = [(name, words_of(name)) for name in self.known]  # type: ignore[attr-defined]
        self.is_valid()

    def clean(self) -> dict[str, Any]:
        """A period that ends before it begins is none."""
        said = self.cleaned_data
        since, until = said.get("since"), said.get("until")
        if said.get("range") == DATES and not (since and until):
            self.add_error("since", "Give both dates, or choose a range.")
        elif since and until and since > until:
            self.add_error("since", "The period ends before it begins.")
        return said

    @property
    def dimension(self) -> str:
        """The dimension that is grouped by."""
        chosen: str = self.cleaned_data.get("by") or "agent"
        return chosen

    @property
    def filters(self) -> dict[str, str]:
        """What is picked: dimension → value, in the order of the address."""
        names = {*self.known, WITHIN}
        return {name: self.data[name] for name in self.data if name in names}

    def period(self, now: datetime) -> tuple[datetime, datetime]:
        """Start and end, exclusive; the usual period if it cannot be understood."""
        said = self.cleaned_data
        since, until = said.get("since"), said.get("until")
        if said.get("range") == DATES and since and until:
            return midnight(since), midnight(until) + timedelta(days=1)
        _, length = RANGES.get(said.get("range", ""), RANGES[USUAL])
        return now - length, now

    def query(self, now: datetime) -> CostQuery:
        """The question to the costs."""
        since, until = self.period(now)
        return CostQuery(
            since,
            until,
            group_by=(self.dimension,),
            interval=Interval(self.cleaned_data.get("interval") or finest(until - since)),
            filters=self.filters,
            top=SHOWN,
            order=self.cleaned_data.get("order") or "known_cost",
            compare=True,
        )


def with_usual(said: Any) -> Any:
    """What was said, with what is usual where nothing was."""
    data = said.copy()
    if not data.get("range"):
        data["range"] = DATES if data.get("since") and data.get("until") else USUAL
    data.setdefault("by", "agent")
    return data


def midnight(day: Any) -> datetime:
    """The start of a day, UTC."""
    return datetime.combine(day, time(tzinfo=UTC))


def finest(length: timedelta) -> Interval:
    """How a period of this length is cut up if nobody says."""
    return next((each for most, each in FINEST if length <= most), Interval.MONTH)


def words_of(dimension: str) -> str:
    """A dimension as people read it."""
    return dimension.removeprefix(ATTRIBUTE) if ATTRIBUTE in dimension else dimension.capitalize()
