"""The form of a channel: its name and the fields of its kind. What is secret is never shown."""

from __future__ import annotations

from typing import Any

from django import forms

from agentscope.channels.kinds.kind import BadChannel, Field, Kind
from agentscope.channels.models import Channel
from agentscope.channels.read import shown
from agentscope.channels.write import LONGEST_VALUE
from agentscope.projects.write import LONGEST_NAME

ATTRS = {"autocomplete": "off", "spellcheck": "false"}


class ChannelForm(forms.Form):
    """Fields as the kind names them, behind `name`. A secret that is left empty stays as it is."""

    use_required_attribute = False

    name = forms.CharField(
        label="Name", max_length=LONGEST_NAME, widget=forms.TextInput(attrs=ATTRS)
    )

    def __init__(self, said: Any, kind: Kind, channel: Channel | None = None) -> None:
        now = {each.field.name: each for each in shown(channel)} if channel else {}
        initial = {f"set_{name}": each.value for name, each in now.items()}
        super().__init__(said, initial=initial | {"name": channel.name if channel else ""})
        self.kind = kind
        for field in kind.FIELDS:
            is_set, hint = (now[field.name].is_set, now[field.name].hint) if now else (False, "")
            self.fields[f"set_{field.name}"] = field_of(field, hint_words(hint, is_set=is_set))

    @property
    def said(self) -> dict[str, str]:
        """What was said in the fields of the kind."""
        return {field.name: self.cleaned_data[f"set_{field.name}"] for field in self.kind.FIELDS}

    def blame(self, error: BadChannel) -> None:
        """Put each error where it was said."""
        for name, sentence in error.errors.items():
            own = f"set_{name}"
            self.add_error(own if own in self.fields else "name", sentence)


def field_of(field: Field, hint: str) -> forms.CharField:
    """The input of a field of a kind."""
    attrs = {**ATTRS, "placeholder": hint} if field.is_secret else ATTRS
    widget = forms.PasswordInput if field.is_secret else forms.TextInput
    return forms.CharField(
        label=field.label,
        required=False,
        max_length=LONGEST_VALUE,
        help_text=field.help,
        widget=widget(
            attrs={**attrs, "autocomplete": "new-password" if field.is_secret else "off"}
        ),
    )


def hint_words(hint: str, *, is_set: bool) -> str:
    """What is told of a secret."""
    if not is_set:
        return ""
    return f"set, ends with {hint}; empty: stays" if hint else "set; empty: stays"
