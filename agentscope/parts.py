"""Whether an examination has written any part of a trace: what is not there need not be read, table
by table, to find out what has changed."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

# What examinations write, and what glances add. Rows may outlive their trace for a while, so that
# one that comes anew finds those of the one before.
PARTS = (
    *("billed_call", "agent_run", "path_cost", "charge", "model_use"),
    *("finding_outline", "finding_act", "finding", "decision_record"),
)
OF_TRACE = "trace_id = %(trace_id)s and project_id = %(project_id)s"
HAS = {part: f"exists (select from {part} where {OF_TRACE})" for part in PARTS}
HAS_ANY = f"select {' or '.join(HAS.values())}"
HAS_FINDINGS = f"select {HAS['finding']}"


def has_parts(project_id: int, trace_id: UUID) -> bool:
    """Whether any part of a trace is there."""
    return holds(HAS_ANY, project_id, trace_id)


def has_findings(project_id: int, trace_id: UUID) -> bool:
    """Whether any finding of a trace is there."""
    return holds(HAS_FINDINGS, project_id, trace_id)


def holds(sql: str, project_id: int, trace_id: UUID) -> bool:
    """What a question about a trace is answered with."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"project_id": project_id, "trace_id": trace_id})
        return bool(cursor.fetchone()[0])
