"""Findings as pages and the API read them. Everything is of one project: to the others it is not
there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncDate

from agentscope.findings.anomaly import CODES as COMPARED
from agentscope.findings.decisions import EXPECTED, OPEN, RESOLVED, STATES
from agentscope.findings.ends import ArrayLength, Ends
from agentscope.findings.limits import Limit, Limits
from agentscope.findings.models import Cause, Finding, Threshold
from agentscope.findings.waste import HOUR_NS, SHORTEST_NS
from agentscope.ledger.read import BEFORE, newest
from agentscope.projects.changes import Change, as_changes

ALL = "all"
IN_TRACE = ("-severity", "first_ns", "code", "first_span")


@dataclass(slots=True, frozen=True)
class CauseFilters:
    """What is looked for in the inbox; what is empty does not matter."""

    state: str = OPEN  # open holds what was reopened; ALL is everything
    severity: int = 0  # at least
    code: str = ""
    agent: str = ""
    text: str = ""  # in the sentence, the subject or the agent
    since: datetime | None = None  # last found
    until: datetime | None = None  # exclusive


@dataclass(slots=True, frozen=True)
class CausePage:
    """At most a page of causes, the worst and newest first. `total` counts all that are found."""

    items: list[Cause]
    total: int


@dataclass(slots=True, frozen=True)
class Counts:
    """How many causes there are in each state and in all, those that are REOPENED among the open
    ones, too; and what was spent since the first repeats of those in one of the states."""

    tokens: int
    known_cost: Decimal  # USD
    unpriced_calls: int
    states: dict[str, int]


def causes(project_id: int, filters: CauseFilters, offset: int, limit: int) -> CausePage:
    """The causes of a project. Two queries, one if the page holds them all."""
    found = Cause.objects.filter(conditions(filters), project_id=project_id, findings__gt=0)
    ordered = found.order_by("-severity", "-last_at", "fingerprint")
    items = list(ordered[offset : offset + limit])
    holds_all = offset == 0 and len(items) < limit
    return CausePage(items, len(items) if holds_all else found.count())


def conditions(filters: CauseFilters) -> Q:
    """The filters as conditions."""
    asked = {
        "severity__gte": filters.severity or None,
        "code": filters.code or None,
        "agent": filters.agent or None,
        "last_at__gte": filters.since,
        "last_at__lt": filters.until,
    }
    found = states(filters.state) & Q(**{key: said for key, said in asked.items() if said})
    return found & containing(filters.text) if filters.text else found


def containing(text: str) -> Q:
    """The condition that a cause speaks of something, in capital letters or small ones."""
    fields = ("sentence", "subject", "agent")
    return reduce(or_, (Q(**{f"{field}__icontains": text}) for field in fields))


def states(state: str) -> Q:
    """The condition of a state: see decisions.state."""
    since = Q(raised_at__gt=F("decided_at")) | Q(last_at__gt=F("decided_at"))
    again = Q(decision=RESOLVED) & since
    return {
        OPEN: Q(decision="") | again,
        "reopened": again,
        str(EXPECTED.value): Q(decision=EXPECTED),
        str(RESOLVED.value): Q(decision=RESOLVED) & ~again,
    }.get(state, Q())


def cause(project_id: int, fingerprint: UUID) -> Cause | None:
    """One cause, None if the project has none with this fingerprint."""
    return Cause.objects.filter(project_id=project_id, fingerprint=fingerprint).first()


def findings_of_cause(
    project_id: int, fingerprint: UUID, limit: int, offset: int = 0, *, whole: bool = False
) -> list[Finding]:
    """Its newest findings; with all of their spans if `whole`."""
    rows = Finding.objects.filter(
        project_id=project_id, fingerprint=fingerprint, withdrawn_at__isnull=True
    )
    ordered = rows.order_by("-last_at", "trace_id", "first_span")
    return listed(ordered, offset, offset + limit, whole=whole)


@dataclass(slots=True, frozen=True)
class FindingsPage:
    """Some findings of a trace; how many it has, and at how many more places their causes were
    found, as far as they stand."""

    items: list[Finding]
    total: int
    more_places: int


def findings_ever(
    project_id: int,
    trace_id: UUID,
    offset: int = 0,
    limit: int | None = None,
    *,
    whole: bool = False,
) -> FindingsPage:
    """The findings of a trace, those that were withdrawn too, the worst first, then in order of
    time: at most `limit` of them; with all of their spans if `whole`. Two queries, one if these are
    all."""
    rows = Finding.objects.filter(project_id=project_id, trace_id=trace_id)
    stop = None if limit is None else offset + limit
    items = listed(rows.order_by(*IN_TRACE), offset, stop, whole=whole)
    if offset == 0 and (limit is None or len(items) < limit):
        stand = [each for each in items if each.withdrawn_at is None]
        return FindingsPage(items, len(items), sum(each.more_places for each in stand))
    stands = Q(withdrawn_at__isnull=True)
    more_places = Sum("more_places", filter=stands, default=0)
    return FindingsPage(items, **rows.aggregate(total=Count("*"), more_places=more_places))


def listed(rows: QuerySet[Finding], start: int, stop: int | None, *, whole: bool) -> list[Finding]:
    """Findings with the ends of their evidence, with all of it if `whole`."""
    if whole:
        return list(rows[start:stop])
    narrow = rows.defer("span_ids").annotate(ends=Ends("span_ids"), steps=ArrayLength("span_ids"))
    found: list[Finding] = []
    for each in narrow[start:stop]:
        each.span_ids, each.spans_left_out = each.ends, each.steps - len(each.ends)
        found.append(each)
    return found


def decided(project_id: int, fingerprints: Iterable[UUID]) -> dict[UUID, Cause]:
    """The causes with these fingerprints."""
    rows = Cause.objects.filter(project_id=project_id, fingerprint__in=list(fingerprints))
    return {row.fingerprint: row for row in rows}


def limits_of(project_id: int) -> Limits:
    """What a project says otherwise of detectors. One query."""
    rows = Threshold.objects.filter(project_id=project_id)
    return Limits({row.code: Limit(row.inform, row.alert, row.enabled) for row in rows})


def findings_of_session(project_id: int, session: str, limit: int) -> tuple[list[Finding], int]:
    """The worst findings of a session's traces, and at how many places something was found. Two
    queries, one if these are all."""
    rows = Finding.objects.filter(
        project_id=project_id, session=session, withdrawn_at__isnull=True
    ).exclude(session="")
    found = rows.order_by("-severity", "-last_at", "trace_id", "fingerprint", "first_span")
    items = listed(found, 0, limit, whole=False)
    if len(items) < limit:
        return items, sum(1 + each.more_places for each in items)
    return items, rows.aggregate(places=Count("*") + Sum("more_places"))["places"]


def counts(project_id: int, filters: CauseFilters) -> Counts:
    """How many causes the filters find in each state, and what those of their own state wasted. One
    query."""
    rows = Cause.objects.filter(
        conditions(replace(filters, state=ALL)), project_id=project_id, findings__gt=0
    )
    asked = {state: Count("fingerprint", filter=states(state)) for state in STATES}
    sums = {
        name: Sum(name, filter=states(filters.state), default=0)
        for name in ("tokens", "known_cost", "unpriced_calls")
    }
    found = rows.aggregate(**asked, all=Count("*"), **sums)
    spent = {name: found.pop(name) for name in sums}
    return Counts(states=found, **spent)


def codes_of(project_id: int) -> list[str]:
    """The codes that were ever found in a project."""
    rows = Cause.objects.filter(project_id=project_id)
    return list(rows.order_by("code").values_list("code", flat=True).distinct())


@dataclass(slots=True)
class Recent:
    """A cause over some days: how often it was found on each (UTC), and what it costs while it
    goes on, of findings that lasted long enough to tell."""

    times: dict[date, int] = field(default_factory=dict)
    known_cost: Decimal = Decimal(0)  # USD
    unpriced_calls: int = 0
    lasted_ns: int = 0

    @property
    def burn_per_hour(self) -> Decimal | None:
        """USD an hour since the first repeats; None if none of them lasted for a minute."""
        return self.known_cost * HOUR_NS / self.lasted_ns if self.lasted_ns else None


def recent(project_id: int, fingerprints: Sequence[UUID], since: datetime) -> dict[UUID, Recent]:
    """Causes since a moment, those that were found since then. More places of a trace are of the
    day of the worst of them, and have no rate of their own. One query."""
    rows = Finding.objects.filter(
        project_id=project_id,
        fingerprint__in=fingerprints,
        last_at__gte=since,
        withdrawn_at__isnull=True,
    )
    lasted = Coalesce("spent_ns", F("last_ns") - F("first_ns"))
    days = rows.annotate(day=TruncDate("last_at", tzinfo=UTC), lasted_ns=lasted)
    by_day = days.values("fingerprint", "day")
    is_counted = Q(known_cost__gt=0) | Q(unpriced_calls__gt=0) | ~Q(code__in=COMPARED)
    tells = Q(lasted_ns__gte=SHORTEST_NS) & is_counted
    added_up = by_day.annotate(
        times=Count("*") + Sum("more_places"),
        usd=Sum("known_cost", filter=tells, default=0),
        unpriced=Sum("unpriced_calls", filter=tells, default=0),
        lasted=Sum("lasted_ns", filter=tells, default=0),
    )
    found: dict[UUID, Recent] = {}
    for row in added_up.order_by():
        of = found.setdefault(row["fingerprint"], Recent())
        of.times[row["day"]] = row["times"]
        of.known_cost += row["usd"]
        of.unpriced_calls += row["unpriced"]
        of.lasted_ns += int(row["lasted"])
    return found


def decisions_of(project_id: int, fingerprint: UUID, limit: int) -> list[Change]:
    """What people decided about a cause, the newest first."""
    said = {"details": {"fingerprint": str(fingerprint)}}
    return as_changes(newest(project_id, limit, kinds=("finding", BEFORE), said=said))


def finding(project_id: int, trace_id: UUID, fingerprint: UUID, first_span: int) -> Finding | None:
    """One finding, None if the project has none such."""
    rows = Finding.objects.filter(trace_id=trace_id, project_id=project_id)
    return rows.filter(fingerprint=fingerprint, first_span=first_span).first()
