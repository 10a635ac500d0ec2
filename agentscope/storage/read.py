"""What the last measuring found, for the page and the API. A handful of small rows; what is stored
is not looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone

from agentscope.projects.models import Project
from agentscope.retention.read import Kept
from agentscope.storage.ages import Going, Sum, going, total
from agentscope.storage.forecast import WINDOWS, Forecast, Growth, forecast, growth
from agentscope.storage.kinds import NAMES, PAYLOAD
from agentscope.storage.models import Age, DiskDay, Stored

SHOWN = timedelta(days=90)  # of history
AHEAD = (1, 7, 30)  # days, of what goes next


@dataclass(frozen=True)
class Part:
    """How many bytes a kind takes up; estimated, if only some rows were looked at."""

    kind: str
    size: int
    is_estimated: bool

    @property
    def words(self) -> str:
        """What it is."""
        return NAMES[self.kind]


@dataclass(frozen=True)
class Storage:
    """What a project takes up, as it was measured `at`."""

    at: datetime
    parts: list[Part]
    days: list[tuple[date, int]]  # bytes by days, the oldest first
    ages: list[Age]

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(part.size for part in self.parts)

    @property
    def is_estimated(self) -> bool:
        """Whether only a part of the rows was looked at."""
        return any(part.is_estimated for part in self.parts)

    @property
    def growths(self) -> list[Growth]:
        """How fast it grows."""
        return [growth(self.days, window) for window in WINDOWS]

    @property
    def oldest(self) -> date | None:
        """The day on which the oldest trace ended; None: there is none."""
        return min((age.day for age in self.ages), default=None)

    @property
    def held(self) -> Sum:
        """What is on legal hold."""
        return total(age for age in self.ages if age.is_held)

    def bytes_of(self, found: Going) -> int:
        """About how much goes: as much as spans take up on average. What is worked out from them
        goes later, and is not in it."""
        said = found.payload.spans + found.whole.spans
        return round(said * self.said + found.whole.spans * self.a_span)

    def bytes_held(self, found: Sum) -> int:
        """About how much is kept."""
        return round(found.spans * (self.said + self.a_span))

    @property
    def a_span(self) -> float:
        """Bytes of a span, without what was said."""
        return self.of_kinds(("spans",)) / max(total(self.ages).spans, 1)

    @property
    def said(self) -> float:
        """Bytes of what was said in a span that has it still."""
        full = total(age for age in self.ages if not age.is_emptied)
        return self.of_kinds(PAYLOAD) / max(full.spans, 1)

    def of_kinds(self, kinds: tuple[str, ...]) -> int:
        """Bytes of some kinds."""
        return sum(part.size for part in self.parts if part.kind in kinds)


@dataclass(frozen=True)
class Ahead:
    """What the periods remove within so many days, and what legal holds keep back of it."""

    days: int
    going: Going
    size: int  # bytes, about
    held: int  # bytes, about


@dataclass(frozen=True)
class DiskNow:
    """The disk as it was measured last, and when it is full."""

    disk: DiskDay
    limit: int  # bytes that are to stay free
    forecasts: list[Forecast]


def storage(project_id: int) -> Storage | None:
    """What a project takes up; None: it was not measured yet. Two queries."""
    since = timezone.now().date() - SHOWN
    rows = Stored.objects.filter(project_id=project_id, day__gte=since).order_by("day")
    if not (found := list(rows)):
        return None
    newest = found[-1]
    return Storage(
        newest.at,
        [
            Part(kind, newest.kinds.get(kind, 0), kind in newest.estimated)
            for kind in NAMES
            if newest.kinds.get(kind) or kind in newest.estimated
        ],
        [(row.day, sum(row.kinds.values())) for row in found],
        list(Age.objects.filter(project_id=project_id)),
    )


def ahead(found: Storage, kept: Kept) -> list[Ahead]:
    """What goes next by the periods of now."""
    today = timezone.now().date()
    told = ((days, going(found.ages, kept, today + timedelta(days=days))) for days in AHEAD)
    return [
        Ahead(days, each, found.bytes_of(each), found.bytes_held(each.held)) for days, each in told
    ]


def disk_now() -> DiskNow | None:
    """The disk of the installation; None: it was not measured yet. One query."""
    rows = DiskDay.objects.filter(day__gte=timezone.now().date() - SHOWN).order_by("day")
    if not (found := list(rows)):
        return None
    newest, limit = found[-1], settings.AGENTSCOPE_MIN_FREE_BYTES
    days = [(row.day, row.database) for row in found]
    forecasts = [
        forecast(newest.free, limit, growth(days, window), newest.day) for window in WINDOWS
    ]
    return DiskNow(newest, limit, forecasts)


@dataclass(frozen=True)
class Share:
    """What one of all projects takes up."""

    project: str
    size: int  # bytes
    is_estimated: bool
    growth: Growth  # over the shorter window


def all_projects() -> list[Share]:
    """All projects that were measured, the largest first. Two queries."""
    since = timezone.now().date() - timedelta(days=WINDOWS[0])
    rows: dict[int, list[Stored]] = {}
    for row in Stored.objects.filter(day__gte=since).order_by("day"):
        rows.setdefault(row.project_id, []).append(row)
    names: Mapping[int, str] = dict(Project.objects.values_list("pk", "name"))
    found = [share(names[pk], of_project) for pk, of_project in rows.items() if pk in names]
    return sorted(found, key=lambda each: (-each.size, each.project))


def share(name: str, rows: list[Stored]) -> Share:
    """A project by its measurements, the oldest first."""
    days = [(row.day, sum(row.kinds.values())) for row in rows]
    return Share(name, days[-1][1], bool(rows[-1].estimated), growth(days, WINDOWS[0]))
