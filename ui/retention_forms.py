"""The forms of how long data is kept, of legal holds and of erasures."""

from __future__ import annotations

from typing import Any

from django import forms

from agentscope.erasure.models import Erasure
from agentscope.erasure.person import LONGEST
from agentscope.retention.models import Periods
from agentscope.retention.write import LONGEST_REASON

PERIODS = ("payload_days", "metadata_days")
NAMED = {"autocomplete": "off", "spellcheck": "false"}


def days(label: str, unsaid: str) -> forms.IntegerField:
    """A period; `unsaid` is what holds where it is empty."""
    attributes = {"inputmode": "numeric", "placeholder": unsaid}
    return forms.IntegerField(
        label=label, required=False, widget=forms.TextInput(attrs=NAMED | attributes)
    )


def reason(label: str) -> forms.CharField:
    """Why; it stands in the ledger."""
    return forms.CharField(
        label=label, max_length=LONGEST_REASON, widget=forms.TextInput(attrs=NAMED)
    )


class PeriodsForm(forms.Form):
    """How many days a project keeps what."""

    payload_days = days("Days for payload", "as metadata")
    metadata_days = days("Days for metadata", "as the installation")
    seen = forms.CharField(required=False, widget=forms.HiddenInput)  # of which it was shown

    @staticmethod
    def start_of(project_id: int) -> dict[str, Any]:
        """What is set now."""
        found = Periods.objects.filter(project_id=project_id).first()
        return {name: getattr(found, name, None) for name in PERIODS}

    @property
    def periods(self) -> dict[str, int | None]:
        """What was said."""
        return {name: self.cleaned_data[name] for name in PERIODS}

    @property
    def mark(self) -> str:
        """What tells these periods from others: sent back with the button that saves them."""
        return "/".join(str(days or "") for days in self.periods.values())

    @property
    def was_seen(self) -> bool:
        """Whether it was shown what exactly these periods would remove."""
        return bool(self.cleaned_data["seen"] == self.mark)


class ReasonForm(forms.Form):
    """Why a trace is held, or let go."""

    reason = reason("Why")


class PersonForm(forms.Form):
    """A user or a session."""

    of = forms.ChoiceField(label="What it is", choices=Erasure.Of.choices)
    said = forms.CharField(
        label="Its name, as spans have it",
        max_length=LONGEST,
        strip=False,
        widget=forms.TextInput(attrs=NAMED),
    )


class ErasureForm(PersonForm):
    """What is to be erased, and why."""

    reason = reason("Why")
    mentions = forms.BooleanField(
        label="Replace the name where others mention it too", required=False, initial=True
    )
