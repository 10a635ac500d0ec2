"""The forms of keys: a new one, and one in place of another."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from agentscope.projects.models import LONGEST_LABEL, Key

LIVES = [("", "never"), ("7", "in a week"), ("30", "in 30 days"), ("90", "in 90 days")]
LIVES += [("365", "in a year")]
OVERLAPS = [("1", "one hour"), ("24", "a day"), ("168", "a week"), ("720", "30 days")]


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
    """How long the old key works beside the new one."""

    hours = forms.ChoiceField(label="The old one works for another", choices=OVERLAPS)

    @property
    def works_until(self) -> datetime:
        """When the old one is over."""
        return timezone.now() + timedelta(hours=int(self.cleaned_data["hours"]))
