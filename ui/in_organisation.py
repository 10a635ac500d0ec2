"""What somebody who looks at a project is in its organisation."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404

from agentscope.projects.members import role_everywhere
from agentscope.projects.models import Organisation, User
from agentscope.projects.roles import Role
from ui.access import PageRequest


def organisation_of(request: PageRequest) -> Organisation:
    """To which the project belongs."""
    return Organisation.objects.get(projects=request.project)


def role_in_organisation(request: PageRequest) -> Role | None:
    """What the user is in the organisation; None: no member of it."""
    user = request.user
    if settings.AGENTSCOPE_EMBEDDED or not isinstance(user, User):
        return None
    return role_everywhere(user, request.project.organisation_id)


def refuse_where_nobody_logs_in() -> None:
    """Raises Http404: there nobody is a member, and nobody is invited."""
    if settings.AGENTSCOPE_EMBEDDED:
        raise Http404("nobody logs in here")
