"""No project is left without an owner who can log in: neither by what becomes of its members, nor
by what becomes of an account."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction

from agentscope.projects.members import people_of, roles_of
from agentscope.projects.models import Project, User
from agentscope.projects.roles import Role


class LastOwner(Exception):
    """A project would be without an owner who can log in. The text names the project."""


def check_owned(project: Project, without: User | None = None) -> None:
    """Raises LastOwner unless somebody owns the project and can log in, be it without one. Who was
    switched off does not count."""
    people = (each for each in people_of(project) if each.role == Role.OWNER)
    if not any(each.user.is_active and each.user != without for each in people):
        raise LastOwner(
            f"{project.name} would be without an owner who can log in: make somebody else one "
            "first."
        )


@transaction.atomic
def check_dispensable(user: User) -> None:
    """Raises LastOwner if a project has no other owner who can log in. Nobody else changes who
    owns these projects until the transaction around this one ends."""
    owned = [project.pk for project, role in roles_of(user).items() if role == Role.OWNER]
    locked = Project.objects.select_for_update(of=("self",)).filter(pk__in=owned)
    for project in locked.order_by("pk"):
        check_owned(project, without=user)


def before_deletion(instance: User, **said: Any) -> None:
    """An account is deleted. Raises LastOwner."""
    if instance.is_active:
        check_dispensable(instance)


def before_saving(
    instance: User, update_fields: Collection[str] | None = None, **said: Any
) -> None:
    """An account is stored: is it switched off? Raises LastOwner."""
    is_told = update_fields is None or "is_active" in update_fields
    if instance.is_active or not instance.pk or not is_told:
        return
    if User.objects.filter(pk=instance.pk, is_active=True).exists():
        check_dispensable(instance)
