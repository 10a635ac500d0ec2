"""The filters of the list of answers: what the address says → what is looked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django import forms

from agentscope.budgets.models import Budget
from agentscope.budgets.read import AnswerFilters
from agentscope.traces.ids import parse_trace_id
from ui.answer_words import ANSWERED
from ui.filters import RANGES
from ui.listing_forms import ListingForm

USUAL = "24h"
PERIODS = {**RANGES, "90d": ("Last 90 days", timedelta(days=90))}
LONGEST_NAME = 1000
LONGEST_TRACE = 36  # characters of an id, with hyphens
LONGEST_NUMBER = 18  # digits


class AnswerForm(ListingForm):
    """Of the list of answers."""

    decision = forms.ChoiceField(
        required=False,
        label="Answer",
        choices=[("", "Any"), *((word, said[0]) for word, said in ANSWERED.items())],
    )
    range = forms.ChoiceField(
        required=False,
        label="Time",
        choices=[("" if key == USUAL else key, words) for key, (words, _) in PERIODS.items()],
    )
    budget = forms.RegexField(
        rf"^\d{{1,{LONGEST_NUMBER}}}\Z", required=False, label="Decided by", widget=forms.Select
    )
    agent = forms.CharField(required=False, label="Agent", max_length=LONGEST_NAME)
    session = forms.CharField(required=False, label="Session", max_length=LONGEST_NAME)
    trace = forms.CharField(required=False, label="Run, by its id", max_length=LONGEST_TRACE)

    def __init__(self, said: object, budgets: Iterable[Budget]) -> None:
        super().__init__(said)
        known = [(str(each.pk), each.name) for each in budgets]
        # What was deleted is still what decided.
        asked = self.said("budget")
        if asked and asked not in dict(known):
            known.append((asked, f"budget {asked}, deleted"))
        self.fields["budget"].widget.choices = [("", "Any"), *known]

    def clean_trace(self) -> str:
        """The id as 32 hex digits."""
        said = self.cleaned_data["trace"].replace("-", "")
        if not said:
            return ""
        try:
            return parse_trace_id(said).hex
        except ValueError as error:
            raise forms.ValidationError("A run is named by 32 hex digits.") from error

    def filters(self, now: datetime) -> AnswerFilters:
        """What to look for. A field that cannot be understood does not filter."""
        return AnswerFilters(
            budget=int(self.said("budget")) if self.said("budget") else None,
            decision=self.said("decision"),
            session=self.said("session"),
            trace=self.said("trace"),
            agent=self.said("agent"),
            since=now - PERIODS[self.said("range") or USUAL][1],
        )
