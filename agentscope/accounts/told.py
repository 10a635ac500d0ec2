"""What the ledgers of a person's projects are told of logins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from agentscope.accounts.attempts import Kind
from agentscope.accounts.models import Failures
from agentscope.projects.changes import INSTALLATION, note_change
from agentscope.projects.members import projects_of
from agentscope.projects.models import User

SETTLED = timedelta(seconds=10)  # an attempt counts as failed while it is looked at


def of_login(user: User, what: str, details: dict[str, Any], who: str = "") -> None:
    """Tell of a login, in the transaction that did it, the ledger of the installation and that of
    each project of the user. `who` is the user, unless somebody else did it."""
    for number in ledgers_of(user):
        note_change("login", number, who or user.get_username(), what, details)


def of_account(user: User, what: str, details: dict[str, Any], who: str = "") -> None:
    """Tell the same of a change of an account."""
    for number in ledgers_of(user):
        note_change("account", number, who or user.get_username(), what, details)


def ledgers_of(user: User) -> list[int]:
    """Whom it concerns, always in one order: nobody waits for somebody who waits for them."""
    return [INSTALLATION, *sorted(project.pk for project in projects_of(user))]


def tell_failures() -> int:
    """Tell of failures that nobody was told of yet; of how many accounts.

    Not when they happen: for a name without an account there would be less to do, which could be
    measured. And not of each, for who guesses would fill ledgers: of the first, and each time
    there are twice as many.
    """
    due = Failures.objects.filter(
        user__isnull=False,
        count__gte=2 * F("told"),
        count__gt=F("told"),
        failed_at__lt=timezone.now() - SETTLED,
    )
    return sum(tell_of(digest) for digest in due.values_list("digest", flat=True))


@transaction.atomic
def tell_of(digest: bytes | memoryview) -> bool:
    """Tell of these failures, unless somebody else does."""
    found = Failures.objects.select_for_update(skip_locked=True, of=("self",))
    row = found.select_related("user").filter(digest=digest, count__gt=F("told")).first()
    if row is None or row.user is None:
        return False
    row.told = row.count
    row.save(update_fields=["told"])
    what = f"{number_of(row)} for {row.user.get_username()}, since the last right one"
    told = {"failures": row.count, "address": row.address, "counted_by": row.kind}
    of_login(row.user, what, told)
    return True


def number_of(row: Failures) -> str:
    """How many failures of what kind."""
    words = str(Kind(row.kind).label)
    if row.count == 1:
        words = words.replace("passwords", "password").replace("codes", "code")
    return f"{row.count} {words}"
