"""Holding what a call may use, unless others took it meanwhile, and keeping what was answered.

Whoever asks decides on what it read before, so that nobody waits for it meanwhile. What it decided
holds if there is still room once it is written: that is looked at under a lock which only Postgres
holds, for as long as it writes.
"""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from agentscope.budgets.decision import Decision, Level
from agentscope.budgets.question import Question
from agentscope.budgets.standing import RESERVED, USED_BY_TRACE, WANT
from agentscope.budgets.told import Answer, asked_body, told
from agentscope.budgets.trip import trip

# Always taken in the same order, so that nobody waits for each other.
LOCK = """
select count(pg_advisory_xact_lock(hashtextextended(place, 25)))
from unnest(%(places)s::text[]) as place
"""
KEEP = """
insert into budget_answer (project_id, at, decision, budget, trace, session, agent, asked, said)
select %(project)s, %(now)s, %(decision)s, %(budget)s::int, %(trace)s::uuid, %(session)s, %(agent)s,
    %(asked)s::jsonb, %(said)s::jsonb
"""
RETURNING = "returning set_config('synchronous_commit', %(synchronous)s, true)"
HOLD = f"""
with wanted as (
    select want.*, spent.spent, spent.as_of_ns, {RESERVED} as reserved,
        ({USED_BY_TRACE.format(trace="%(trace)s::uuid")}) as used from {WANT}),
room as (select not exists (select from wanted where amount + reserved
    + case when as_of_ns >= begin_ns then spent else 0 end > most) as is_left),
reserved as (
    insert into budget_reservation (project_id, key, budget_id, "group", trace, amount,
        used_before, covered, is_open, made_at, expires_at)
    select %(project)s, %(key)s, id, "group", %(trace)s::uuid, amount, used, 0, true, %(now)s,
        %(expires)s from wanted join budget using (id), room where is_left
    for key share of budget)  -- of one that is being deleted nothing is held
{KEEP} from room where is_left {RETURNING}
"""  # noqa: S608 — our own words


def keep(project_id: int, asked: Question, answer: Answer, now: datetime) -> bool:
    """Write down what is reserved and what was answered. False if what was to be reserved is no
    longer there: then nothing is written, and it has to be decided anew. An answer that stops is on
    disk before it is given; others may be lost if the database crashes."""
    said = kept(project_id, asked, answer, now)
    held = answer.reserved.levels if answer.reserved else ()
    with trip() as send:
        if places := sorted(each.place.key for each in held if most(each) is not None):
            send(LOCK, {"places": places})
        if answer.reserved:
            named = {"key": answer.reserved.key, "expires": answer.reserved.expires_at}
            wants = json.dumps([hold(each) for each in held])
            written = send(HOLD, said | named | {"wants": wants})
        else:
            written = send(KEEP + RETURNING, said)
    return bool(written.rowcount)


def kept(project_id: int, asked: Question, answer: Answer, now: datetime) -> dict[str, Any]:
    """An answer as KEEP writes it."""
    found = answer.verdict
    return {
        "project": project_id,
        "now": now,
        "trace": asked.trace,
        "session": asked.session,
        "agent": asked.of("agent"),
        "decision": found.decision.word,
        "budget": found.level.place.terms.id if found.level else None,
        "asked": json.dumps(asked_body(asked)),
        "said": json.dumps(told(answer)),
        "synchronous": "on" if found.decision == Decision.STOP else "off",
    }


def hold(level: Level) -> dict[str, Any]:
    """What is to be held, as HOLD reads it."""
    limit, amount = most(level), level.needs or Decimal(0)
    room = {"most": None if limit is None else str(limit), "begin_ns": level.window.begin_ns}
    return {**level.place.want, **room, "amount": str(amount)}


def most(level: Level) -> Decimal | None:
    """What may be spent and held at most; None: whatever it comes to, calls go on."""
    terms = level.place.terms
    is_hard = Decision[terms.policy.hard.upper()] == Decision.STOP
    return terms.limit if is_hard and not level.standing.lifted else None
