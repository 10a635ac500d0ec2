"""The filters of the lists of sessions and agents: what the address says → what is looked for."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import forms

from agentscope.agents.read import AgentFilters, midnight_before
from agentscope.sessions.read import STATES, SessionFilters
from ui.filters import RANGES, choices

Ranges = list[tuple[str, str]]
EVERY: Ranges = [(key, words) for key, (words, _) in RANGES.items()]


class ListingForm(forms.Form):
    """Plain GET parameters. Each is optional; what cannot be understood gets a sentence."""

    use_required_attribute = False

    def __init__(self, said: object) -> None:
        super().__init__(said, auto_id="filter-%s")  # type: ignore[arg-type]
        for field in self.fields.values():
            field.widget.attrs["placeholder"] = " "  # lets the style sheet see what is filled in
        self.is_valid()

    @property
    def is_active(self) -> bool:
        """Whether anything is filtered at all."""
        return any(self[name].data for name in self.fields)

    def said(self, name: str) -> str:
        """What a field says; "" if it cannot be understood."""
        text: str = self.cleaned_data.get(name, "")
        return text


class SessionForm(ListingForm):
    """Of the list of sessions."""

    q = forms.CharField(required=False, label="Session contains", max_length=200)
    range = forms.ChoiceField(
        required=False, label="Last active", choices=[("", "Any time"), *EVERY]
    )
    state = forms.ChoiceField(required=False, label="State", choices=choices("Any state", STATES))
    user = forms.CharField(required=False, label="User", max_length=200)
    environment = forms.CharField(required=False, label="Environment", max_length=200)
    agent = forms.CharField(required=False, label="Agent", max_length=200)

    def filters(self, now: datetime) -> SessionFilters:
        """What to look for. A field that cannot be understood does not filter."""
        chosen = self.said("range")
        return SessionFilters(
            since=now - RANGES[chosen][1] if chosen else None,
            text=self.said("q"),
            state=self.said("state"),
            user=self.said("user"),
            environment=self.said("environment"),
            agent=self.said("agent"),
        )


class PeriodForm(ListingForm):
    """Of the page of an agent."""

    USUAL = "30d"  # adding up takes the longer the more there is

    range = forms.ChoiceField(
        required=False,
        label="Time",
        choices=[
            ("", "Last 30 days"),
            ("24h", "Since yesterday"),
            ("7d", "Last 7 days"),
            ("90d", "Last 90 days"),
            ("all", "Any time"),
        ],
    )
    service = forms.CharField(required=False, label="Service", max_length=200)
    environment = forms.CharField(required=False, label="Environment", max_length=200)

    def filters(self, now: datetime) -> AgentFilters:
        """What to look for. A field that cannot be understood does not filter."""
        return AgentFilters(
            since=self.since(now),
            text=self.said("q"),
            service=self.said("service"),
            environment=self.said("environment"),
        )

    def since(self, now: datetime) -> datetime | None:
        """The start of the chosen period, which begins with a whole day (UTC)."""
        chosen = self.said("range") or self.USUAL
        if chosen == "all":
            return None
        period = 3 * RANGES["30d"][1] if chosen == "90d" else RANGES[chosen][1]
        return midnight_before(now, period)


class AgentForm(PeriodForm):
    """Of the list of agents."""

    field_order = ("q",)
    q = forms.CharField(required=False, label="Agent contains", max_length=200)


class HealthForm(ListingForm):
    """Of the health of tools and models."""

    USUAL = "7d"

    range = forms.ChoiceField(
        required=False,
        label="Time",
        choices=[("24h", RANGES["24h"][0]), ("", RANGES["7d"][0]), ("30d", RANGES["30d"][0])],
    )
    agent = forms.CharField(required=False, label="Calls of agent", max_length=200)

    @property
    def period(self) -> timedelta:
        """How long ago the chosen time began."""
        return RANGES[self.said("range") or self.USUAL][1]

    @property
    def period_words(self) -> str:
        """`Last 7 days`."""
        return RANGES[self.said("range") or self.USUAL][0]


class AdviceForm(HealthForm):
    """Of cheaper models."""

    USUAL = "30d"

    range = forms.ChoiceField(
        required=False,
        label="Time",
        choices=[("24h", RANGES["24h"][0]), ("7d", RANGES["7d"][0]), ("", RANGES["30d"][0])],
    )
