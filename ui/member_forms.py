"""The forms of members: who is one, and as what."""

from __future__ import annotations

from typing import Any

from django import forms

from agentscope.projects.models import User
from agentscope.projects.roles import HELD, Right, Role

LONGEST_NAME = 150  # characters of an account's name


class MemberForm(forms.Form):
    """An account that is there already, and its role; without one it is no member any more."""

    use_required_attribute = False

    username = forms.CharField(
        label="Name of the account",
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(label="Role", required=False, initial=Role.VIEWER)

    def __init__(self, said: Any, by: Role, where: str = "") -> None:
        """`by` is the role of whoever is asked; `where` tells two forms of one page apart."""
        super().__init__(said, auto_id=f"{where}_%s")
        role: Any = self.fields["role"]
        role.choices = roles_by(by)

    def clean_username(self) -> User:
        """The account of that name."""
        found = User.objects.filter(username=self.cleaned_data["username"], is_active=True).first()
        if found is None:
            raise forms.ValidationError("There is no account of that name.")
        return found

    @property
    def said(self) -> tuple[User, Role | None]:
        """Who, and as what."""
        role = self.cleaned_data["role"]
        return self.cleaned_data["username"], Role(role) if role else None


def roles_by(by: Role) -> list[tuple[str, str]]:
    """The roles that somebody may give: only owners make owners."""
    return [
        (role.value, role.label) for role in Role if role != Role.OWNER or Right.OWN in HELD[by]
    ]
