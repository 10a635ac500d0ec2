"""The form for the tools that an agent may call."""

from __future__ import annotations

from django import forms

from agentscope.projects.tools import LONGEST_TOOL


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
