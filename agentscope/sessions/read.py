"""Sessions as pages and the API read them. Everything is of one project: to the others a name is
None."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from django.db.models import Q, QuerySet

from agentscope.sessions.course import STATES, Course, course
from agentscope.sessions.models import Session
from agentscope.sessions.sums import sums
from agentscope.traces.models import Trace

__all__ = [
    "STATES",
    "BadCursor",
    "Cursor",
    "SessionFilters",
    "SessionPage",
    "Whole",
    "session_block",
    "sessions",
    "whole",
]

MOST_COUNTED = 10_000  # sessions; counting on would read the whole table


class BadCursor(ValueError):
    """A cursor that did not come from us. Its text says what to do."""


@dataclass(slots=True, frozen=True)
class Cursor:
    """The last session of a page; the list is ordered by the last activity, newest first, then by
    name."""

    last_at: datetime
    session: str

    def __str__(self) -> str:
        time = self.last_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
        return f"{time}~{quote(self.session, safe='')}"

    @staticmethod
    def parse(text: str) -> Cursor | None:
        """What `str` wrote; None for empty text. Raises BadCursor for anything else."""
        if not text:
            return None
        time, _, name = text.partition("~")
        try:
            last_at = datetime.fromisoformat(time)
            if last_at.tzinfo and name and "\0" not in unquote(name):
                return Cursor(last_at.astimezone(UTC), unquote(name))
        except (ValueError, OverflowError):
            pass
        raise BadCursor("This is not a cursor of ours: leave it out to get the first page.")


@dataclass(slots=True, frozen=True)
class SessionFilters:
    """What is looked for; what is empty does not matter. Times are of the last activity."""

    since: datetime | None = None
    until: datetime | None = None  # exclusive
    user: str = ""
    state: str = ""  # one of STATES
    environment: str = ""
    agent: str = ""
    text: str = ""  # in the name


@dataclass(slots=True, frozen=True)
class Block:
    """Some sessions. `next` is where to go on, None at the end."""

    items: list[Session]
    next: Cursor | None


@dataclass(slots=True, frozen=True)
class SessionPage(Block):
    """A page of the list. `total` counts all that the filters find, exact unless `truncated`: then
    it is MOST_COUNTED and there are more."""

    total: int
    truncated: bool


@dataclass(slots=True, frozen=True)
class Whole:
    """A session with all its traces, in the order in which they began."""

    session: Session  # added up from these traces, just now
    traces: Sequence[Trace]
    course: Course


def sessions(
    project_id: int, filters: SessionFilters, after: Cursor | None, limit: int
) -> SessionPage:
    """At most `limit` sessions, the one that was active last first, from `after` on. Two queries,
    one if a page holds all: looking for few among many is what takes long."""
    block = session_block(project_id, filters, after, limit)
    found, is_more = listed(project_id, filters), after or block.next
    total = found[: MOST_COUNTED + 1].count() if is_more else len(block.items)
    return SessionPage(
        block.items, block.next, total=min(total, MOST_COUNTED), truncated=total > MOST_COUNTED
    )


def session_block(
    project_id: int, filters: SessionFilters, after: Cursor | None, limit: int
) -> Block:
    """The same without counting. One query."""
    found = listed(project_id, filters)
    page = found.filter(beyond(after)) if after else found
    items = list(page.order_by("-last_at", "session")[: limit + 1])
    last = items[limit - 1] if len(items) > limit else None
    following = Cursor(last.last_at, last.session) if last and last.last_at else None
    return Block(items[:limit], following)


def listed(project_id: int, filters: SessionFilters) -> QuerySet[Session]:
    """What the filters find."""
    return Session.objects.filter(conditions(filters), project_id=project_id, traces__gt=0)


def conditions(filters: SessionFilters) -> Q:
    """The filters as conditions."""
    asked = {
        "last_at__gte": filters.since,
        "last_at__lt": filters.until,
        "user": filters.user or None,
        "state": filters.state or None,
        "environments__contains": [filters.environment] if filters.environment else None,
        "agents__contains": [filters.agent] if filters.agent else None,
        "session__icontains": filters.text or None,
    }
    return Q(**{name: value for name, value in asked.items() if value is not None})


def beyond(after: Cursor) -> Q:
    """What comes after a cursor, in the order of the list."""
    same = Q(last_at=after.last_at, session__gt=after.session)
    return Q(last_at__lte=after.last_at) & (Q(last_at__lt=after.last_at) | same)


def whole(project_id: int, name: str) -> Whole | None:
    """A session with its traces, added up just now, so that its figures are exactly the sums of
    those beside it. One query; none of it reads spans."""
    found = Trace.objects.filter(project_id=project_id, session=name)
    can_be = name and "\0" not in name  # which Postgres cannot compare
    traces = list(found.order_by("start_ns", "trace_id")) if can_be else []
    if not traces:
        return None
    added = Session(project_id=project_id, session=name, **sums(traces))
    return Whole(added, traces, course(traces))
