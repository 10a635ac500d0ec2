"""The forms for the tools that an agent may call, and for what they do when called again."""

from __future__ import annotations

from django import forms

from agentscope.projects.tools import LONGEST_TOOL


class EffectsForm(forms.Form):
    """Tools that do their work each time, and tools that come to the same, one a line."""

    each_time = forms.CharField(
        label="Tools that do their work once more each time, one a line",
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 4, "spellcheck": "false", "placeholder": "run_payroll\nerp_*_booking"}
        ),
    )
    once = forms.CharField(
        label="Tools that come to the same when they are called twice alike",
        required=False,
        widget=forms.Textarea(
            attrs={"rows": 4, "spellcheck": "false", "placeholder": "create_if_missing"}
        ),
    )


class ToolsForm(forms.Form):
    """An agent, and its tools, one a line."""

    agent = forms.CharField(
        label="Agent, or nothing for all without a list",
        required=False,
        max_length=LONGEST_TOOL,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    tools = forms.CharField(
        label="Tools that it may call, one a line; * stands for any characters",
        widget=forms.Textarea(
            attrs={"rows": 6, "spellcheck": "false", "placeholder": "search_*\nread_order"}
        ),
    )

    @property
    def names(self) -> list[str]:
        """The tools."""
        text: str = self.cleaned_data["tools"]
        return text.splitlines()
