"""Writing down what agents did in a trace: in the transaction of its examination."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, date
from typing import Any
from uuid import UUID

from agentscope.agents.models import AgentRun
from agentscope.agents.runs import Done


def replace_runs(
    project_id: int, trace_id: UUID, environment: str, found: Sequence[Done]
) -> set[date]:
    """Make these the rows of a trace. Those that are the same already are left alone. The days
    (UTC) of which rows changed: to be added up again."""
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
    if known and changed:
        rows.filter(agent__in=changed).delete()
    if changed:
        AgentRun.objects.bulk_create(
            AgentRun(**row) for agent, row in wanted.items() if agent in changed
        )
    either = [side[agent] for side in (known, wanted) for agent in changed if agent in side]
    return {row["started_at"].astimezone(UTC).date() for row in either}
