"""Health for probes: no key, and no secret in the answer."""

from __future__ import annotations

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from agentscope.inbox.read import backlog
from agentscope.retention.disk import ROOM
from agentscope.standby import broker_answers

OLDEST = 300  # seconds in the inbox after which nobody can call the installation ready
UNREADY = 503


@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers. Does not look at the database, whose failure a restart cannot mend."""
    return JsonResponse({"status": "live"})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Whether what is sent is stored, and stored soon. 503 with the problems if not."""
    problems = found_problems()
    status = "unready" if problems else "ready"
    # Pages are there all the same: whoever takes it out of service for that helps nobody.
    warnings = [full] if (full := ROOM.full()) else []
    return JsonResponse(
        {
            "status": status,
            "problems": problems,
            "warnings": warnings,
            "broker": broker_state(),
        },
        status=UNREADY if problems else 200,
    )


def found_problems() -> list[str]:
    """What keeps the installation from being ready, as sentences."""
    try:
        if unapplied_migrations():
            return ["Migrations are missing: run `manage.py migrate`."]
        age = backlog().oldest_seconds or 0
    except Error:
        return ["The database does not answer."]
    if age > OLDEST:
        return [f"The oldest request waits for {age:.0f} s: no worker drains the inbox."]
    return []


def unapplied_migrations() -> bool:
    """Whether the database is older than this code."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def broker_state() -> str:
    """Whether the broker answers. It is not required: workers then look for work themselves."""
    if not settings.BROKER_URL:
        return "not configured"
    return "reachable" if broker_answers(settings.BROKER_URL) else "away"
