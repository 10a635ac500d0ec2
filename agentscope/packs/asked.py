"""What an evidence pack is to hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from agentscope.budgets.models import Answer
from agentscope.projects.models import Project
from agentscope.records.models import Record
from agentscope.reviews.models import Comment, Review
from agentscope.traces.ids import parse_span_id, parse_trace_id, span_hex
from agentscope.traces.models import Trace

T = TypeVar("T")


class BadPack(ValueError):
    """There is no such pack. The text says why."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A period, a session, a trace, or one decision of it, of a project. None and "": not that."""

    project: Project
    since: datetime | None = None
    until: datetime | None = None  # not included
    session: str = ""
    trace: UUID | None = None
    decision: int | None = None  # the span that its record is of

    @classmethod
    def of(cls, project: Project, said: Mapping[str, Any]) -> Asked:
        """What `said` says, or a person, who names one thing. Raises BadPack."""
        found = cls(
            project,
            since=read(said, "since", datetime.fromisoformat),
            until=read(said, "until", datetime.fromisoformat),
            session=said.get("session") or "",
            trace=read(said, "trace", parse_trace_id),
            decision=read(said, "decision", parse_span_id),
        )
        found.check()
        return found

    def check(self) -> None:
        """Raises BadPack unless it is of one thing."""
        if bool(self.since or self.until) + bool(self.session) + bool(self.trace) != 1:
            raise BadPack("Name one: a period, a session, or a trace.")
        if self.decision is not None and not self.trace:
            raise BadPack("A decision is one of a trace: name that too.")
        if self.since and self.until and self.since >= self.until:
            raise BadPack("The period ends before it begins.")

    @property
    def words(self) -> str:
        """What it is of, as part of a sentence."""
        if self.decision is not None and self.trace:
            return f"the decision {span_hex(self.decision)} of trace {self.trace.hex}"
        if self.trace:
            return f"the trace {self.trace.hex}"
        if self.session:
            return f"the session “{self.session}”"
        since = f" from {day(self.since)}" if self.since else ""
        return f"what was{since}{f' until {day(self.until)}' if self.until else ''}"

    @property
    def said(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "project": self.project.name,
            "since": self.since and self.since.isoformat(),
            "until": self.until and self.until.isoformat(),
            "session": self.session,
            "trace": self.trace and self.trace.hex,
            "decision": None if self.decision is None else span_hex(self.decision),
        }

    def traces(self) -> QuerySet[Trace]:
        """The traces, the oldest first."""
        found = Trace.objects.filter(self.where("started_at"), project_id=self.project.pk)
        return found.order_by("started_at", "trace_id")

    def records(self) -> QuerySet[Record]:
        """The decisions, the oldest first."""
        found = Record.objects.filter(self.where("at"), project_id=self.project.pk)
        if self.decision is not None:
            found = found.filter(span_id=self.decision)
        return found.order_by("at", "trace_id", "span_id")

    def answers(self) -> QuerySet[Answer]:
        """What was answered to who asked whether a call may be made, in the order of their ids."""
        where = self.where("at", trace="trace")
        return Answer.objects.filter(where, project_id=self.project.pk).order_by("pk")

    def reviews(self) -> QuerySet[Review]:
        """Verdicts on the decisions, those that others took the place of too, in their order."""
        found = Review.objects.filter(self.of_decisions(), project_id=self.project.pk)
        return found.order_by("pk")

    def comments(self) -> QuerySet[Comment]:
        """Comments on the decisions, in their order."""
        found = Comment.objects.filter(self.of_decisions(), project_id=self.project.pk)
        return found.order_by("pk")

    def of_decisions(self) -> Q:
        """What is said of a decision fulfils this, whenever it was said. It stays where the record
        of that is gone, as long as a trace is asked for."""
        if self.trace:
            step = {} if self.decision is None else {"span_id": self.decision}
            return Q(trace_id=self.trace, **step)
        same = {name: OuterRef(name) for name in ("trace_id", "span_id")}
        return Q(Exists(self.records().order_by().filter(**same)))

    def where(self, at: str, trace: str = "trace_id") -> Q:
        """What rows fulfil whose time and trace are in these columns."""
        if self.trace:
            return Q((trace, self.trace))
        if self.session:
            return Q(session=self.session)
        found = Q()
        if self.since:
            found &= Q((f"{at}__gte", self.since))
        if self.until:
            found &= Q((f"{at}__lt", self.until))
        return found

    def begin(self) -> datetime | None:
        """Since when the ledger may tell of it. None: since ever. Raises BadPack if there is
        nothing of the kind."""
        if not self.trace and not self.session:
            return self.since
        first = self.traces().first()
        if first is None or (self.decision is not None and not self.records().exists()):
            raise BadPack(f"This project has not {self.words}.")
        return min(first.started_at, first.first_seen_at)


def read(said: Mapping[str, Any], name: str, parse: Callable[[str], T]) -> T | None:
    """A value as it is said, or as it is read from a text; None where nothing is said. Raises
    BadPack."""
    value = said.get(name) or None
    try:
        return parse(value) if isinstance(value, str) else value
    except ValueError as error:
        raise BadPack(f"{name}: this is none: “{str(value)[:100]}”.") from error


def day(at: datetime) -> str:
    """A time in a sentence."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
