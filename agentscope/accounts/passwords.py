"""A person's own password."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest

from agentscope.accounts import told
from agentscope.accounts.logins import end, others, renew
from agentscope.projects.models import User


@transaction.atomic
def change_password(request: HttpRequest, user: User, password: str) -> int:
    """Set it, and end all other logins of the user; how many there were. The validators were asked
    before."""
    user.set_password(password)
    user.save(update_fields=["password"])
    ended = end(user, list(others(request, user)), user.get_username(), ": another password")
    renew(request, user)
    told.of_account(user, "Changed the own password", {"ended_logins": ended})
    return ended
