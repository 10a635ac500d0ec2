"""The policy of a project, and how much it replaced."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from hashlib import sha256

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from agentscope.redaction.models import OwnRule, Redacted, Redaction
from agentscope.redaction.policy import Action, Own, Policy
from agentscope.redaction.redactor import Redactor

REFRESHED = 2.0  # seconds after which a change is known to every process
MOST_KEPT = 1000  # projects


def policy_of(project_id: int) -> Policy:
    """What a project wants now. Two queries."""
    chosen = Redaction.objects.filter(project_id=project_id).values_list("actions", flat=True)
    actions = {code: Action(said) for code, said in next(iter(chosen), {}).items()}
    rows = OwnRule.objects.filter(project_id=project_id).order_by("pk")
    own = [
        Own(row.code, row.said, row.kind == OwnRule.Kind.NAME, Action(row.action)) for row in rows
    ]
    return Policy(actions, tuple(own))


def key_of(project_id: int) -> bytes:
    """The key of a project's digests. It is made of a secret that is not in the database, so that
    who has a dump cannot try e-mail addresses and numbers."""
    return sha256(f"{settings.SECRET_KEY}\0redaction\0{project_id}".encode()).digest()


Kept = tuple[float, Policy, Redactor | None]  # until when it is fresh
_kept: dict[int, Kept] = {}


def redactor_of(
    project_id: int,
    read: Callable[[int], Policy] = policy_of,
    clock: Callable[[], float] = time.monotonic,
) -> Redactor | None:
    """What replaces for a project, with its policy of REFRESHED seconds ago at most; None if it
    wants nothing replaced."""
    now = clock()
    known = _kept.get(project_id)
    if known and known[0] > now:
        return known[2]
    policy = read(project_id)
    found = known[2] if known and known[1] == policy else made(policy, project_id)
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[project_id] = (now + REFRESHED, policy, found)
    return found


def made(policy: Policy, project_id: int) -> Redactor | None:
    """A new redactor, if there is anything to do."""
    return Redactor(policy, key_of(project_id)) if policy.all() else None


def forget() -> None:
    """Read the policies anew: after a change, in the process that made it."""
    _kept.clear()


def replaced_since(project_id: int, days: int) -> dict[str, int]:
    """How many values each rule replaced in the last days, today included."""
    since: date = timezone.now().date() - timedelta(days=days - 1)
    rows = Redacted.objects.filter(project_id=project_id, day__gte=since)
    return dict(rows.values_list("code").annotate(total=Sum("values")))
