"""The filters of the trace list: what the address says → what is looked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms

from agentscope.findings.catalogue import every
from agentscope.reviews.models import Verdict
from agentscope.search.asked import Asked
from agentscope.search.syntax import LONGEST, BadQuery, parse
from agentscope.traces.models import Trace
from agentscope.traces.read import Facets
from ui.finding_words import code_words
from ui.states import state_word

RANGES: dict[str, tuple[str, timedelta]] = {
    "15m": ("Last 15 minutes", timedelta(minutes=15)),
    "1h": ("Last hour", timedelta(hours=1)),
    "24h": ("Last 24 hours", timedelta(days=1)),
    "7d": ("Last 7 days", timedelta(days=7)),
    "30d": ("Last 30 days", timedelta(days=30)),
}
Choices = list[tuple[str, str]]
STATES: Choices = [(state, state_word(state)) for state in Trace.State.values]
VERDICTS: Choices = [(verdict, f"a decision is {verdict}") for verdict in Verdict.values]
CODES: Choices = sorted((each.code, code_words(each.code)) for each, _ in every())


def choices(any_word: str, names: Iterable[str]) -> Choices:
    return [("", any_word), *((name, name) for name in names)]


class FilterForm(forms.Form):
    """Plain GET parameters. Each is optional; what cannot be understood gets a sentence."""

    q = forms.CharField(required=False, label="Search", max_length=LONGEST)
    range = forms.ChoiceField(
        required=False,
        label="Time",
        choices=[("", "Any time"), *((key, words) for key, (words, _) in RANGES.items())],
    )
    status = forms.ChoiceField(
        required=False,
        label="Outcome",
        choices=[("", "Any"), ("error", "With errors"), ("ok", "Without errors")],
    )
    agent = forms.ChoiceField(required=False, label="Agent")
    model = forms.ChoiceField(required=False, label="Model")
    tool = forms.ChoiceField(required=False, label="Tool")
    key = forms.ChoiceField(required=False, label="Sent with key")
    state = forms.ChoiceField(required=False, label="State", choices=[("", "Any state"), *STATES])
    session = forms.CharField(required=False, label="Session", max_length=200)
    finding = forms.ChoiceField(
        required=False, label="Finding", choices=[("", "Any or none"), *CODES]
    )
    review = forms.ChoiceField(
        required=False, label="Review", choices=[("", "Any or none"), *VERDICTS]
    )
    min_cost = forms.DecimalField(
        required=False,
        label="Cost at least, $",
        min_value=0,
        max_digits=20,
        decimal_places=12,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )

    asked = Asked()
    use_required_attribute = False
    FIRST = ("q", "range", "status", "agent")

    def __init__(self, said: Any, known: Facets, *, may_audit: bool):
        super().__init__(said, auto_id="filter-%s")
        if not may_audit:  # who may not see reviews does not tell traces apart by them
            del self.fields["review"]
        # A name is a name, whether the newest traces have it or not.
        for name, word, names in (
            ("agent", "Any agent", known.agents),
            ("model", "Any model", known.models),
            ("tool", "Any tool", known.tools),
            ("key", "Any key", known.keys),
        ):
            chosen = [text for text in [said.get(name)] if text and "\x00" not in text]
            self.fields[name].choices = choices(word, dict.fromkeys([*names, *chosen]))  # type: ignore[attr-defined]
        if not self.fields["key"].choices[1:]:  # type: ignore[attr-defined]
            del self.fields["key"]  # none was needed here
        for field in self.fields.values():
            field.widget.attrs["placeholder"] = " "  # lets the style sheet see what is filled in

    @property
    def first(self) -> list[forms.BoundField]:
        """The filters that are always in view."""
        return [self[name] for name in self.FIRST]

    @property
    def rest(self) -> list[forms.BoundField]:
        """The filters behind "More filters"."""
        return [self[name] for name in self.fields if name not in self.FIRST]

    @property
    def rest_active(self) -> int:
        """How many of the rest are set."""
        return sum(bool(field.data) for field in self.rest)

    @property
    def is_active(self) -> bool:
        """Whether anything is filtered at all."""
        return any(self[name].data for name in self.fields)

    @property
    def is_filtering(self) -> bool:
        """Whether anything that is filtered by can be understood."""
        return any(self[name].data for name in self.fields if name not in self.errors)

    @property
    def is_of_reviews(self) -> bool:
        """Whether it is filtered by what people think, which no rule can be."""
        return bool(self.cleaned_data.get("review"))

    def clean_q(self) -> str:
        """What is searched for; keeps what it means."""
        text: str = self.cleaned_data["q"]
        try:
            self.asked = parse(text)
        except BadQuery as error:
            raise forms.ValidationError(f"{error} (character {error.at + 1})") from error
        return text

    def since(self, now: datetime) -> datetime | None:
        """The start of the chosen range of time."""
        chosen = self.cleaned_data.get("range")
        return now - RANGES[chosen][1] if chosen else None
