"""Who is made a member, of a project or of an organisation, made something else, or let go. One
change at a time, and never is a project left without an owner."""

from __future__ import annotations

from django.db import transaction

from agentscope.projects.changes import COMMAND_LINE, note_change
from agentscope.projects.models import (
    Member,
    Organisation,
    OrganisationMember,
    Project,
    User,
)
from agentscope.projects.owners import check_owned
from agentscope.projects.roles import Right, Role, check


@transaction.atomic
def set_role(
    project: Project,
    user: User,
    role: Role | None,
    who: str = COMMAND_LINE,
    by: Role = Role.OWNER,
) -> bool:
    """Make somebody that in a project, a member or not; None: leave it to its organisation again.
    Whether that is new. `by` is the role of whoever does it. Raises NotAllowed, LastOwner."""
    Project.objects.select_for_update().get(pk=project.pk)
    mine = Member.objects.filter(project=project, user=user)
    before = mine.values_list("role", flat=True).first()
    if before == role:
        return False
    check_change(by, before, role)
    if role is None:
        mine.delete()
    else:
        mine.update_or_create(project=project, user=user, defaults={"role": role})
    if before == Role.OWNER:
        check_owned(project)
    tell(project, who, user, before, role)
    return True


@transaction.atomic
def set_role_everywhere(
    organisation: Organisation,
    user: User,
    role: Role | None,
    who: str = COMMAND_LINE,
    by: Role = Role.OWNER,
) -> bool:
    """Make somebody that in all projects of an organisation, None: nothing; whether that is new.
    Each of the projects is told. Raises NotAllowed, LastOwner."""
    projects = locked(organisation)
    mine = OrganisationMember.objects.filter(organisation=organisation, user=user)
    before = mine.values_list("role", flat=True).first()
    if before == role:
        return False
    check_change(by, before, role)
    if role is None:
        mine.delete()
    else:
        mine.update_or_create(organisation=organisation, user=user, defaults={"role": role})
    for project in projects:
        if before == Role.OWNER:
            check_owned(project)
        tell(project, who, user, before, role, organisation)
    return True


@transaction.atomic
def require_second_factor(
    organisation: Organisation, required: bool, who: str, by: Role = Role.OWNER
) -> bool:
    """Have whoever sees a project of the organisation log in with a second factor, or not any more;
    whether that is new. Each of the projects is told. `by` is the role in the organisation of
    whoever does it. Raises NotAllowed."""
    check(by, Right.MANAGE)
    projects = locked(organisation)
    changed = Organisation.objects.filter(pk=organisation.pk, requires_second_factor=not required)
    if not changed.update(requires_second_factor=required):
        return False
    verb = "requires a second factor now" if required else "requires no second factor any more"
    for project in projects:
        details = {"before": not required, "after": required}
        note_change("organisation", project.pk, who, f"{organisation.name} {verb}", details)
    return True


def add_everywhere(organisation: Organisation, user: User, role: Role) -> OrganisationMember:
    """Give a user a role in an organisation. Whoever is a member already stays what they are. The
    caller tells the ledgers why; `set_role_everywhere` does so itself."""
    found = OrganisationMember.objects.get_or_create(
        organisation=organisation, user=user, defaults={"role": role}
    )
    return found[0]


def projects_of_all(organisation: Organisation) -> list[Project]:
    """Those of an organisation, always in one order: nobody waits for somebody who waits for
    them."""
    return list(organisation.projects.order_by("pk"))


def locked(organisation: Organisation) -> list[Project]:
    """The same, so that nobody else changes who is what in them meanwhile."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    return list(organisation.projects.select_for_update(of=("self",)).order_by("pk"))


def check_change(by: Role, before: str | None, after: str | None) -> None:
    """Only owners make owners, or make them something else. Raises NotAllowed."""
    check(by, Right.OWN if Role.OWNER in (before, after) else Right.MANAGE)


def tell(
    project: Project,
    who: str,
    user: User,
    before: str | None,
    after: Role | None,
    organisation: Organisation | None = None,
) -> None:
    """Into the ledger of the project."""
    name = user.get_username()
    where = f" in all projects of {organisation.name}" if organisation else ""
    what = f"{name} is {after.label if after else 'no member any more'}{where}"
    note_change("member", project.pk, who, what, {"user": name, "before": before, "after": after})
