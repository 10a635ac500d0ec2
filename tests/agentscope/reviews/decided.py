"""Records of decisions, as they would be derived."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

from agentscope.records.models import Record
from agentscope.reviews.case import Case, Who
from agentscope.reviews.models import Queue
from agentscope.reviews.queues import save_queue
from tests.kit.costs import NOON_TIME, uuid

ANN, BOB = Who("ann"), Who("bob")
LONG_AGO = datetime.fromisoformat("2020-01-01T00:00:00+00:00")


def record(project_id: int, trace: int = 1, span: int = 1, **said: Any) -> Case:
    """A decision of the planner, with as much of it as is said."""
    body = said.pop("body", {"trace": trace, "span": span})
    usual: dict[str, Any] = {
        "at": NOON_TIME,
        "took_ns": 10**9,
        "agent": "planner",
        "path": "planner",
        "version": "",
        "session": "",
        "end_user": "",
        "environment": "",
        "outcome": "done",
        "authority": "none",
        "pico": 10**12,
        "unpriced": 0,
        "rejected": 0,
        "rejected_pico": None,
        "rejected_unpriced": 0,
        "made_by": 1,
        "body": body,
        "digest": sha256(repr(body).encode()).digest(),
    }
    case = Case(project_id, uuid(trace), span)
    named: dict[str, Any] = case.named
    Record.objects.filter(**named).delete()  # as it is written anew
    Record.objects.create(**named, **usual | said)
    return case


def queue(project_id: int, **said: Any) -> Queue:
    """A queue that draws decisions of any time."""
    asked = {"name": "q", "hours": 24} | said
    made = save_queue(project_id, "ann", asked)
    Queue.objects.filter(pk=made.pk).update(since=LONG_AGO)
    made.since = LONG_AGO
    return made
