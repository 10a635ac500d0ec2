"""The forms of a project's settings."""

from __future__ import annotations

from calendar import day_name
from datetime import timedelta
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils import timezone

from agentscope.projects.mappings import FIELDS, LONGEST_ATTRIBUTE, MOST_ATTRIBUTES
from agentscope.projects.models import Project

GROUPS = [f"attribute_{number}" for number in range(1, MOST_ATTRIBUTES + 1)]
DAYS = [("", "all that are stored"), ("1", "the last day"), ("7", "7 days"), ("30", "30 days")]
CHOICES = [("", "choose a field"), *((name, f"{name}: {about}") for name, about in FIELDS.items())]


class CostsForm(forms.Form):
    """Which cost of a call counts, and attributes by which costs are grouped."""

    policy = forms.ChoiceField(label="Cost that counts", choices=Project.CostPolicy.choices)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for number, name in enumerate(GROUPS, 1):
            self.fields[name] = forms.CharField(
                label=f"Attribute {number}",
                required=False,
                max_length=LONGEST_ATTRIBUTE,
                widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
            )

    @property
    def attributes(self) -> list[str]:
        """The names that were filled in."""
        return [self.cleaned_data.get(name, "") for name in GROUPS]

    @staticmethod
    def start_of(project: Project) -> dict[str, Any]:
        """What is set now."""
        return {"policy": project.cost_policy} | dict(
            zip(GROUPS, project.cost_attributes, strict=False)
        )


class ClockForm(forms.Form):
    """In which time zone days begin, and on which day weeks do."""

    time_zone = forms.CharField(
        label="Time zone",
        max_length=100,
        widget=forms.TextInput(
            attrs={"list": "zones", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    week_start = forms.TypedChoiceField(
        label="Weeks begin on", choices=list(enumerate(day_name)), coerce=int
    )

    use_required_attribute = False

    @staticmethod
    def start_of(project: Project) -> dict[str, Any]:
        """What is set now."""
        return {"time_zone": project.time_zone, "week_start": project.week_start}

    @staticmethod
    def zones() -> list[str]:
        """What may be named as a time zone, as far as people live in one."""
        return sorted(name for name in available_timezones() if "/" in name or name == "UTC")


class MappingForm(forms.Form):
    """An attribute, and what it means."""

    attribute = forms.CharField(
        label="Attribute",
        max_length=LONGEST_ATTRIBUTE,
        widget=forms.TextInput(
            attrs={
                "list": "known",
                "autocomplete": "off",
                "spellcheck": "false",
                "placeholder": "acme.tokens.in",
            }
        ),
    )
    field = forms.ChoiceField(label="Means", choices=CHOICES)


class VolatileForm(forms.Form):
    """Names of fields that are not compared, one a line."""

    names = forms.CharField(
        label="Fields that say nothing, one a line",
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 6, "spellcheck": "false", "placeholder": "session_token\nserver_load"}
        ),
    )


class AgainForm(forms.Form):
    """Which stored spans are to be understood again."""

    days = forms.ChoiceField(label="Spans of", choices=DAYS, required=False)

    @property
    def since(self) -> dict[str, str]:
        """The parameters of the job."""
        days = self.cleaned_data["days"]
        if not days:
            return {}
        return {"since": (timezone.now() - timedelta(days=int(days))).isoformat()}

    @property
    def words(self) -> str:
        """What was chosen, as the end of a sentence."""
        chosen = dict(DAYS)[self.cleaned_data["days"]]
        return "all stored spans" if not self.cleaned_data["days"] else f"spans of {chosen}"
