"""Reviews as people see them: what is to be done, how a decision stands, what was said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce

from agentscope.records.answers import with_answers
from agentscope.records.models import Record
from agentscope.reviews.case import Case, record_of
from agentscope.reviews.models import WITHDRAWN, Comment, Item, Mention, Queue, Review
from agentscope.reviews.standing import at_present, last_words

STATES = ("open", "assigned", "reviewed", "gone")
WAITING = "waiting"  # open or assigned
COUNTS = """
select queue, count(*) filter (where reviewed_at is null and not is_gone),
    count(*) filter (where reviewed_at is null and not is_gone and due_at < %(now)s),
    count(*) filter (where reviewed_at is not null)
from review_item, unnest(queues) as queue where project_id = %(project)s group by queue
"""


@dataclass(frozen=True, slots=True)
class Count:
    """How many items of a queue wait, how many of those are late, and how many are reviewed."""

    waiting: int = 0
    late: int = 0
    reviewed: int = 0


@dataclass(frozen=True, slots=True)
class ItemFilters:
    """Which items are meant. "" and None: any."""

    state: str = ""  # of STATES, or WAITING
    queue: int | None = None
    assigned_to: str = ""
    agent: str = ""


@dataclass(frozen=True, slots=True)
class ReviewFilters:
    """Which reviews are meant, likewise."""

    trace: UUID | None = None
    span: int | None = None
    who: str = ""
    agent: str = ""
    verdict: str = ""
    since: datetime | None = None
    until: datetime | None = None  # not included


@dataclass(frozen=True, slots=True)
class Opinion:
    """A verdict, or that one was withdrawn, and whether it still is the last word of its person on
    the decision as it is."""

    review: Review
    is_present: bool  # no later one took its place
    is_changed: bool  # the record is another one since

    @property
    def digest(self) -> str:
        """Of the record that was meant, as 64 hex digits."""
        return bytes(self.review.record).hex()


@dataclass(frozen=True, slots=True)
class Course:
    """All that is said of a decision."""

    case: Case
    record: Record | None  # None: it is gone
    item: Item | None  # None: nobody has taken it up
    opinions: list[Opinion] = field(default_factory=list)  # in their order
    comments: list[Comment] = field(default_factory=list)  # likewise
    queues: list[Queue] = field(default_factory=list)  # that drew it

    @property
    def is_known(self) -> bool:
        """Whether there is anything to tell of it."""
        return self.record is not None or self.item is not None

    @property
    def present(self) -> list[Review]:
        """What people and programs think of it at present."""
        return at_present(each.review for each in self.opinions)

    @property
    def is_disputed(self) -> bool:
        """Whether people think different things of it at present."""
        return len({each.verdict for each in self.present if each.is_person}) > 1

    def is_named(self, who: str) -> bool:
        """Whether comments name somebody who has not seen it."""
        named = (each for comment in self.comments for each in comment.mentions.all())
        return any(each.who == who and each.seen_at is None for each in named)

    def own(self, who: str) -> Review | None:
        """What somebody thinks of it at present."""
        return next((each for each in self.present if each.who == who and each.is_person), None)


def items(project_id: int, filters: ItemFilters) -> QuerySet[Item]:
    """Items, those first that are due first; reviewed ones the newest first."""
    found = Item.objects.filter(project_id=project_id)
    if filters.state == "reviewed":
        found = found.filter(reviewed_at__isnull=False)
    elif filters.state:
        found = found.filter(reviewed_at__isnull=True, is_gone=filters.state == "gone")
    if filters.state in ("open", "assigned"):
        is_open = {"assigned_to": ""}
        found = found.filter(**is_open) if filters.state == "open" else found.exclude(**is_open)
    if filters.queue is not None:
        found = found.filter(queues__contains=[filters.queue])
    said = {"assigned_to": filters.assigned_to, "agent": filters.agent}
    found = found.filter(**{name: value for name, value in said.items() if value})
    if filters.state == "reviewed":
        return found.order_by("-reviewed_at", "-pk")
    return found.order_by(F("due_at").asc(nulls_last=True), "pk")


def next_item(case: Case, who: str, queue: int | None) -> Item | None:
    """What somebody is to review behind this one, in the order of the list, and at its end from its
    start; None: no more. Not what they have said something of, nor what others are asked for."""
    said = Review.objects.filter(who=who, **{name: OuterRef(name) for name in case._fields})
    last = Subquery(said.order_by("-pk").values("verdict")[:1])
    found = items(case.project_id, ItemFilters(state=WAITING, queue=queue))
    found = found.annotate(own=Coalesce(last, Value(WITHDRAWN, TextField()))).filter(own=WITHDRAWN)
    found = found.filter(assigned_to__in=["", who])
    found = found.exclude(trace_id=case.trace_id, span_id=case.span_id)
    here = Item.objects.filter(**case.named).first()
    return (here and found.filter(behind(here)).first()) or found.first()


def behind(item: Item) -> Q:
    """Items that come after one, in the order in which they are due."""
    if item.due_at is None:
        return Q(due_at=None, pk__gt=item.pk)
    return Q(due_at__gt=item.due_at) | Q(due_at=item.due_at, pk__gt=item.pk) | Q(due_at=None)


def counts(project_id: int, now: datetime) -> dict[int, Count]:
    """How the queues of a project stand, by number. One query."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"project": project_id, "now": now})
        return {queue: Count(*numbers) for queue, *numbers in cursor.fetchall()}


def course(case: Case, record: Record | None = None) -> Course:
    """All that is said of a decision, of which the record may be known. Five queries at most."""
    record, item = record or record_of(case), Item.objects.filter(**case.named).first()
    said = list(Review.objects.filter(**case.named).order_by("pk"))
    return Course(
        case=case,
        record=record,
        item=item,
        opinions=opinions(said, record),
        comments=list(
            Comment.objects.filter(**case.named).order_by("pk").prefetch_related("mentions")
        ),
        queues=queues_named(case.project_id, item.queues) if item and item.queues else [],
    )


def opinions(said: Sequence[Review], record: Record | None) -> list[Opinion]:
    """Verdicts on one decision, as they stand."""
    last = {each.pk for each in last_words(said)}
    now = bytes(record.digest) if record else None
    return [
        Opinion(each, each.pk in last, now is not None and bytes(each.record) != now)
        for each in said
    ]


def queues_named(project_id: int, numbers: Sequence[int]) -> list[Queue]:
    """Queues by number, also deleted ones. One query."""
    return list(Queue.objects.filter(project_id=project_id, pk__in=numbers).order_by("name"))


def reviews(project_id: int, filters: ReviewFilters) -> QuerySet[Review]:
    """Verdicts, the newest first."""
    asked: dict[str, Any] = {
        "trace_id": filters.trace,
        "span_id": filters.span,
        "who": filters.who or None,
        "agent": filters.agent or None,
        "verdict": filters.verdict or None,
        "at__gte": filters.since,
        "at__lt": filters.until,
    }
    said = {name: value for name, value in asked.items() if value is not None}
    return Review.objects.filter(project_id=project_id, **said).order_by("-pk")


def comments(project_id: int, trace: UUID | None, span: int | None) -> QuerySet[Comment]:
    """Comments, the newest first, with who is named in them."""
    asked = {"trace_id": trace, "span_id": span}
    said = {name: value for name, value in asked.items() if value is not None}
    found = Comment.objects.filter(project_id=project_id, **said)
    return found.prefetch_related("mentions").order_by("-pk")


def mentions(project_id: int, who: str) -> QuerySet[Mention]:
    """Where somebody was named, the newest first, with the comments."""
    found = Mention.objects.filter(project_id=project_id, who=who)
    return found.select_related("comment").order_by("-pk")


def records_of(project_id: int, several: Sequence[Item]) -> dict[int, Record]:
    """The records of some items by their numbers, as a list has them; none where it is gone. One
    query."""
    names = {Case(project_id, each.trace_id, each.span_id): each.pk for each in several}
    keys = [(each.trace_id, each.project_id, each.span_id) for each in names]
    found = Record.objects.filter(pk__in=keys).defer("body").annotate(**with_answers())
    return {names[Case(project_id, each.trace_id, each.span_id)]: each for each in found}


def changed(project_id: int, several: Sequence[Item]) -> set[int]:
    """Of some items those of which a record is another one than at a verdict that stands. Two
    queries, none where none was reviewed."""
    asked = [each for each in several if each.verdict]
    if not asked:
        return set()
    traces = {each.trace_id for each in asked}
    now = {
        (trace_id, span_id): bytes(digest)
        for trace_id, span_id, digest in Record.objects.filter(
            project_id=project_id, trace_id__in=traces
        ).values_list("trace_id", "span_id", "digest")
    }
    said: dict[tuple[UUID, int], list[Review]] = {}
    for each in Review.objects.filter(project_id=project_id, trace_id__in=traces).order_by("pk"):
        said.setdefault((each.trace_id, each.span_id), []).append(each)
    return {item.pk for item in asked if is_changed(said, now, (item.trace_id, item.span_id))}


def is_changed(
    said: dict[tuple[UUID, int], list[Review]],
    now: dict[tuple[UUID, int], bytes],
    name: tuple[UUID, int],
) -> bool:
    """Whether a record is another one than at a verdict that stands. One that is gone is not."""
    meant = {bytes(each.record) for each in at_present(said.get(name, []))}
    return name in now and bool(meant - {now[name]})
