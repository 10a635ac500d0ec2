"""The forms of what people decide by hand: letting go on, stopping, and what holds where no budget
does."""

from __future__ import annotations

from django import forms

from agentscope.budgets.decision import Decision
from agentscope.budgets.policy import Fail
from agentscope.budgets.write import LONGEST_WHY, STOPPABLE
from ui.alert_forms import WhileForm

LONGEST_NAME = 1000  # characters of a session or an agent
OTHERWISE = {
    Decision.ALLOW.word: "go on",
    Decision.WARN.word: "go on, with a warning",
    Decision.DOWNGRADE.word: "go on with a cheaper model",
    Decision.STOP.word: "stop",
}
WHEN_DOWN = {Fail.OPEN.value: "go on (fail open)", Fail.CLOSED.value: "stop (fail closed)"}
WORDS = {"trace": "run with the id", "session": "session", "agent": "agent"}


def why() -> forms.CharField:
    """A reason, for others."""
    attrs = {"autocomplete": "off", "placeholder": "for others, and for the log"}
    widget = forms.TextInput(attrs=attrs)
    return forms.CharField(label="Why", max_length=LONGEST_WHY, widget=widget)


class LiftForm(WhileForm):
    """How long a group may go on over its budget, and why."""

    why = why()


class StopForm(forms.Form):
    """Who is stopped, and why."""

    use_required_attribute = False

    of = forms.ChoiceField(label="Stop the", choices=[(each, WORDS[each]) for each in STOPPABLE])
    name = forms.CharField(
        label="named",
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    why = why()


class OtherwiseForm(forms.Form):
    """What holds where no budget does."""

    use_required_attribute = False

    decision = forms.ChoiceField(label="Who asks is told to", choices=list(OTHERWISE.items()))
    fail = forms.ChoiceField(label="Without an answer calls", choices=list(WHEN_DOWN.items()))
