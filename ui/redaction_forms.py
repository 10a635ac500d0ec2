"""The forms of a project's redaction."""

from __future__ import annotations

from typing import Any

from django import forms

from agentscope.redaction.models import OwnRule
from agentscope.redaction.policy import Action, Policy
from agentscope.redaction.write import LONGEST_NAME
from agentscope.secrets.own import LONGEST_PATTERN
from agentscope.secrets.rules import NAMED_SECRET, RULES, Category

WORDS = {
    Action.OFF: "keep",
    Action.MASK: "mask",
    Action.HASH: "hash",
    Action.DROP: "drop the whole field",
}
ACTIONS = [(str(action), words) for action, words in WORDS.items()]
CATEGORIES = {Category.SECRET: "Secrets", Category.PERSONAL: "Personal data"}
ABOUT_NAMED = "whole value of a field called authorization, cookie, password, x-api-key, …"
# Code, what it finds, category: in the order of the page.
ROWS = [
    *((rule.code, rule.about, rule.category) for rule in RULES if rule.category is Category.SECRET),
    (NAMED_SECRET, ABOUT_NAMED, Category.SECRET),
    *((rule.code, rule.about, rule.category) for rule in RULES
      if rule.category is Category.PERSONAL),
]  # fmt: skip


class ActionsForm(forms.Form):
    """What becomes of what each category and each rule finds."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for category, label in CATEGORIES.items():
            self.fields[category] = forms.ChoiceField(label=label, choices=ACTIONS)
        for code, _, category in ROWS:
            as_all = ("", f"as all {CATEGORIES[category].lower()}")
            self.fields[code] = forms.ChoiceField(
                label=f"Action of {code}", choices=[as_all, *ACTIONS], required=False
            )

    @property
    def actions(self) -> dict[str, str]:
        """What was chosen: no entry for a rule that goes by its category."""
        return {code: said for code, said in self.cleaned_data.items() if said}

    @staticmethod
    def start_of(policy: Policy) -> dict[str, str]:
        """What is set now."""
        usual = dict.fromkeys(map(str, Category), str(Action.OFF))
        return usual | {code: str(action) for code, action in policy.actions.items()}


class OwnRuleForm(forms.Form):
    """One more rule of the project."""

    code = forms.CharField(
        label="Code",
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "customer_number"}),
    )
    kind = forms.ChoiceField(label="Is", choices=OwnRule.Kind.choices)
    said = forms.CharField(
        label="Pattern or name",
        max_length=max(LONGEST_PATTERN, LONGEST_NAME),
        strip=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": r"\bC-\d{6}\b"}
        ),
    )
    action = forms.ChoiceField(label="Action", choices=ACTIONS[1:])
