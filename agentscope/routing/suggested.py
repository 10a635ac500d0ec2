"""The model that is suggested in place of another. Asked before calls are made: one row is read."""

from __future__ import annotations

from typing import Any

from django.db import connection

from agentscope.prices.names import bare_model

SUGGESTED = """
select suggested, most_tokens from suggested_model
where project_id = %(project)s and model = %(model)s
and ((path = %(path)s and path <> '') or (path = '' and agent = %(agent)s))
order by path desc, saving desc, suggested limit 1
"""


def suggested_model(
    project_id: int, agent: str, path: str, model: str, estimated_tokens: int
) -> str | None:
    """The cheaper model that has proven itself where an agent calls this one, as the project calls
    it; None if there is none, or a call of so many tokens (input and output) is not known to fit.
    One row is read. Either of agent and path may be ""."""
    asked: dict[str, Any] = {"project": project_id, "model": bare_model(model)}
    asked |= {"path": path, "agent": agent}
    with connection.cursor() as cursor:
        cursor.execute(SUGGESTED, asked)
        found = cursor.fetchone()
    if found is None or estimated_tokens > found[1]:
        return None
    return str(found[0])
