"""The forms of alerts: what somebody does about one, and when nobody is to be told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from agentscope.alerts.acts import LONGEST_NOTE
from agentscope.alerts.models import Rule

HOURS = {"1": "an hour", "4": "4 hours", "24": "a day", "168": "a week"}
LOCAL = "%Y-%m-%dT%H:%M"  # as browsers send what is chosen


def note(label: str, hint: str) -> forms.CharField:
    """A note for others."""
    attrs = {"autocomplete": "off", "placeholder": hint}
    return forms.CharField(
        required=False, label=label, max_length=LONGEST_NOTE, widget=forms.TextInput(attrs=attrs)
    )


class AcknowledgeForm(forms.Form):
    """That somebody looks at an alert."""

    use_required_attribute = False

    note = note("Note", "what is done about it")


class WhileForm(forms.Form):
    """For how long something holds from now on."""

    use_required_attribute = False

    hours = forms.ChoiceField(label="For", choices=list(HOURS.items()))

    @property
    def until(self) -> datetime:
        """When it ends."""
        return timezone.now() + timedelta(hours=int(self.cleaned_data["hours"]))


class SnoozeForm(WhileForm):
    """How long nobody is told of an alert."""

    reason = note("Why", "for others")


class MuteForm(forms.Form):
    """When nobody is told of a rule, or of any; times are of the project's zone."""

    use_required_attribute = False

    rule = forms.ChoiceField(label="Of", required=False)
    begins = forms.CharField(label="From; empty: now", required=False)
    ends = forms.CharField(label="Until")
    reason = note("Why", "maintenance of the shop")

    def __init__(self, said: Any, rules: Iterable[Rule], zone: ZoneInfo, **options: Any) -> None:
        super().__init__(said, **options)
        self.zone = zone
        named = [(str(each.pk), each.name) for each in rules]
        self.fields["rule"].choices = [("", "all rules"), *named]  # type: ignore[attr-defined]
        for name in ("begins", "ends"):
            self.fields[name].widget = forms.DateTimeInput(attrs={"type": "datetime-local"})

    def clean_begins(self) -> datetime:
        """When it begins; now, if nothing is said."""
        return self.time("begins") or timezone.now()

    def clean_ends(self) -> datetime | None:
        """When it ends."""
        return self.time("ends")

    def time(self, name: str) -> datetime | None:
        """A time of the project's zone, in UTC; one that comes twice is the first."""
        said = self.cleaned_data[name]
        if not said:
            return None
        try:
            return datetime.strptime(said[:16], LOCAL).replace(tzinfo=self.zone).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise forms.ValidationError("Write the time like 2026-03-29T02:30.") from error
