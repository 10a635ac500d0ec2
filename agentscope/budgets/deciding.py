"""May it go on? Asks what is known, decides, reserves and writes down what was answered.

At most four statements in one transaction: circumstances, locks (only if something is reserved or
settled), how budgets stand, what is written. Locks are held for two of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from agentscope.alerts.watch import BadRule
from agentscope.alerts.windows import SECOND
from agentscope.budgets.decision import Decision, Level, fail, level, verdict
from agentscope.budgets.policy import Terms, terms
from agentscope.budgets.question import Question, estimated_usd, group_of, is_untold
from agentscope.budgets.standing import Around, Place, around, lock, standings
from agentscope.budgets.told import Answer, Reserved, asked_body, told
from agentscope.prices.book import price_book
from agentscope.projects.models import Project

RESERVED_FOR = timedelta(minutes=10)
KEPT = 1_000  # projects whose budgets a process keeps
Suggest = Callable[[int, Question], str | None]  # a cheaper model that may do, by project

WRITE = """
with reserved as (
    insert into budget_reservation (project_id, key, budget_id, "group", trace, amount,
        used_before, covered, is_open, made_at, expires_at)
    select %(project)s, %(key)s, id, "group", %(trace)s, amount, used, 0, true, %(now)s, %(expires)s
    from jsonb_to_recordset(%(held)s::jsonb)
        as held (id bigint, "group" text, amount numeric, used numeric))
insert into budget_answer (project_id, at, decision, budget, trace, session, agent, asked, said)
values (%(project)s, %(now)s, %(decision)s, %(budget)s, %(trace)s, %(session)s, %(agent)s,
    %(asked)s, %(said)s)
returning set_config('synchronous_commit', %(synchronous)s, true)
"""


class Kept(NamedTuple):
    """The budgets of a project, read once for each change of them."""

    stamp: str
    week_start: int
    budgets: list[Terms]


_kept: dict[int, Kept] = {}


@transaction.atomic
def decide(
    project: Project, asked: Question, now_ns: int, suggest: Suggest | None = None
) -> Answer:
    """Whether a call may be made; what is asked to be reserved is, and the answer is kept. An
    answer that stops is on disk before it is given; others may be lost if the database crashes."""
    now = datetime.fromtimestamp(now_ns / SECOND, UTC)
    known, every = known_of(project, asked, now)
    places, settled = placed(every, asked), None
    if asked.settled or (asked.reserve and places):
        settled = lock(project.pk, places if asked.reserve else (), asked, now)
    answer = answered(project, asked, known, every, now_ns)
    answer = replace(answer, settled=settled, reserved=reserved(asked, answer, now))
    answer = replace(answer, model=model_for(project.pk, asked, answer, suggest))
    keep(project.pk, asked, answer, now)
    return answer


def look(project: Project, asked: Question, now_ns: int, suggest: Suggest | None = None) -> Answer:
    """The same, but nothing is reserved, settled or kept."""
    now = datetime.fromtimestamp(now_ns / SECOND, UTC)
    known, every = known_of(project, asked, now)
    answer = answered(project, asked, known, every, now_ns)
    return replace(answer, model=model_for(project.pk, asked, answer, suggest))


def known_of(project: Project, asked: Question, now: datetime) -> tuple[Around, list[Terms]]:
    """Circumstances, and the budgets of a project that make sense."""
    kept = _kept.get(project.pk, Kept("", 0, []))
    stamp = kept.stamp if kept.week_start == project.week_start else ""
    known = around(project.pk, asked, now, stamp)
    if known.budgets is not None:
        found = (terms_of(row, project.week_start) for row in known.budgets)
        kept = Kept(known.stamp, project.week_start, [each for each in found if each])
        if len(_kept) >= KEPT:
            _kept.clear()
        _kept[project.pk] = kept
    return known, kept.budgets


def terms_of(row: dict[str, Any], week_start: int) -> Terms | None:
    """A budget; None if it cannot be worked with, which its `trouble` says."""
    try:
        return terms(row, week_start)
    except BadRule:
        return None


def placed(every: Iterable[Terms], asked: Question) -> list[Place]:
    """The budgets in which a call counts, each with its group."""
    found = ((each, group_of(each.watch.scope, asked)) for each in every)
    return [Place(each, group) for each, group in found if group is not None]


def answered(
    project: Project, asked: Question, known: Around, every: list[Terms], now_ns: int
) -> Answer:
    """What is decided by what is known now."""
    now, zone = datetime.fromtimestamp(now_ns / SECOND, UTC), ZoneInfo(project.time_zone)
    places = placed(every, asked)
    usd = estimated_usd(price_book(project.pk), asked, now.date())
    stand = standings(project.pk, places, asked.trace, now)
    levels = [
        level(each, stand[each.terms.id], needs(each.terms, asked, usd), zone, now_ns)
        for each in places
    ]
    untold = [each.name for each in every if is_untold(each.watch.scope, asked)]
    return Answer(verdict(known, levels, now), known, levels, untold, usd, fail(known, levels), now)


def needs(budget: Terms, asked: Question, usd: Decimal | None) -> Decimal | None:
    """What a call may use of a budget, in its unit; None if it is not known."""
    if budget.unit == "usd":
        return usd
    return None if asked.tokens is None else Decimal(asked.tokens)


def reserved(asked: Question, answer: Answer, now: datetime) -> Reserved | None:
    """What is to be held for a call that may be made: of each budget of which it is known what the
    call needs."""
    if not asked.reserve or answer.verdict.decision == Decision.STOP:
        return None
    held = [each for each in answer.levels if each.needs is not None]
    return Reserved(uuid4(), now + RESERVED_FOR, held) if held else None


def model_for(project_id: int, asked: Question, answer: Answer, suggest: Suggest | None) -> str:
    """The cheaper model to go on with: what the budget says, else what is suggested; "": none."""
    level = answer.verdict.level
    if answer.verdict.decision != Decision.DOWNGRADE or level is None:
        return ""
    own = level.place.terms.policy.model
    return own or (suggest(project_id, asked) if suggest else None) or ""


def keep(project_id: int, asked: Question, answer: Answer, now: datetime) -> None:
    """Write down what is reserved and what was answered. One statement."""
    found, is_stop = answer.verdict, answer.verdict.decision == Decision.STOP
    held = [hold(each) for each in answer.reserved.levels] if answer.reserved else []
    said: dict[str, Any] = {
        "project": project_id,
        "now": now,
        "trace": asked.trace,
        "session": asked.session,
        "agent": asked.of("agent"),
        "key": answer.reserved.key if answer.reserved else None,
        "expires": answer.reserved.expires_at if answer.reserved else None,
        "held": json.dumps(held),
        "decision": found.decision.word,
        "budget": found.level.place.terms.id if found.level else None,
        "asked": json.dumps(asked_body(asked)),
        "said": json.dumps(told(answer)),
        "synchronous": "on" if is_stop else "off",
    }
    with connection.cursor() as cursor:
        cursor.execute(WRITE, said)


def hold(level: Level) -> dict[str, Any]:
    """A reservation, as WRITE reads it."""
    used, amount = level.standing.used_by_trace, level.needs or Decimal(0)
    place = {"id": level.place.terms.id, "group": level.place.group}
    return {**place, "amount": str(amount), "used": str(used)}
