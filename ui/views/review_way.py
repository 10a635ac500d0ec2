"""From one decision that is to be reviewed to the next: of the queue that somebody goes through, on
the kind of page that they look at."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from agentscope.reviews.case import Case
from agentscope.reviews.models import Item
from agentscope.reviews.read import next_item
from agentscope.traces.ids import span_hex
from ui.access import PageRequest, who
from ui.views.mappings import is_number

STORY, REVIEW = "decision", "review"  # views: all of a decision, and what is said of it


@dataclass(frozen=True, slots=True)
class Way:
    """What somebody goes through, as addresses and forms carry it on."""

    project: str
    view: str  # STORY or REVIEW
    queue: int | None = None  # None: all that waits

    def to(self, case: Case | Item) -> str:
        """The page of a decision."""
        place = [self.project, case.trace_id, span_hex(case.span_id)]
        return self.on(reverse(self.view, args=place))

    @property
    def start(self) -> str:
        """The list of what waits."""
        return self.on(reverse("reviews", args=[self.project]))

    def on(self, address: str) -> str:
        """An address with what is carried on."""
        return address if self.queue is None else f"{address}?queue={self.queue}"


def way_of(request: PageRequest, view: str = REVIEW) -> Way:
    """The way of whoever asks; a form says on which page it stands."""
    said = request.POST if request.method == "POST" else request.GET
    queue = said.get("queue", "")
    on = STORY if said.get("on") == STORY else view
    return Way(request.project.name, on, int(queue) if is_number(queue) else None)


def next_of(request: PageRequest, case: Case, way: Way) -> str:
    """The page of the next decision; "" where there is none."""
    found = next_item(case, who(request), way.queue)
    return way.to(found) if found else ""
