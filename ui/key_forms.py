"""The forms of keys: a new one, and one in place of another."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.timesince import timeuntil

from agentscope.projects.models import LONGEST_LABEL, Key

LIVES = [("", "never"), ("7", "in a week"), ("30", "in 30 days"), ("90", "in 90 days")]
LIVES += [("365", "in a year")]
OVERLAPS = [("1", "one hour"), ("24", "a day"), ("168", "a week"), ("720", "30 days")]
USUAL = "24"


class KeyForm(forms.Form):
    """What a new key is for."""

    use_required_attribute = False

    label = forms.CharField(
        label="For whom or what",
        required=False,
        max_length=LONGEST_LABEL,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "ci"}),
    )
    scope = forms.ChoiceField(label="It may")
    expires = forms.ChoiceField(label="It expires", choices=LIVES, required=False)

    def __init__(self, said: Any, scopes: Iterable[Key.Scope]) -> None:
        super().__init__(said)
        scope: Any = self.fields["scope"]
        scope.choices = [(each.value, f"{each.label} ({each.value})") for each in scopes]

    @property
    def expires_at(self) -> datetime | None:
        """When it is over; None: never."""
        days = self.cleaned_data["expires"]
        return timezone.now() + timedelta(days=int(days)) if days else None


class RotateForm(forms.Form):
    """How long an old key works beside the new one: for some time, or, where it has an end, until
    that at most."""

    TO_ITS_END = "end"

    hours = forms.ChoiceField(
        label="The old one works for another",
        error_messages={"invalid_choice": "The old key does not work for so long. Choose again."},
    )

    def __init__(self, said: Any, old: Key, now: datetime) -> None:
        super().__init__(said)
        self.now, self.end = now, old.expires_at
        hours: Any = self.fields["hours"]
        hours.choices = [each for each in OVERLAPS if self.is_before_end(int(each[0]))]
        if self.end:
            hours.choices += [(self.TO_ITS_END, f"{timeuntil(self.end, now)}, until it expires")]
        told = [name for name, _ in hours.choices]
        hours.initial = USUAL if USUAL in told else told[-1]

    def is_before_end(self, hours: int) -> bool:
        """Whether the old key works that long."""
        return self.end is None or self.now + timedelta(hours=hours) < self.end

    @property
    def works_until(self) -> datetime:
        """When the old one is over."""
        said = self.cleaned_data["hours"]
        if said == self.TO_ITS_END and self.end:
            return self.end
        return self.now + timedelta(hours=int(said))
