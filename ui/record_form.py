"""The filters of the list of decisions: what the address says → what is looked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms

from agentscope.records.answers import with_answers
from agentscope.records.read import Names, RecordFilters
from agentscope.reviews.listed import standing_so, with_review
from agentscope.traces.ids import parse_trace_id
from ui.filters import CODES, RANGES, choices
from ui.listing_forms import EVERY, ListingForm
from ui.record_words import AUTHORITIES, OUTCOMES
from ui.review_words import STANDINGS

LONGEST_NAME = 1000
LONGEST_TRACE = 36  # characters of an id, with hyphens
PLAIN = ("agent", "effect", "person", "outcome", "authority", "finding", "session", "user")


class RecordForm(ListingForm):
    """Of the list of decisions."""

    FIRST = ("agent", "effect", "outcome", "range")

    agent = forms.ChoiceField(required=False, label="Agent")
    effect = forms.CharField(
        required=False,
        label="Tool with effects",
        max_length=LONGEST_NAME,
        widget=forms.TextInput(
            attrs={"list": "known-effects", "title": "* stands for any characters: refund*"}
        ),
    )
    outcome = forms.ChoiceField(
        required=False,
        label="Outcome",
        choices=[("", "Any"), *((each, said.word) for each, said in OUTCOMES.items())],
    )
    range = forms.ChoiceField(required=False, label="Time", choices=[("", "Any time"), *EVERY])
    person = forms.ChoiceField(required=False, label="Approved or turned down by")
    authority = forms.ChoiceField(
        required=False, label="With what authority", choices=[("", "Any"), *AUTHORITIES.items()]
    )
    finding = forms.ChoiceField(
        required=False, label="Finding", choices=[("", "Any or none"), *CODES]
    )
    user = forms.CharField(required=False, label="For user", max_length=LONGEST_NAME)
    session = forms.CharField(required=False, label="Session", max_length=LONGEST_NAME)
    environment = forms.CharField(required=False, label="Environment", max_length=LONGEST_NAME)
    trace = forms.CharField(required=False, label="Run, by its id", max_length=LONGEST_TRACE)
    review = forms.ChoiceField(
        required=False, label="Review", choices=[("", "Any or none"), *STANDINGS.items()]
    )

    def __init__(self, said: object, known: Names, *, may_audit: bool) -> None:
        self.known, self.may_audit = known, may_audit
        super().__init__(said)

    def full_clean(self) -> None:
        """Names are known by then. One is a name, whether the newest decisions have it or not. Who
        may not see reviews does not tell decisions apart by them."""
        if not self.may_audit:
            self.fields.pop("review", None)
        for name, word, found in (
            ("agent", "Any agent", self.known.agents),
            ("person", "Anybody or nobody", self.known.people),
        ):
            asked = [text for text in [self.data.get(name)] if text and "\0" not in text]
            self.fields[name].choices = choices(word, dict.fromkeys([*found, *asked]))  # type: ignore[attr-defined]
        super().full_clean()

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

    def clean_trace(self) -> str:
        """The id as 32 hex digits."""
        said: str = self.cleaned_data["trace"].replace("-", "")
        try:
            return parse_trace_id(said).hex if said else ""
        except ValueError as error:
            raise forms.ValidationError("A run is named by 32 hex digits.") from error

    def filters(self, now: datetime) -> RecordFilters:
        """What to look for. A field that cannot be understood does not filter."""
        chosen, trace = self.said("range"), self.said("trace")
        plain: dict[str, Any] = {name: self.said(name) for name in PLAIN}
        return RecordFilters(
            since=now - RANGES[chosen][1] if chosen else None,
            environment=self.said("environment"),
            trace=parse_trace_id(trace) if trace else None,
            also=standing_so(self.said("review")),
            beside=with_answers() | (with_review() if self.may_audit else {}),
            **plain,
        )
