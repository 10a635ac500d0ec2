"""May it go on? Asks what is known, decides, reserves and writes down what was answered: by two
trips to Postgres."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import uuid4
from zoneinfo import ZoneInfo

from agentscope.alerts.watch import BadRule
from agentscope.alerts.windows import SECOND
from agentscope.budgets.decision import Decision, Verdict, fail, level, verdict
from agentscope.budgets.policy import Terms, terms
from agentscope.budgets.question import Question, estimated_usd, group_of, is_untold
from agentscope.budgets.reserving import keep
from agentscope.budgets.standing import Around, Asked, Place, around, ask, settled, standings
from agentscope.budgets.told import Answer, Reserved
from agentscope.budgets.trip import trip
from agentscope.prices.book import price_book
from agentscope.projects.models import Project

RESERVED_FOR = timedelta(minutes=10)
KEPT = 1_000  # projects whose budgets a process keeps
Suggest = Callable[[int, Question], str | None]  # a cheaper model that may do, by project


class Kept(NamedTuple):
    """The budgets of a project, read once for each change of them."""

    stamp: str
    week_start: int
    budgets: list[Terms]


_kept: dict[int, Kept] = {}


def decide(
    project: Project, asked: Question, now_ns: int, suggest: Suggest | None = None
) -> Answer:
    """Whether a call may be made; what is asked to be reserved is, and the answer is kept. Whenever
    others took meanwhile what was left, it is asked anew: there is less each time, so it ends."""
    now = datetime.fromtimestamp(now_ns / SECOND, UTC)
    while True:
        answer = answered(project, asked, now_ns, suggest)
        answer = replace(answer, reserved=reserved(asked, answer, now))
        if keep(project.pk, asked, answer, now):
            return answer


def look(project: Project, asked: Question, now_ns: int, suggest: Suggest | None = None) -> Answer:
    """The same, but nothing is reserved, settled or kept."""
    return answered(project, replace(asked, settled=None), now_ns, suggest)


def known_of(project: Project, asked: Question, now: datetime) -> tuple[Asked, Around, list[Terms]]:
    """What is known, and the budgets of a project that make sense. They are asked for by those of
    before, and once more if they have changed."""
    while True:
        kept = _kept.get(project.pk, Kept("", 0, []))
        stamp = kept.stamp if kept.week_start == project.week_start else ""
        with trip() as send:
            answer = ask(send, project.pk, asked, placed(kept.budgets, asked), now, stamp)
        known = around(answer, now)
        if known.budgets is None:
            return answer, known, kept.budgets
        remember(project, known.stamp, known.budgets)


def remember(project: Project, stamp: str, budgets: list[dict[str, Any]]) -> None:
    """Keep the budgets of a project in this process."""
    found = (terms_of(row, project.week_start) for row in budgets)
    if len(_kept) >= KEPT:
        _kept.clear()
    _kept[project.pk] = Kept(stamp, project.week_start, [each for each in found if each])


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


def answered(project: Project, asked: Question, now_ns: int, suggest: Suggest | None) -> Answer:
    """What is decided by what is known now."""
    now, zone = datetime.fromtimestamp(now_ns / SECOND, UTC), ZoneInfo(project.time_zone)
    said, known, every = known_of(project, asked, now)
    usd = estimated_usd(price_book(project.pk), asked, now.date())
    stand = standings(said)
    levels = [
        level(each, stand[each.terms.id], needs(each.terms, asked, usd), zone, now_ns)
        for each in placed(every, asked)
    ]
    untold = [each.name for each in every if is_untold(each.watch.scope, asked)]
    found = verdict(known, levels, now, asked.tool)
    model = model_for(project.pk, asked, found, suggest)
    closed = fail(known, levels)
    return Answer(found, known, levels, untold, usd, closed, now, model, settled=settled(said))


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


def model_for(project_id: int, asked: Question, found: Verdict, suggest: Suggest | None) -> str:
    """The cheaper model to go on with: what the budget says, else what is suggested; "": none."""
    if found.decision != Decision.DOWNGRADE:
        return ""
    own = found.level.place.terms.policy.model if found.level else ""
    return own or (suggest(project_id, asked) if suggest else None) or ""
