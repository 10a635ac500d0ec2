"""What is known when somebody asks: circumstances, and how budgets stand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg import Cursor

from agentscope.alerts.windows import SECOND
from agentscope.budgets.policy import Terms
from agentscope.budgets.question import Question
from agentscope.budgets.trip import Row, Send
from agentscope.meter.scope import COLUMN

ZERO = Decimal(0)
HOUR = 3600  # seconds
IN_SESSION = "1 hour"  # findings of a session that are older stop nobody who names no trace
FINDINGS = """
select coalesce(jsonb_agg(jsonb_build_object('code', finding.code, 'sentence', finding.sentence,
    'severity', finding.severity, 'trace', replace(trace_id::text, '-', ''),
    'fingerprint', replace(finding.fingerprint::text, '-', ''), 'lifted', (
        select jsonb_build_array(who, why) from budget_lift as lift
        where lift.project_id = finding.project_id and lift.trace = finding.trace_id
        and lift.until > %(now)s and lift.ended_at is null order by lift.until desc limit 1)
    ) order by severity desc, last_at), '[]')
from finding where project_id = %(project)s and withdrawn_at is null
and ({of}) and not exists (select from finding_cause as cause
    where cause.project_id = finding.project_id and cause.fingerprint = finding.fingerprint
    and cause.decision = 'expected')
"""
OF_TRACE = "trace_id = %(trace)s"
OF_SESSION = f"""session = %(session)s and session <> ''
and last_at > %(now)s - interval '{IN_SESSION}'"""  # runs without a session have none in common
# How long the oldest waits that is not in what is spent: a request in the inbox, a trace that is
# not metered as it is, and readings that are not added up. Each is the first of an index.
WAITS = """
select extract(epoch from now() - least(
    (select received_at from inbox where project_id = %(project)s order by id limit 1),
    (select unmetered_since from trace where project_id = %(project)s
        and unmetered_since is not null order by unmetered_since limit 1),
    (select changed_at from meter_change where project_id = %(project)s order by id limit 1)))
"""
AROUND_IT = f"""
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
({WAITS})
from (select concat_ws(' ', count(*), max(id), max(changed_at)) as stamp from budget
    where project_id = %(project)s and enabled) as budgets
"""  # noqa: S608 — our own words
# By whether a trace is named.
AROUND = {
    True: AROUND_IT.format(findings=FINDINGS.format(of=OF_TRACE)),
    False: AROUND_IT.format(findings=FINDINGS.format(of=OF_SESSION)),
}
# What has no trace, by which it could be covered, is held until it should be metered.
SETTLE = """
with settled as (
    update budget_reservation as held set amount = coalesce(said.amount, held.amount),
        is_open = held.is_open and coalesce(said.amount, held.amount) > held.covered,
        expires_at = case when held.trace is null
            then least(held.expires_at, %(now)s + interval '1 minute') else held.expires_at end
    from budget, lateral (select case budget.unit when 'usd' then %(usd)s::numeric
        else %(tokens)s::numeric end) as said (amount)
    where budget.id = held.budget_id and held.key = %(key)s and held.project_id = %(project)s
    returning 1)
select count(*), set_config('synchronous_commit', 'off', true) from settled
"""
WANTED = ("path", "agent", "tool", "model", "environment", "key", "session", "user", "trace")
SAID = ", ".join(f'"{name}" text' for name in WANTED)
# A path is meant with all below it, unless each has the budget for itself.
BELOW = """ or want."each" <> 'path' and starts_with(metered.path, want.path || '/')"""
MEANT = " and ".join(
    f'(want."{name}" is null or metered.{COLUMN[name]} = want."{name}"'
    + (BELOW if name == "path" else "")
    + ")"
    for name in WANTED
    if name != "trace"
)
# What a trace has used in the scope of a budget.
USED_BY_TRACE = f"""
select coalesce(sum(case when want.unit = 'usd' then pico * 1e-12 else tokens end), 0) from metered
where metered.project_id = %(project)s and metered.trace_id = {{trace}} and {MEANT}
"""  # noqa: S608 — names of columns only
# Budgets and groups of them, with whose use it is that counts.
WANT = f"""jsonb_to_recordset(%(wants)s::jsonb)
    as want (id bigint, unit text, "each" text, "group" text, amount numeric, most numeric,
        begin_ns bigint, {SAID})
left join lateral (select * from budget_spent where budget_id = want.id and "group" = want."group"
    limit 1) as spent on true"""  # noqa: S608 — our own words
RESERVED = """(select coalesce(sum(greatest(held.amount - covered, 0)), 0)
    from budget_reservation as held where held.budget_id = want.id and held."group" = want."group"
    and is_open and expires_at > %(now)s)"""
STANDING = f"""
select want.id, spent.spent, spent.unpriced_calls, spent.as_of_ns, {RESERVED},
(select jsonb_build_array(who, why) from budget_lift as lift where lift.budget_id = want.id
    and lift."group" = want."group" and lift.until > %(now)s and lift.ended_at is null
    order by lift.until desc limit 1)
from {WANT}
"""  # noqa: S608 — our own words


@dataclass(frozen=True, slots=True)
class Around:
    """What holds for a project and a call, whatever the budgets come to."""

    stamp: str  # another one, if budgets have changed
    budgets: list[dict[str, Any]] | None  # by the names of models.Budget; None: as they were
    otherwise: tuple[str, str]  # decision and fail
    stop: tuple[str, str, str, str] | None  # of what, which one, by whom, why
    tool: tuple[int, int, bool] | None  # calls and failures of the last hour; permanent?
    # Of the trace, else of the session, the worst first; `lifted`: by whom, why it may go on.
    findings: list[dict[str, Any]]
    lag_seconds: float  # how long ago came what is not in what is spent


@dataclass(frozen=True, slots=True)
class Standing:
    """How a group of a budget stands. Amounts in its unit."""

    spent: Decimal = ZERO
    unpriced_calls: int = 0
    as_of_ns: int | None = None  # None: nothing is known of it
    reserved: Decimal = ZERO
    lifted: tuple[str, str] | None = None  # by whom, why


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
        terms, scope = self.terms, self.terms.watch.scope
        only = {**scope.only, **({scope.each: self.group} if scope.each else {})}
        said = {"id": terms.id, "unit": terms.unit, "each": scope.each, "group": self.group}
        return said | only


@dataclass(frozen=True, slots=True)
class Asked:
    """What was sent for a question; it can be read once the trip is over."""

    around: Cursor[Row]
    standings: Cursor[Row] | None
    settled: Cursor[Row] | None


def ask(
    send: Send, project_id: int, asked: Question, places: Sequence[Place], now: datetime, stamp: str
) -> Asked:
    """Ask what holds for a call, with the budgets only if they are others than at `stamp`, and how
    these places stand. What was settled counts already."""
    said: dict[str, Any] = {"project": project_id, "now": now}
    settled = None
    if asked.settled:
        names = {name: getattr(asked.settled, name) for name in ("key", "usd", "tokens")}
        settled = send(SETTLE, said | names)
    around = send(AROUND[bool(asked.trace)], said | named(asked) | {"stamp": stamp})
    wants = {"wants": json.dumps([each.want for each in places])}
    return Asked(around, send(STANDING, said | wants) if places else None, settled)


def named(asked: Question) -> dict[str, Any]:
    """Who asks, as AROUND reads it."""
    names = {kind: asked.of(kind) for kind in ("session", "agent") if asked.of(kind)}
    if asked.trace:
        names["trace"] = asked.trace.hex
    said = {"trace": asked.trace, "session": asked.session, "tool": asked.tool}
    return said | {"kinds": list(names), "names": list(names.values())}


def around(answer: Asked, now: datetime) -> Around:
    """What holds for a call."""
    stamp, *rows = answer.around.fetchone() or ()
    budgets, otherwise, stopped, tool, findings, waits = map(parsed, rows)
    return Around(
        stamp,
        budgets,
        otherwise or ("allow", "open"),
        stopped,
        fresh(tool, now),
        findings,
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


def standings(answer: Asked) -> dict[int, Standing]:
    """How the groups of budgets stand, by budget."""
    rows = answer.standings.fetchall() if answer.standings else []
    return {id_: standing(*row) for id_, *row in rows}


def settled(answer: Asked) -> bool | None:
    """Whether there was such a reservation; None if none was named."""
    row = answer.settled.fetchone() if answer.settled else None
    return None if row is None else bool(row[0])


def standing(
    spent: Decimal | None,
    unpriced: int | None,
    as_of_ns: int | None,
    reserved: Decimal,
    lifted: str | None,
) -> Standing:
    """A row of STANDING."""
    who = tuple(json.loads(lifted)) if lifted else None
    return Standing(spent or ZERO, unpriced or 0, as_of_ns, reserved, who)
