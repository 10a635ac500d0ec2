"""The forms of the pages of findings: filters of the inbox, and what somebody decides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms

from agentscope.findings.decisions import EXPECTED, NONE, OPEN, REOPENED, RESOLVED
from agentscope.findings.models import Cause
from agentscope.findings.read import ALL, CauseFilters
from agentscope.findings.severity import Severity
from agentscope.traces.ids import parse_trace_id
from ui.filters import RANGES
from ui.finding_words import code_words
from ui.listing_forms import EVERY, ListingForm

TABS = {
    OPEN: "Open",
    REOPENED: "Reopened",
    str(EXPECTED.value): "Expected",
    str(RESOLVED.value): "Resolved",
    ALL: "All",
}
LEAST = {"": "Any severity", "warning": "Warnings and alerts", "alert": "Alerts"}
LONGEST_NOTE = 1000  # characters
DECISIONS = {OPEN: NONE, str(EXPECTED.value): EXPECTED, str(RESOLVED.value): RESOLVED}


class FindingForm(ListingForm):
    """Of the inbox."""

    state = forms.ChoiceField(required=False, choices=list(TABS.items()), widget=forms.HiddenInput)
    q = forms.CharField(required=False, label="Finding contains", max_length=200)
    code = forms.CharField(required=False, label="What", max_length=200, widget=forms.Select)
    severity = forms.ChoiceField(required=False, label="Severity", choices=list(LEAST.items()))
    range = forms.ChoiceField(
        required=False, label="Last happened", choices=[("", "Any time"), *EVERY]
    )
    agent = forms.CharField(required=False, label="Agent", max_length=200)

    def __init__(self, said: Any, codes: Iterable[str]) -> None:
        super().__init__(said)
        chosen = [text for text in [self.said("code")] if text]
        known = [(code, code_words(code)) for code in dict.fromkeys([*codes, *chosen])]
        self.fields["code"].widget.choices = [("", "Anything"), *known]

    @property
    def state_asked(self) -> str:
        """The tab that is open."""
        return self.said("state") or OPEN

    @property
    def is_active(self) -> bool:
        """Whether anything is filtered, the tab aside."""
        return any(self[name].data for name in self.fields if name != "state")

    def filters(self, now: datetime) -> CauseFilters:
        """What to look for. A field that cannot be understood does not filter."""
        chosen, severity = self.said("range"), self.said("severity")
        return CauseFilters(
            state=self.state_asked,
            severity=int(Severity[severity.upper()]) if severity else 0,
            code=self.said("code"),
            agent=self.said("agent"),
            text=self.said("q"),
            since=now - RANGES[chosen][1] if chosen else None,
        )


class DecisionForm(forms.Form):
    """What somebody decides about a cause, and from the page of which trace."""

    decision = forms.ChoiceField(choices=[(name, name) for name in DECISIONS])
    note = forms.CharField(
        required=False,
        label="Note",
        max_length=LONGEST_NOTE,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "why, for others"}),
    )
    trace = forms.CharField(required=False, widget=forms.HiddenInput)

    use_required_attribute = False

    @property
    def decided(self) -> Cause.Decision:
        """What was decided."""
        return DECISIONS[self.cleaned_data["decision"]]

    def clean_trace(self) -> UUID | None:
        """The trace to go back to, if there is one."""
        said = self.cleaned_data["trace"]
        try:
            return parse_trace_id(said) if said else None
        except ValueError as error:
            raise forms.ValidationError("There is no such trace.") from error
