"""How decisions in lists stand in review: what is told of each, and how they are told apart."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from agentscope.records.models import Record
from agentscope.reviews.case import Case
from agentscope.reviews.models import Item, Verdict

NONE, SECOND = "none", "second"  # nobody said anything; a second person has to
STANDINGS = [NONE, *Verdict.values, SECOND]
COLUMNS = ("verdict", "needs", "approvals", "reviewed_at", "is_gone", "assigned_to")


def own_item() -> QuerySet[Item]:
    """The item of a decision of the list around it."""
    return Item.objects.filter(**{name: OuterRef(name) for name in Case._fields})


def with_review() -> dict[str, Any]:
    """What a list tells of a decision besides: `review`, by COLUMNS; None: nobody took it up."""
    told = JSONObject(**{name: name for name in COLUMNS})
    return {"review": Subquery(own_item().values(told=told))}


def standing_so(how: str) -> Q:
    """The decisions that stand so, of STANDINGS; "": any. Of verdicts the worst counts, also while
    a second person is waited for."""
    said = own_item().exclude(verdict="")
    if not how:
        return Q()
    if how == NONE:
        return ~Q(Exists(said))
    if how == SECOND:
        return Q(Exists(said.filter(needs__gt=1, reviewed_at=None)))
    return Q(Exists(said.filter(verdict=how)))


def wrong_in_traces() -> dict[str, Any]:
    """What a list of traces tells of each besides: `wrong`, how many of its decisions somebody
    judges wrong at present; None: none."""
    rows = judged(Verdict.WRONG).order_by().values("trace_id")
    return {"wrong": Subquery(rows.annotate(number=Count("*")).values("number"))}


def with_decision(verdict: str) -> Q:
    """The traces with a decision of which that is the worst that people think; "": any."""
    return Q(Exists(judged(verdict))) if verdict else Q()


def judged(verdict: str) -> QuerySet[Item]:
    """The decisions of the trace of the list around it of which that is the worst."""
    of_trace = {name: OuterRef(name) for name in ("project_id", "trace_id")}
    return Item.objects.filter(**of_trace, verdict=verdict)


def item_of(found: Record) -> Item:
    """How a decision of such a list stands, as an item."""
    return Item(**(getattr(found, "review", None) or {}))
