"""The form of a budget: what people say in it → what a budget says, and back. Units stand at each
number; the soft level is said in percent of the limit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from agentscope.alerts.models import SEVERITIES
from agentscope.alerts.watch import BadRule
from agentscope.alerts.words import DIMENSION
from agentscope.budgets.models import Budget
from agentscope.budgets.policy import SOFT, plain, policy_of
from agentscope.channels.models import Channel
from agentscope.projects.write import LONGEST_NAME
from ui.rule_fields import PERCENT, TIMES, WINDOWS, choice, named, number, text
from ui.rule_start import window_start
from ui.written import decimal, digits, window

AT_SOFT = {"warn": "go on, warned", "downgrade": "use a cheaper model"}
AT_HARD = {"stop": "stop", "warn": "go on, warned"}
WHEN_DOWN = {"open": "go on", "closed": "stop"}
WORST = {"": "no finding", "warning": "a warning or an alert", "alert": "an alert"}
# The input that is to blame for a part of a budget, where it is not called the same.
BLAMED = {
    "only": "each",
    "findings": "codes",
    "window": "window_kind",
    "policy": "at_soft",
    "seconds": "window_number",
}


class BudgetForm(forms.Form):
    """What may be used, by whom, in which time, and what happens at its levels."""

    use_required_attribute = False

    name = text("Name", LONGEST_NAME)
    limit = number("Limit")
    unit = choice("Counted in", dict(Budget.Unit.choices))
    soft = number("Soft level, % of the limit")
    each = choice("Of", {"": "all together", **{
        name: f"each {word.lower()}" for name, word in DIMENSION.items()
    }}, required=False)  # fmt: skip
    window_kind = choice("In", WINDOWS)
    window_number = number("How many")
    window_unit = choice("Unit of time", TIMES, required=False)
    at_soft = choice("At the soft level calls", AT_SOFT)
    model = text("Cheaper model", placeholder="as advised", list="known-model")
    at_hard = choice("At the limit calls", AT_HARD)
    fail = choice("Without an answer calls", WHEN_DOWN)
    findings = choice("A run also stops for", WORST, required=False)
    codes = text("and for these codes", 2000, placeholder="exact_repeat, …")
    failing = forms.BooleanField(
        label="Stop calls of a tool that keeps failing, and runs that repeat what cannot succeed",
        required=False,
    )
    enabled = forms.BooleanField(label="On", required=False)

    channels = forms.MultipleChoiceField(
        label="Who is told", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, said: Any, channels: Iterable[Channel], **options: Any) -> None:
        super().__init__(said, **options)
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
    def chosen(self) -> set[int]:
        """The ids of the channels that are told."""
        return {int(each) for each in self.cleaned_data["channels"]}

    @property
    def has_only(self) -> bool:
        """Whether any of them is filled in or wrong."""
        return any(field.value() or field.errors for field in self.only)

    @property
    def said(self) -> dict[str, Any]:
        """What the budget says, by the names of models.Budget. Raises BadRule for numbers that are
        none."""
        clean = self.cleaned_data
        return {
            "name": clean["name"],
            "enabled": clean["enabled"],
            "unit": clean["unit"],
            "limit": decimal("limit", digits(clean["limit"])),
            "soft": decimal("soft", digits(clean["soft"]) or f"{SOFT * PERCENT}") / PERCENT,
            "each": clean["each"],
            "only": {name: said for name in DIMENSION if (said := clean[f"only_{name}"])},
            "window": window(clean),
            "policy": self.policy,
        }

    @property
    def policy(self) -> dict[str, Any]:
        """What the budget does, as it says it."""
        clean = self.cleaned_data
        codes = [each.strip() for each in clean["codes"].split(",") if each.strip()]
        return {
            "soft": clean["at_soft"],
            "hard": clean["at_hard"],
            "fail": clean["fail"],
            "model": clean["model"],
            "findings": [*([clean["findings"]] if clean["findings"] else []), *codes],
            "errors": clean["failing"],
        }

    def blame(self, error: BadRule) -> None:
        """Put what is wrong with the budget where it was said."""
        part = BLAMED.get(error.part, error.part)
        self.add_error(part if part in self.fields else None, str(error))

    @staticmethod
    def start() -> dict[str, Any]:
        """A new budget, as most begin."""
        return {
            "unit": "usd",
            "soft": plain(SOFT * PERCENT),
            "window_kind": "month",
            "window_unit": "3600",
            "failing": True,
            "enabled": True,
        }

    @staticmethod
    def start_of(budget: Budget) -> dict[str, Any]:
        """What a budget says now."""
        said = {name: getattr(budget, name) for name in ("name", "unit", "each", "enabled")}
        said |= {"limit": plain(budget.limit), "soft": plain(budget.soft * PERCENT)}
        said |= {f"only_{name}": value for name, value in budget.only.items()}
        return said | window_start(budget.window) | policy_start(budget.policy)


def policy_start(said: Mapping[str, Any]) -> dict[str, Any]:
    """A policy in the fields of the form."""
    policy = policy_of(said)
    return {
        "at_soft": policy.soft,
        "at_hard": policy.hard,
        "fail": policy.fail.value,
        "model": policy.model,
        "findings": next((each for each in policy.findings if each in SEVERITIES), ""),
        "codes": ", ".join(each for each in policy.findings if each not in SEVERITIES),
        "failing": policy.errors,
    }
