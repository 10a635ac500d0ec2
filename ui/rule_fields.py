"""What forms of rules and budgets are made of: choices in words, and numbers with their units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms

from agentscope.alerts.metrics import METRICS, Unit
from agentscope.meter.known import KINDS

LONGEST = 500  # characters of a name that is meant
PERCENT = 100
UNITS = {each: str(each) for each in Unit} | {Unit.SHARE: "%"}
TIMES = {"60": "minutes", "3600": "hours", "86400": "days"}  # seconds of each
WINDOWS = {
    "rolling": "the last …",
    "day": "a calendar day",
    "week": "a calendar week",
    "month": "a calendar month",
    "whole": "a whole run or session",
}
CONDITIONS = {
    "at_least": "reaches a threshold",
    "times_usual": "is far above usual",
    "burn_rate": "burns a budget too quickly",
    "gone_within": "will use up a budget soon",
}
UNUSED = {"kind": "rolling", "seconds": 86_400}  # a window where none means anything
SILENCES = {"keep": "stays as it is", "ok": "is over", "tell": "tells people that nothing came"}
TOLD_AS = {"alert": "alert", "warning": "warning", "info": "information"}
# Which numbers a condition has, and which of them are in the unit of the metric.
NUMBERS = {
    "at_least": ("threshold",),
    "times_usual": ("times", "floor", "fallback"),
    "burn_rate": ("limit", "times"),
    "gone_within": ("limit", "seconds"),
}
OF_METRIC = ("threshold", "floor", "fallback", "limit")


def choice(label: str, said: Mapping[str, str], **options: Any) -> forms.ChoiceField:
    """A choice of words."""
    return forms.ChoiceField(label=label, choices=list(said.items()), **options)


def text(label: str, most: int = LONGEST, **attrs: str) -> forms.CharField:
    """A text that may be empty."""
    widget = forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", **attrs})
    return forms.CharField(label=label, required=False, max_length=most, widget=widget)


def named(kind: str, word: str) -> forms.CharField:
    """A name of a kind; those that are known are offered by alerts/_known.html."""
    found = text(f"{word} named")
    if kind in KINDS:
        found.widget.attrs["list"] = f"known-{kind}"
    return found


def number(label: str, placeholder: str = "") -> forms.CharField:
    """A number as people write it: what is wrong with it the rule says itself. `placeholder` is
    what an empty one means."""
    return text(label, 40, inputmode="decimal", placeholder=placeholder)


def metrics() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The metrics by unit, each with it."""
    for unit in dict.fromkeys(each.unit for each in METRICS):
        named = [(each.code, each.label) for each in METRICS if each.unit == unit]
        yield f"in {UNITS[unit]}", named
