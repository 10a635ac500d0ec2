"""What a member of a project may do, by role. The whole table is HELD: docs/access.md shows it."""

from __future__ import annotations

from django.db import models


class Right(models.TextChoices):
    """What a role may be allowed to do. Labels complete a sentence: "Only owners may …"."""

    SEE = "see", "see traces, costs and findings"
    AUDIT = "audit", "see who changed what"
    OPERATE = "operate", "change rules, budgets, stops, reviews and findings"
    SEE_KEYS = "see_keys", "see keys"
    SEND = "send", "make keys that send traces"
    MANAGE = "manage", "change settings, prices, keys and members"
    OWN = "own", "make owners, or owners something else"


class Role(models.TextChoices):
    """What somebody is in a project, the mightiest first."""

    OWNER = "owner", "owner"
    ADMIN = "admin", "admin"
    OPERATOR = "operator", "operator"
    AUDITOR = "auditor", "auditor"
    VIEWER = "viewer", "viewer"
    INGEST = "ingest-only", "ingest-only member"


HELD: dict[Role, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.ADMIN: frozenset(Right) - {Right.OWN},
    Role.OPERATOR: frozenset({Right.SEE, Right.AUDIT, Right.OPERATE, Right.SEE_KEYS}),
    Role.AUDITOR: frozenset({Right.SEE, Right.AUDIT, Right.SEE_KEYS}),
    Role.VIEWER: frozenset({Right.SEE}),
    Role.INGEST: frozenset({Right.SEE_KEYS, Right.SEND}),
}


class NotAllowed(Exception):
    """A member may not do that. The text says who may."""


def check(role: Role, right: Right) -> None:
    """Raises NotAllowed unless the role holds the right."""
    if right not in HELD[role]:
        a = "an" if role.label[0] in "aeio" else "a"
        raise NotAllowed(f"{who_may(right)}; you are {a} {role.label}.")


def who_may(right: Right) -> str:
    """A sentence without its full stop: "Only owners and admins may change settings"."""
    *names, last = [f"{role.label}s" for role in Role if right in HELD[role]]
    who = f"{', '.join(names)} and {last}" if names else last
    return f"Only {who} may {right.label}"
