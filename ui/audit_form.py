"""The filters of the ledger: what the address says → what is looked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from django import forms

from agentscope.audit.kinds import GROUPS, WIDER
from agentscope.audit.read import Filters
from ui.listing_forms import ListingForm
from ui.price_forms import DayField

EVERYTHING = "all"
LONGEST = 200  # characters of a text that is looked for, and of a name


class LedgerForm(ListingForm):
    """Of the list of entries."""

    q = forms.CharField(required=False, label="Says", max_length=LONGEST)
    group = forms.ChoiceField(
        required=False,
        label="About",
        choices=[
            ("", "All that was done"),
            (EVERYTHING, "All, and the ledger itself"),
            *WIDER.items(),
            *((name, group.words) for name, group in GROUPS.items()),
        ],
    )
    who = forms.CharField(required=False, label="Who", max_length=LONGEST, widget=forms.Select)
    since = DayField("From")
    until = DayField("To")

    def __init__(self, said: object, people: Iterable[str]) -> None:
        super().__init__(said)
        asked = self.said("who")
        known = dict.fromkeys([*people, *([asked] if asked else [])])
        self.fields["who"].widget.choices = [("", "Anybody"), *((who, who) for who in known)]

    def filters(self) -> Filters:
        """What to look for. A field that cannot be understood does not filter."""
        group = self.said("group")
        return Filters(
            group="" if group == EVERYTHING else group,
            who=self.said("who"),
            text=self.said("q"),
            since=midnight(self.cleaned_data.get("since")),
            until=midnight(self.cleaned_data.get("until"), days=1),
            itself=group == EVERYTHING,
        )


def midnight(day: date | None, days: int = 0) -> datetime | None:
    """The beginning of a day, UTC, or of one so many days later."""
    if day is None or day == date.max:
        return None
    return datetime.combine(day, time(), UTC) + timedelta(days=days)
