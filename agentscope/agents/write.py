"""Writing down what agents did in a trace: in the transaction of its examination."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.utils import timezone

from agentscope.agents.models import AgentRun
from agentscope.agents.runs import Done

GONE = """
delete from agent_run run where started_at < %s and not exists (
    select 1 from trace where trace.trace_id = run.trace_id and trace.project_id = run.project_id)
"""


def replace_runs(project_id: int, trace_id: UUID, environment: str, found: Sequence[Done]) -> None:
    """Make these the rows of a trace. Those that are the same already are left alone."""
    rows = AgentRun.objects.filter(trace_id=trace_id, project_id=project_id)
    known = {row["agent"]: row for row in rows.values()}
    wanted: dict[str, dict[str, Any]] = {
        done.agent: {
            **asdict(done),
            "environment": environment,
            "trace_id": trace_id,
            "project_id": project_id,
        }
        for done in found
    }
    changed = [agent for agent in known.keys() | wanted if known.get(agent) != wanted.get(agent)]
    if changed:
        rows.filter(agent__in=changed).delete()
        AgentRun.objects.bulk_create(
            AgentRun(**row) for agent, row in wanted.items() if agent in changed
        )


def forget_expired() -> None:
    """Delete the rows of traces that the retention has taken."""
    if days := settings.AGENTSCOPE_RETENTION_DAYS:
        with connection.cursor() as cursor:
            cursor.execute(GONE, [timezone.now() - timedelta(days=days)])
