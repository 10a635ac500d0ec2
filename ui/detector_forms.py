"""The form of all detectors: from how many repeats each informs and alerts, and if it is on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms

from agentscope.findings.anomaly import CODES as COMPARED
from agentscope.findings.catalogue import Entry
from agentscope.findings.limits import Limit, fewest
from agentscope.findings.thresholds import MOST


@dataclass(slots=True, frozen=True)
class Row:
    """A detector with its fields."""

    entry: Entry
    inform: forms.BoundField
    alert: forms.BoundField
    enabled: forms.BoundField

    @property
    def errors(self) -> list[str]:
        """What is wrong with any of them."""
        fields = (self.inform, self.alert, self.enabled)
        return [str(error) for field in fields for error in field.errors]


class DetectorsForm(forms.Form):
    """A number that is left empty is as usual."""

    use_required_attribute = False

    def __init__(self, said: Any, entries: Sequence[Entry]) -> None:
        super().__init__(said)
        self.entries = entries
        for entry in entries:
            code, limit, usual = entry.code, entry.limit, entry.usual
            for word, own, number in (
                ("inform", limit.inform, usual.inform),
                ("alert", limit.alert, usual.alert),
            ):
                least = 1 if code in COMPARED else fewest(number)
                self.fields[f"{word}_{code}"] = threshold(f"{word}s from", own, number, least)
            self.fields[f"enabled_{code}"] = forms.BooleanField(
                required=False, label="on", initial=limit.enabled
            )

    def clean(self) -> dict[str, Any]:
        """An alert is no less than a word."""
        for entry in self.entries:
            wanted = self.limit(entry)
            if wanted.alert < wanted.inform:
                self.add_error(f"alert_{entry.code}", "It cannot alert before it informs.")
        return self.cleaned_data

    def limit(self, entry: Entry) -> Limit:
        """What is wanted of a detector."""
        inform = self.cleaned_data.get(f"inform_{entry.code}") or entry.usual.inform
        alert = self.cleaned_data.get(f"alert_{entry.code}") or entry.usual.alert
        return Limit(inform, alert, self.cleaned_data.get(f"enabled_{entry.code}", True))

    @property
    def limits(self) -> dict[str, Limit]:
        """What is wanted, by code, of those that were sent: a page from before an upgrade
        says nothing of newer detectors."""
        sent = [each for each in self.entries if f"inform_{each.code}" in self.data]
        return {entry.code: self.limit(entry) for entry in sent}

    @property
    def rows(self) -> Iterator[Row]:
        """The detectors in their order."""
        for entry in self.entries:
            code = entry.code
            yield Row(entry, self[f"inform_{code}"], self[f"alert_{code}"], self[f"enabled_{code}"])


def threshold(label: str, own: int, usual: int, least: int) -> forms.IntegerField:
    """A field for a number of repeats, or of times the median; empty where it is as usual."""
    attrs = {"inputmode": "numeric", "placeholder": str(usual), "autocomplete": "off"}
    return forms.IntegerField(
        required=False,
        label=label,
        min_value=least,
        max_value=MOST,
        initial=None if own == usual else own,
        widget=forms.TextInput(attrs=attrs),
    )
