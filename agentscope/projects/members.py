"""Which projects somebody sees, and as what."""

from __future__ import annotations

from django.db.models import QuerySet

from agentscope.projects.models import Member, Project, User
from agentscope.projects.roles import Role


def projects_of(user: User) -> QuerySet[Project]:
    """The projects that a user is a member of, by name."""
    return Project.objects.filter(members__user=user).order_by("name")


def roles_of(user: User) -> dict[Project, Role]:
    """What a user is in each of those projects, by name. One query."""
    found = Member.objects.filter(user=user).select_related("project").order_by("project__name")
    return {member.project: Role(member.role) for member in found}


def role_of(user: User, project: Project) -> Role | None:
    """What a user is in a project; None for strangers. One query."""
    found = Member.objects.filter(project=project, user=user).values_list("role", flat=True)
    return next((Role(role) for role in found), None)
