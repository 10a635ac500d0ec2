"""What is known when somebody asks, in few statements: circumstances, and how budgets stand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from agentscope.alerts.windows import SECOND
from agentscope.budgets.policy import Terms
from agentscope.budgets.question import Question
from agentscope.meter.scope import COLUMN

ZERO = Decimal(0)
HOUR = 3600  # seconds
IN_SESSION = "1 hour"  # findings of a session that are older stop nobody who names no trace
FINDINGS = """
select coalesce(jsonb_agg(jsonb_build_object('code', finding.code, 'sentence', finding.sentence,
    'severity', finding.severity, 'trace', replace(trace_id::text, '-', ''),
    'fingerprint', replace(finding.fingerprint::text, '-', '')) order by severity desc, last_at),
    '[]')
from finding where project_id = %(project)s and withdrawn_at is null
and ({of}) and not exists (select from finding_cause as cause
    where cause.project_id = finding.project_id and cause.fingerprint = finding.fingerprint
    and cause.decision = 'expected')
"""
OF_TRACE = "trace_id = %(trace)s"
OF_SESSION = f"session = %(session)s and last_at > %(now)s - interval '{IN_SESSION}'"
# How long the oldest waits that is not in what is spent: a request in the inbox, a trace that
# nobody has looked at, and readings that are not added up. Each is the first of a queue.
WAITS = """
select extract(epoch from now() - least(
    (select received_at from inbox where project_id = %(project)s order by id limit 1),
    (select look_after - interval '1 second' from trace
        where project_id = %(project)s and look_after is not null order by look_after limit 1),
    (select changed_at from meter_change where project_id = %(project)s order by id limit 1)))
"""
AROUND = f"""
select stamp, case when stamp is distinct from %(stamp)s then (
    select coalesce(jsonb_agg(to_jsonb(budget) - 'created_at' - 'created_by' order by id), '[]')
    from budget where project_id = %(project)s and enabled) end,
(select jsonb_build_array(decision, fail) from budget_otherwise where project_id = %(project)s),
(select jsonb_build_array(of, name, who, why) from budget_stop where project_id = %(project)s
    and ended_at is null and (until is null or until > %(now)s)
    and (of, name) in (select * from unnest(%(kinds)s::text[], %(names)s::text[]))
    order by id limit 1),
(select jsonb_build_array(calls, failures, permanent, as_of_ns) from budget_tool_hour
    where project_id = %(project)s and tool = %(tool)s and %(tool)s <> ''),
({{findings}}),
(select jsonb_build_array(who, why) from budget_lift where project_id = %(project)s
    and trace = %(trace)s::uuid and until > %(now)s order by until desc limit 1),
({WAITS})
from (select concat_ws(' ', count(*), max(id), max(changed_at)) as stamp from budget
    where project_id = %(project)s and enabled) as budgets
"""  # noqa: S608 — our own words
# Settling comes first. What has no trace, by which it could be covered, is held until it should be
# metered.
LOCK = """
with settled as (
    update budget_reservation as held set amount = coalesce(said.amount, held.amount),
        is_open = held.is_open and coalesce(said.amount, held.amount) > held.covered,
        expires_at = case when held.trace is null
            then least(held.expires_at, %(now)s + interval '1 minute') else held.expires_at end
    from budget, lateral (select case budget.unit when 'usd' then %(usd)s::numeric
        else %(tokens)s::numeric end) as said (amount)
    where budget.id = held.budget_id and held.key = %(key)s and held.project_id = %(project)s
    returning 1)
select (select count(*) from settled), count(pg_advisory_xact_lock(hashtextextended(place, 25)))
from unnest(%(places)s::text[]) as place
"""
WANTED = ("path", "agent", "tool", "model", "environment", "session", "user", "trace")
SAID = ", ".join(f'"{name}" text' for name in WANTED)
MEANT = " and ".join(
    f'(want."{name}" is null or metered.{COLUMN[name]} = want."{name}"'
    + (""" or starts_with(metered.path, want.path || '/'))""" if name == "path" else ")")
    for name in WANTED
    if name != "trace"
)
# What a trace has used in the scope of a budget.
USED_BY_TRACE = f"""
select coalesce(sum(case when want.unit = 'usd' then pico * 1e-12 else tokens end), 0) from metered
where metered.project_id = %(project)s and metered.trace_id = {{trace}} and {MEANT}
"""  # noqa: S608 — names of columns only
STANDING = f"""
select want.id, spent.spent, spent.unpriced_calls, spent.as_of_ns,
(select coalesce(sum(greatest(amount - covered, 0)), 0) from budget_reservation as held
    where held.budget_id = want.id and held."group" = want."group" and is_open
    and expires_at > %(now)s),
(select jsonb_build_array(who, why) from budget_lift as lift where lift.budget_id = want.id
    and lift."group" = want."group" and lift.until > %(now)s order by lift.until desc limit 1),
({USED_BY_TRACE.format(trace="%(trace)s::uuid")})
from jsonb_to_recordset(%(wants)s::jsonb) as want (id bigint, unit text, "group" text, {SAID})
left join budget_spent as spent on spent.budget_id = want.id and spent."group" = want."group"
"""  # noqa: S608 — our own words


@dataclass(frozen=True, slots=True)
class Around:
    """What holds for a project and a call, whatever the budgets come to."""

    stamp: str  # another one, if budgets have changed
    budgets: list[dict[str, Any]] | None  # by the names of models.Budget; None: as they were
    otherwise: tuple[str, str]  # decision and fail
    stop: tuple[str, str, str, str] | None  # of what, which one, by whom, why
    tool: tuple[int, int, bool] | None  # calls and failures of the last hour; permanent?
    findings: list[dict[str, Any]]  # of the trace, else of the session, the worst first
    lifted: tuple[str, str] | None  # findings stop it not: by whom, why
    lag_seconds: float  # how long ago came what is not in what is spent


@dataclass(frozen=True, slots=True)
class Standing:
    """How a group of a budget stands. Amounts in its unit."""

    spent: Decimal = ZERO
    unpriced_calls: int = 0
    as_of_ns: int | None = None  # None: nothing is known of it
    reserved: Decimal = ZERO
    lifted: tuple[str, str] | None = None  # by whom, why
    used_by_trace: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Place:
    """A budget and the group of it in which a call counts."""

    terms: Terms
    group: str

    @property
    def key(self) -> str:
        """What is locked while somebody reserves."""
        return f"{self.terms.id}/{self.group}"

    @property
    def want(self) -> dict[str, Any]:
        """Whose use it is, as the statements read it."""
        scope = self.terms.watch.scope
        only = {**scope.only, **({scope.each: self.group} if scope.each else {})}
        return {"id": self.terms.id, "unit": self.terms.unit, "group": self.group, **only}


def around(project_id: int, asked: Question, now: datetime, stamp: str = "") -> Around:
    """What holds for a call; the budgets only if they are others than at `stamp`. One statement."""
    of = OF_TRACE if asked.trace else OF_SESSION
    named = {kind: asked.of(kind) for kind in ("session", "agent") if asked.of(kind)}
    if asked.trace:
        named["trace"] = asked.trace.hex
    said: dict[str, Any] = {"project": project_id, "now": now, "trace": asked.trace, "stamp": stamp}
    said["session"] = asked.session
    said |= {"kinds": list(named), "names": list(named.values()), "tool": asked.tool}
    with connection.cursor() as cursor:
        cursor.execute(AROUND.format(findings=FINDINGS.format(of=of)), said)
        found, *rows = cursor.fetchone()
    budgets, otherwise, stopped, tool, findings, lifted, waits = map(parsed, rows)
    return Around(
        found,
        budgets,
        otherwise or ("allow", "open"),
        stopped,
        fresh(tool, now),
        findings,
        lifted,
        max(float(waits or 0), 0.0),
    )


def parsed(value: Any) -> Any:
    """JSON of the database, amounts being exact; whatever else as it is."""
    return json.loads(value, parse_float=Decimal) if isinstance(value, str) else value


def fresh(tool: tuple[Any, ...] | None, now: datetime) -> tuple[int, int, bool] | None:
    """What is known of a tool, unless it is of an hour that is over."""
    if tool is None or now.timestamp() - tool[-1] / SECOND > HOUR:
        return None
    return tool[0], tool[1], tool[2]


def lock(project_id: int, places: Iterable[Place], asked: Question, now: datetime) -> bool | None:
    """Let nobody else reserve of these until the end of the transaction, and note what was settled;
    whether there was such a reservation, None if none was named. Locks are always taken in the
    same order, so that nobody waits for each other."""
    said: dict[str, Any] = {"key": None, "usd": None, "tokens": None}
    if asked.settled:
        said = {name: getattr(asked.settled, name) for name in ("key", "usd", "tokens")}
    said |= {"project": project_id, "now": now, "places": sorted(each.key for each in places)}
    with connection.cursor() as cursor:
        cursor.execute(LOCK, said)
        return bool(cursor.fetchone()[0]) if asked.settled else None


def standings(
    project_id: int, places: Sequence[Place], trace: UUID | None, now: datetime
) -> dict[int, Standing]:
    """How the groups of budgets stand, by budget. One statement."""
    if not places:
        return {}
    said = {"project": project_id, "trace": trace, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(STANDING, said | {"wants": json.dumps([each.want for each in places])})
        return {id_: standing(*row) for id_, *row in cursor.fetchall()}


def standing(
    spent: Decimal | None,
    unpriced: int | None,
    as_of_ns: int | None,
    reserved: Decimal,
    lifted: str | None,
    used: Decimal,
) -> Standing:
    """A row of STANDING."""
    who = tuple(json.loads(lifted)) if lifted else None
    return Standing(spent or ZERO, unpriced or 0, as_of_ns, reserved, who, used)
