"""Which projects somebody sees, and as what. What a project says of somebody holds there, be it
more or less than what its organisation says; but an owner of the organisation owns all of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from agentscope.projects.models import Member, OrganisationMember, Project, User
from agentscope.projects.roles import Role


@dataclass(frozen=True)
class Person:
    """Somebody who sees a project, and why."""

    user: User
    own: Role | None  # what the project itself says
    inherited: Role | None  # what its organisation says
    role: Role  # what they are in the project


def holding(own: str | None, inherited: str | None) -> Role | None:
    """The role that holds; None for strangers."""
    said = inherited if inherited == Role.OWNER else own or inherited
    return Role(said) if said else None


def projects_of(user: User) -> QuerySet[Project]:
    """The projects that a user sees, by name."""
    own = Member.objects.filter(user=user).values("project")
    inherited = OrganisationMember.objects.filter(user=user).values("organisation")
    return Project.objects.filter(Q(pk__in=own) | Q(organisation__in=inherited)).order_by("name")


def roles_of(user: User) -> dict[Project, Role]:
    """What a user is in each of those projects, by name. Three queries."""
    own = dict(Member.objects.filter(user=user).values_list("project", "role"))
    inherited: dict[int | None, str] = dict(
        OrganisationMember.objects.filter(user=user).values_list("organisation", "role")
    )
    found = {
        each: holding(own.get(each.pk), inherited.get(each.organisation_id))
        for each in projects_of(user)
    }
    return {project: role for project, role in found.items() if role}


def roles_of_each(users: Iterable[User]) -> dict[int, dict[int, Role]]:
    """What each of some users is in each of their projects, by the keys of both. Three queries."""
    keys = [user.pk for user in users]
    own = Member.objects.filter(user__in=keys).values_list("user", "project", "role")
    said = {(user, project): role for user, project, role in own}
    everywhere = OrganisationMember.objects.filter(user__in=keys)
    inherited: dict[tuple[int, int], str] = {}
    projects = projects_in({row.organisation_id for row in everywhere})
    for row in everywhere:
        for project in projects[row.organisation_id]:
            inherited[row.user_id, project] = row.role
    found: dict[int, dict[int, Role]] = {key: {} for key in keys}
    for user, project in {*said, *inherited}:
        role = holding(said.get((user, project)), inherited.get((user, project)))
        if role:
            found[user][project] = role
    return found


def projects_in(organisations: Iterable[int]) -> dict[int, list[int]]:
    """The keys of the projects of some organisations, by the keys of these."""
    found: dict[int, list[int]] = defaultdict(list)
    of_these = Project.objects.filter(organisation__in=organisations)
    for organisation, project in of_these.values_list("organisation", "pk"):
        if organisation is not None:
            found[organisation].append(project)
    return found


def role_of(user: User, project: Project) -> Role | None:
    """What a user is in a project; None for strangers. Two queries."""
    own = Member.objects.filter(project=project, user=user).values_list("role", flat=True)
    return holding(own.first(), role_everywhere(user, project.organisation_id))


def role_everywhere(user: User, organisation_id: int | None) -> Role | None:
    """What an organisation says of a user. One query."""
    found = OrganisationMember.objects.filter(organisation=organisation_id, user=user)
    return holding(None, found.values_list("role", flat=True).first())


def people_of(project: Project) -> list[Person]:
    """All who see a project, by name. Three queries."""
    own = dict(Member.objects.filter(project=project).values_list("user", "role"))
    of_organisation = OrganisationMember.objects.filter(organisation=project.organisation_id)
    inherited = dict(of_organisation.values_list("user", "role"))
    users = User.objects.filter(pk__in={*own, *inherited}).order_by("username")
    told = ((user, own.get(user.pk), inherited.get(user.pk)) for user in users)
    return [
        Person(user, holding(mine, None), holding(None, theirs), role)
        for user, mine, theirs in told
        if (role := holding(mine, theirs))
    ]
