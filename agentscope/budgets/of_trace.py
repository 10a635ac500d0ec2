"""What was said about one trace: whether it was told to stop, what people decided of it, and which
of its findings stop it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from agentscope.alerts.watch import BadRule
from agentscope.budgets.decision import stops_for
from agentscope.budgets.policy import Policy, policy_of
from agentscope.findings.models import Cause, Finding

POLICIES = """(select array_agg(policy::text order by id) from budget
    where project_id = %(project)s and enabled)"""
SAID = f"""
select answer.id, answer.at, answer.said ->> 'reason', stopped.who, stopped.why,
    lift.who, lift.why, lift.until, {POLICIES}
from (values (1)) as one (row)
left join lateral (select id, at, said from budget_answer where project_id = %(project)s
    and trace = %(trace)s and decision = 'stop' order by at desc, id desc limit 1) as answer on true
left join lateral (select who, why from budget_stop where project_id = %(project)s
    and of = 'trace' and name = %(name)s and ended_at is null
    and (until is null or until > %(now)s) order by id limit 1) as stopped on true
left join lateral (select who, why, until from budget_lift where project_id = %(project)s
    and trace = %(trace)s and until > %(now)s and ended_at is null
    order by until desc limit 1) as lift on true
"""  # noqa: S608 — our own words


@dataclass(frozen=True, slots=True)
class Told:
    """The last answer that stopped a trace."""

    answer: int
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class ByHand:
    """What a person decided, and why."""

    who: str
    why: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class OfTrace:
    """What was said about a trace."""

    told: Told | None  # None: it was never told to stop
    stopped: ByHand | None  # by a person, and still is
    lifted: ByHand | None  # its findings do not stop it
    policies: Sequence[Policy] = ()  # of the budgets of its project

    def stopped_by(self, found: Finding) -> bool:
        """Whether a finding stops the trace in which it is."""
        return stops_runs(self.policies, found)


def of_trace(project_id: int, trace: UUID, now: datetime) -> OfTrace:
    """What was said about a trace. One query."""
    said: dict[str, Any] = {"project": project_id, "trace": trace, "name": trace.hex, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(SAID, said)
        row = cursor.fetchone()
    return OfTrace(
        None if row[0] is None else Told(*row[:3]),
        None if row[3] is None else ByHand(*row[3:5]),
        None if row[5] is None else ByHand(*row[5:8]),
        understood(row[8] or ()),
    )


def policies(project_id: int) -> list[Policy]:
    """What the budgets of a project do. One query."""
    with connection.cursor() as cursor:
        cursor.execute(f"select {POLICIES}", {"project": project_id})
        (found,) = cursor.fetchone()
    return understood(found or ())


def understood(written: Iterable[str]) -> list[Policy]:
    """Policies, without those that make no sense: their budgets say so."""
    return [found for each in written if (found := policy(json.loads(each)))]


def policy(said: dict[str, Any]) -> Policy | None:
    """What a budget does; None if that makes no sense."""
    try:
        return policy_of(said)
    except BadRule:
        return None


def stops_runs(several: Sequence[Policy], found: Finding | Cause) -> bool:
    """Whether a finding stops the run it is found in, by what budgets say."""
    plain = {"code": found.code, "severity": found.severity}
    return any(stops_for(list(several), plain))
