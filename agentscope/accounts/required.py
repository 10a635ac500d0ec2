"""Of whom a second factor is required: by the installation, or by an organisation."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Q

from agentscope.projects.models import Organisation, User


def is_required_of(user: User) -> bool:
    """Whether a password alone does not let somebody in, whatever they want themselves: everybody
    here, or whoever sees a project of an organisation that says so. One query at most."""
    if settings.AGENTSCOPE_REQUIRE_TOTP:
        return True
    mine = Q(members__user=user) | Q(projects__members__user=user)
    return Organisation.objects.filter(mine, requires_second_factor=True).exists()
