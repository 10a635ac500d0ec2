"""The form of a rule: what people say in it → what a rule says. Units stand at each number: shares
are said in percent, as they are shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from agentscope.alerts.machine import Silence
from agentscope.alerts.metrics import BY_CODE, OfSilence, Unit
from agentscope.alerts.models import SEVERITIES
from agentscope.alerts.watch import BadRule
from agentscope.alerts.words import DIMENSION
from agentscope.channels.models import Channel
from agentscope.projects.write import LONGEST_NAME
from ui.filters import CODES
from ui.rule_fields import (
    CONDITIONS,
    NUMBERS,
    OF_METRIC,
    PERCENT,
    SILENCES,
    TIMES,
    TOLD_AS,
    UNITS,
    UNUSED,
    WINDOWS,
    choice,
    metrics,
    named,
    number,
    text,
)
from ui.written import decimal, digits, whole_seconds, window

# The input that is to blame for a part of a rule, where it is not called the same.
BLAMED = {"only": "each", "window": "window_kind", "condition": "condition_kind"}


class RuleForm(forms.Form):
    """What is looked at, over which time, when it is worth an alert, and who is told."""

    use_required_attribute = False

    name = text("Name", LONGEST_NAME)
    metric = forms.ChoiceField(label="Number")
    of = forms.CharField(label="Which findings", required=False, widget=forms.Select)
    each = choice("Of", {"": "all together", **{
        name: f"each {word.lower()}" for name, word in DIMENSION.items()
    }}, required=False)  # fmt: skip
    filter = text(
        "Filter of runs", 4000, placeholder="status=error&agent=planner", list="saved-views"
    )
    window_kind = choice("In", WINDOWS)
    window_number = number("How many")
    window_unit = choice("Unit of time", TIMES, required=False)
    condition_kind = choice("Fires when it", CONDITIONS)
    threshold = number("Threshold")
    limit = number("Budget")
    times = number("How many times")
    floor = number("And at least")
    fallback = number("Without history, from", "nothing")
    seconds = number("Gone within")
    hold = number("For at least", "at once")
    remind = number("Remind after", "never")
    silence = choice("Without data it", SILENCES, required=False)
    severity = choice("Told as", TOLD_AS, required=False)
    enabled = forms.BooleanField(label="On", required=False)
    channels = forms.MultipleChoiceField(
        label="Channels", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, said: Any, channels: Iterable[Channel], **options: Any) -> None:
        super().__init__(said, **options)
        self.fields["metric"].choices = list(metrics())  # type: ignore[attr-defined]
        severities = [("warning", "warnings and alerts"), ("alert", "alerts")]
        of = [("", "any"), *severities, *CODES]
        self.fields["of"].widget.choices = of
        self.fields["channels"].choices = [  # type: ignore[attr-defined]
            (str(each.pk), each.name if each.enabled else f"{each.name} (off)") for each in channels
        ]
        for name, word in DIMENSION.items():
            self.fields[f"only_{name}"] = named(name, word)

    @property
    def only(self) -> list[forms.BoundField]:
        """The fields of whose use alone is meant."""
        return [self[f"only_{name}"] for name in DIMENSION]

    @property
    def has_only(self) -> bool:
        """Whether any of them, or the filter, is filled in or wrong."""
        return any(field.value() or field.errors for field in (*self.only, self["filter"]))

    @property
    def is_of_silence(self) -> bool:
        """Whether the metric is since when nothing came, which is no question of a window."""
        return isinstance(BY_CODE.get(self["metric"].value() or ""), OfSilence)

    @property
    def unit(self) -> Unit:
        """Of the metric that is chosen."""
        chosen = BY_CODE.get(self["metric"].value() or "")
        return chosen.unit if chosen else Unit.USD

    @property
    def unit_words(self) -> str:
        """As it stands beside numbers."""
        return UNITS[self.unit]

    @property
    def said(self) -> dict[str, Any]:
        """What the rule says, for save_rule. Raises BadRule for numbers that are none."""
        clean = self.cleaned_data
        return {name: clean[name] for name in ("name", "metric", "each", "filter", "enabled")} | {
            "silence": clean["silence"] or Silence.KEEP.value,
            "severity": clean["severity"] or SEVERITIES[0],
            "of": clean["of"] if self.unit == Unit.FINDINGS else "",
            "only": {name: said for name in DIMENSION if (said := clean[f"only_{name}"])},
            "window": UNUSED if self.is_of_silence else window(clean),
            "condition": self.condition,
            "hold": whole_seconds("hold", clean["hold"] or "0", 60),
            "remind": whole_seconds("remind", clean["remind"] or "0", 60) or None,
            "channels": [int(each) for each in clean["channels"]],
        }

    @property
    def condition(self) -> dict[str, Any]:
        """When it fires, as a rule says it."""
        kind = self.cleaned_data["condition_kind"]
        said: dict[str, Any] = {"kind": kind}
        for name in NUMBERS[kind]:
            written = digits(self.cleaned_data[name])
            if name == "seconds":
                said[name] = whole_seconds(name, written, 60)
            elif written or name != "fallback":
                said[name] = self.in_unit(name, written)
        return said

    def in_unit(self, name: str, written: str) -> str:
        """A number as a rule has it."""
        found = decimal(name, written)
        is_percent = name in OF_METRIC and self.unit == Unit.SHARE
        return str(found / PERCENT if is_percent else found)

    def blame(self, error: BadRule) -> None:
        """Put what is wrong with the rule where it was said."""
        part = BLAMED.get(error.part, error.part)
        if part == "condition_kind":
            part = self.first_number(str(error))
        self.add_error(part if part in self.fields else None, str(error))

    def first_number(self, why: str) -> str:
        """The number of the condition that an error quotes; else its kind."""
        numbers = NUMBERS[self.cleaned_data["condition_kind"]]
        quoted = (name for name in numbers if f"“{self[name].value()}”" in why)
        return next(quoted, "condition_kind")
