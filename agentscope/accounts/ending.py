"""Who may end the logins of whom. A login opens all projects that somebody sees, so whoever ends it
for them must be allowed to in each of these, not only in the one that they look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.contrib.auth.models import AnonymousUser

from agentscope.accounts.logins import end, logins_of
from agentscope.projects.members import roles_of_each
from agentscope.projects.models import Project, User
from agentscope.projects.roles import HELD, NotAllowed, Right, Role

Roles = Mapping[int, Role]  # what somebody is in projects, by their keys
OWNERS = "{name} owns a project: only its owners may end these logins."
ELSEWHERE = (
    "{name} also sees projects that you do not manage. These logins may be ended by {name}, or by "
    "who manages all of those projects, as the owners of their organisation do."
)


def end_all(user: User, here: Project, by: User | AnonymousUser, role: Role, who: str) -> int:
    """End all logins of somebody who sees a project; how many. `by` asks, who has that role in it;
    where a key asks, nobody. Raises NotAllowed, whose text says who may."""
    reason = reasons([user], here, by, role)[user.pk]
    if reason:
        raise NotAllowed(reason)
    return end(user, list(logins_of(user)), who)


def reasons(
    users: Sequence[User], here: Project, by: User | AnonymousUser, role: Role
) -> dict[int, str]:
    """Why the logins of each of some users may not be ended by somebody, by the key of the user;
    empty where they may. A key is nothing anywhere but in its project."""
    somebody = [by] if isinstance(by, User) else []
    roles = roles_of_each([*users, *somebody])
    mine = roles[by.pk] if isinstance(by, User) else {here.pk: role}
    return {
        each.pk: "" if each == by else reason(each.get_username(), roles[each.pk], mine)
        for each in users
    }


def reason(name: str, theirs: Roles, mine: Roles) -> str:
    """Why who is `mine` may not end the logins of who is `theirs`; empty: they may."""
    rights = {
        project: HELD[mine[project]] if project in mine else frozenset() for project in theirs
    }
    if any(Right.MANAGE not in rights[project] for project in theirs):
        return ELSEWHERE.format(name=name)
    owned = (project for project, role in theirs.items() if role == Role.OWNER)
    return OWNERS.format(name=name) if any(Right.OWN not in rights[each] for each in owned) else ""
