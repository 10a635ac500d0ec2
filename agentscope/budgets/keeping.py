"""Adding up what is spent of budgets, whenever something changed: in the transaction in which the
rules of alerts are looked at, so that both say the same.

Nothing is incremented: what a group has spent is read anew from what was metered in its window.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Q

from agentscope.alerts.evaluate import concerns
from agentscope.alerts.measure import RECENT, minutes
from agentscope.alerts.watch import BadRule
from agentscope.alerts.windows import SECOND, Rolling, Window
from agentscope.budgets.models import Budget, Spent, ToolHour
from agentscope.budgets.policy import ERRORS, Terms, terms
from agentscope.budgets.reserved import Covered, Held, covered
from agentscope.budgets.standing import HOUR, SAID, USED_BY_TRACE
from agentscope.meter.changes import Changes
from agentscope.meter.read import Asked, used
from agentscope.meter.readings import MINUTE_NS, Sums
from agentscope.meter.scope import Scope
from agentscope.projects.models import Project
from agentscope.vocabulary import PICO, ErrorClass, Kind, Persistence

log = logging.getLogger(__name__)

# Open reservations of traces, with what each has used in the scope of the budget.
OPEN = f"""
select held.budget_id, held."group", held.trace, held.id, held.amount, held.used_before,
    ({USED_BY_TRACE.format(trace="held.trace")})
from budget_reservation as held join budget on budget.id = held.budget_id
cross join lateral jsonb_to_record(budget.only || case when budget.each = '' then '{{}}'::jsonb
        else jsonb_build_object(budget.each, held."group") end
    || jsonb_build_object('unit', budget.unit, 'each', budget.each))
    as want (unit text, "each" text, {SAID})
where held.project_id = %(project)s and held.is_open and held.expires_at > %(now)s
and held.trace is not null
order by held.budget_id, held."group", held.trace, held.id
"""  # noqa: S608 — our own words
COVER = """
update budget_reservation as held
set covered = found.covered, used_before = found.begin, is_open = held.amount > found.covered
from unnest(%s::int8[], %s::numeric[], %s::numeric[]) as found (id, covered, begin)
where held.id = found.id and held.is_open
and (held.covered, held.used_before) is distinct from (found.covered, found.begin)
"""
CLOSE = """
update budget_reservation set is_open = false
where project_id = %s and is_open and expires_at <= %s
"""
# The calls that are the evidence of findings. By time, so that few partitions are looked into.
GIVEN_UP = """
select distinct span.tool from finding join span on span.project_id = finding.project_id
    and span.trace_id = finding.trace_id and span.span_id = any(finding.span_ids)
    and span.started_at between to_timestamp(finding.first_ns / 1e9) - interval '1 second'
        and to_timestamp(finding.last_ns / 1e9) + interval '1 second'
where finding.project_id = %(project)s and finding.last_at > %(since)s
and finding.withdrawn_at is null and finding.code = %(code)s
and span.kind = %(tool)s and span.tool <> '' and span.error_class = any(%(lasting)s)
"""
LASTING = [each.value for each in ErrorClass if each.persistence is Persistence.PERMANENT]


def keep_spent(project: Project, changes: Changes, now_ns: int) -> None:
    """Add up what is spent of the budgets of a project, as far as it may have changed. What
    reservations cover is looked at first: so a call is for a moment in both, never in none."""
    cover_reservations(project.pk, now_ns)
    for budget in Budget.objects.filter(project_id=project.pk, enabled=True).order_by("pk"):
        keep_or_say_why_not(project, budget, changes, now_ns)
    keep_tools(project.pk, changes, now_ns)


def keep_or_say_why_not(project: Project, budget: Budget, changes: Changes, now_ns: int) -> None:
    """Add up a budget. One that cannot be must not keep others waiting: it says why."""
    trouble = ""
    try:
        with transaction.atomic():
            keep_budget(project, budget, changes, now_ns)
    except BadRule as error:
        trouble = str(error)
    except Exception:
        log.exception("Cannot add up budget %s of project %s", budget.pk, project.pk)
        trouble = "Adding it up failed: see the log of the worker."
    if trouble != budget.trouble:
        Budget.objects.filter(pk=budget.pk).update(trouble=trouble)


def keep_budget(project: Project, budget: Budget, changes: Changes, now_ns: int) -> None:
    """Add up the groups of a budget that may have changed; all of one that is not added up yet."""
    found = terms(vars(budget), project.week_start)
    groups = None
    if budget.looked_at is not None:
        groups = sorted({*touched(found, changes), *moved(project, budget, found, now_ns)})
        if not groups:
            return
    rows = added_up(project, found, groups, now_ns)
    if groups is None:
        budget.spent.all().delete()
        Budget.objects.filter(pk=budget.pk).update(looked_at=at(now_ns))
    names = [each.name for each in Spent._meta.concrete_fields if each.name != "id"]
    Spent.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["budget", "group"],
        update_fields=[name for name in names if name not in ("budget", "group")],
    )


def touched(budget: Terms, changes: Changes) -> Iterable[str]:
    """The groups of which something changed."""
    if not concerns(budget.watch, changes):
        return ()
    return changes.of(budget.watch.scope.each) if budget.watch.scope.each else ("",)


def moved(project: Project, budget: Budget, found: Terms, now_ns: int) -> Iterable[str]:
    """The groups whose value time alone changes: another minute, of a window that rolls and of what
    is spent lately; or another window, if the project has another time zone now."""
    window = found.watch.span.window(now_ns, ZoneInfo(project.time_zone))
    has_moved = Q(recent__gt=0, as_of_ns__lt=now_ns - now_ns % MINUTE_NS)
    if isinstance(found.watch.span, Rolling):
        has_moved |= Q(as_of_ns__lt=now_ns - now_ns % MINUTE_NS) & (
            Q(spent__gt=0) | Q(unpriced_calls__gt=0)
        )
    else:
        has_moved |= ~Q(window_begin_ns=window.begin_ns) & Q(as_of_ns__gte=window.begin_ns)
    return budget.spent.filter(has_moved).values_list("group", flat=True)


def added_up(project: Project, budget: Terms, groups: list[str] | None, now_ns: int) -> list[Spent]:
    """What groups spent; those that spent nothing too, if they were asked for."""
    window = budget.watch.span.window(now_ns, ZoneInfo(project.time_zone))
    scope = budget.watch.scope
    asked = (groups if scope.each else None) if groups is not None else None
    whole = used(Asked(project.pk, scope, *minutes(window), asked))
    late = Window(now_ns - RECENT * SECOND, now_ns)
    recent = used(Asked(project.pk, scope, *minutes(late), asked))
    return [
        Spent(
            budget_id=budget.id,
            group=group,
            spent=counted(budget, whole.get(group, Sums())),
            unpriced_calls=whole.get(group, Sums()).unpriced_calls,
            recent=counted(budget, recent.get(group, Sums())),
            window_begin_ns=window.begin_ns,
            window_end_ns=window.end_ns,
            as_of_ns=now_ns,
        )
        for group in (groups if groups is not None else sorted({*whole, *recent}))
    ]


def counted(budget: Terms, sums: Sums) -> Decimal:
    """What is known to be spent, in the unit of a budget."""
    return sums.pico * PICO if budget.unit == "usd" else Decimal(sums.tokens)


def cover_reservations(project_id: int, now_ns: int) -> None:
    """Note how much of reservations is used by now, once what is spent has it too: committed by
    itself, so that nobody who settles waits for all that is added up."""
    now = at(now_ns)
    with connection.cursor() as cursor:
        cursor.execute(OPEN, {"project": project_id, "now": now})
        rows = cursor.fetchall()
    found: list[Covered] = []
    for _, several in groupby(rows, key=itemgetter(0, 1, 2)):
        held = list(several)
        found += covered((Held(*row[3:6]) for row in held), held[0][6])
    transaction.on_commit(partial(note_covered, project_id, found, now))


def note_covered(project_id: int, found: list[Covered], now: datetime) -> None:
    """Write down what is covered, and close what has expired."""
    with connection.cursor() as cursor:
        if found:
            columns = [list(column) for column in zip(*found, strict=True)]
            cursor.execute(COVER, columns)
        cursor.execute(CLOSE, [project_id, now])


def keep_tools(project_id: int, changes: Changes, now_ns: int) -> None:
    """Count the calls of the tools that were called, and how many failed."""
    if not (tools := sorted(changes.of("tool"))):
        return
    hour = Window(now_ns - HOUR * SECOND, now_ns)
    found = used(Asked(project_id, Scope(each="tool"), *minutes(hour), tools))
    permanent = given_up(project_id, now_ns)
    rows = [
        ToolHour(
            project_id=project_id,
            tool=tool,
            calls=sums.tool_calls,
            failures=sums.failed_calls,
            permanent=tool in permanent,
            as_of_ns=now_ns,
        )
        for tool, sums in found.items()
    ]
    ToolHour.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["project_id", "tool"],
        update_fields=["calls", "failures", "permanent", "as_of_ns"],
    )


def given_up(project_id: int, now_ns: int) -> set[str]:
    """Tools of which a finding of the last hour shows calls that failed for a reason that stays, so
    that trying again cannot help."""
    with connection.cursor() as cursor:
        said: dict[str, Any] = {"project": project_id, "since": at(now_ns - HOUR * SECOND)}
        said |= {"code": ERRORS[0], "tool": int(Kind.TOOL), "lasting": LASTING}
        cursor.execute(GIVEN_UP, said)
        return {tool for (tool,) in cursor.fetchall()}


def at(ns: int) -> datetime:
    """A time in ns since 1970, UTC."""
    return datetime.fromtimestamp(ns / SECOND, UTC)
