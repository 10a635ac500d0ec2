"""The form of an evidence pack: what it is to be of."""

from __future__ import annotations

from django import forms
from django.urls import reverse

from agentscope.packs.asked import Asked, BadPack
from agentscope.projects.models import Project
from agentscope.traces.ids import span_hex
from ui.audit_form import midnight
from ui.price_forms import DayField

LONGEST = 4096  # characters of a session


class PackForm(forms.Form):
    """A period, which people write; or what the page that leads here is about."""

    since = DayField("From")
    until = DayField("To, that day too")
    session = forms.CharField(
        required=False, max_length=LONGEST, strip=False, widget=forms.HiddenInput
    )
    trace = forms.CharField(required=False, widget=forms.HiddenInput)
    decision = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def is_asked(self) -> bool:
        """Whether anything is named."""
        return any(self.data.get(name) for name in self.fields)

    @property
    def is_period(self) -> bool:
        """Whether it is a period, or nothing yet."""
        return not any(self.data.get(name) for name in ("session", "trace"))

    def asked(self, project: Project) -> Asked:
        """What is named. Raises BadPack."""
        if not self.is_valid():
            name, sentences = next(iter(self.errors.items()))
            raise BadPack(f"{self.fields[name].label or name}: {sentences[0]}")
        said = self.cleaned_data
        period = {"since": midnight(said["since"]), "until": midnight(said["until"], days=1)}
        return Asked.of(project, said | period)


def back_of(asked: Asked) -> str:
    """The address of what a pack would be of."""
    project = asked.project.name
    if asked.trace and asked.decision is not None:
        return reverse("decision", args=[project, asked.trace, span_hex(asked.decision)])
    if asked.trace:
        return reverse("trace", args=[project, asked.trace])
    return reverse("session", args=[project, asked.session]) if asked.session else ""
