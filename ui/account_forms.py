"""The forms of a person's account."""

from __future__ import annotations

from typing import Any

from django import forms

from agentscope.accounts.invitations import LONGEST_EMAIL
from agentscope.projects.roles import HELD, Right, Role
from ui.member_forms import roles_by

LONGEST_CODE = 40  # characters, as people may type it


class CodeForm(forms.Form):
    """A code of an authenticator, or a recovery code where one is taken."""

    code = forms.CharField(
        label="Code",
        max_length=LONGEST_CODE,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )

    use_required_attribute = False

    def clean_code(self) -> str:
        """Without what people put between digits."""
        return "".join(self.cleaned_data["code"].split())


class AgainForm(forms.Form):
    """The own password once more, before something is made less safe."""

    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    use_required_attribute = False


class OffForm(AgainForm):
    """The same with a code."""

    code = forms.CharField(
        label="Code, or a recovery code",
        max_length=LONGEST_CODE,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )


def prefixed(form: type[forms.Form], prefix: str, said: Any = None) -> forms.Form:
    """One of several forms of a page."""
    return form(said, auto_id=f"{prefix}-%s")


class InvitationForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.CharField(
        label="E-mail",
        max_length=LONGEST_EMAIL,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "placeholder": "ann@example.com"}),
    )
    role = forms.ChoiceField(label="Role", initial=Role.VIEWER)
    everywhere = forms.BooleanField(required=False)

    use_required_attribute = False

    def __init__(self, said: Any, here: Role, everywhere: Role | None, organisation: str) -> None:
        """As what somebody may be invited by who is `here` in the project and `everywhere` in its
        organisation."""
        super().__init__(said)
        fields: Any = self.fields
        fields["everywhere"].label = f"In all projects of {organisation}"
        mightiest = here
        if everywhere is None or Right.MANAGE not in HELD[everywhere]:
            del self.fields["everywhere"]
        elif everywhere == Role.OWNER:
            mightiest = everywhere
        fields["role"].choices = roles_by(mightiest)
