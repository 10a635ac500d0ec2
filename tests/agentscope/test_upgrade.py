"""What an earlier version examined is examined again, the newest first, without hurry."""

from datetime import UTC, datetime, timedelta
from importlib import import_module
from uuid import UUID

import orjson
import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from agentscope import pipeline
from agentscope.compression import compress
from agentscope.costs.models import PathCost
from agentscope.pipeline import examine, examine_at_leisure, examine_due
from agentscope.projects.models import Key, Project
from agentscope.projects.write import create_key
from agentscope.traces.examined import claim_at_leisure, claim_due, waiting_at_leisure
from agentscope.traces.models import Trace, TraceIndex
from agentscope.traces.read import trace, trace_tree
from agentscope.traces.tree import UNKNOWN
from agentscope.traces.write import save_spans
from agentscope.vocabulary import Kind, Meaning, Usage
from tests.kit.costs import call, sent, uuid
from tests.kit.spans import TRACE, wire_span

pytestmark = pytest.mark.django_db

ID = UUID(bytes=TRACE)
RUN = [
    (
        wire_span(1, name="chat"),
        Meaning(kind=Kind.LLM, model="gpt-4o", provider="openai", usage=Usage(100, 10)),
    )
]
MIGRATION = import_module("agentscope.costs.migrations.0002_roll_ups")
HOUR = timedelta(hours=1)


def upgrade():
    """What the migration does with the traces that are there."""
    with connection.cursor() as cursor:
        cursor.execute(MIGRATION.EXAMINE_AGAIN)


def pack_otherwise():
    """Make of the stored trees what an earlier version wrote."""
    head = orjson.dumps({"format": 1, "rows": 1, "texts": [""]})
    old = compress(len(head).to_bytes(4, "little") + head)
    TraceIndex.objects.update(body=old)


def examined_before(number: int, started_at: datetime) -> None:
    Trace.objects.create(
        trace_id=UUID(int=number),
        project_id=1,
        started_at=started_at,
        start_ns=0,
        examine_after=None,
        state="ended",
    )


def test_a_trace_of_an_earlier_version_gets_its_costs():
    save_spans(7, RUN)
    examine(7, ID)
    cost = trace(7, ID).known_cost
    PathCost.objects.all().delete()
    pack_otherwise()
    upgrade()
    assert waiting_at_leisure() == 0  # it is due anyway
    Trace.objects.update(examine_after=None)
    upgrade()
    assert waiting_at_leisure() == 1
    examine_due()
    assert not PathCost.objects.exists()
    examine_at_leisure()
    assert waiting_at_leisure() == 0
    assert [line.known_cost for line in PathCost.objects.all()] == [cost]
    assert trace_tree(7, ID).cost[0] == cost * 10**12


def test_the_newest_first_whatever_their_clocks_say():
    now = timezone.now()
    old = datetime(1970, 1, 1, tzinfo=UTC)
    future = datetime(2250, 1, 1, tzinfo=UTC)
    for number, started_at in enumerate((now - HOUR, old, future, now - 2 * HOUR), start=1):
        examined_before(number, started_at)
    upgrade()
    assert claim_due() == []
    order = [claim_at_leisure()[0][1].int for _ in range(4)]
    assert order == [3, 1, 4, 2]
    assert claim_at_leisure() == []


def test_what_comes_in_does_not_wait_for_them():
    for number in range(10, 60):
        examined_before(number, timezone.now() - HOUR)
    upgrade()
    save_spans(7, RUN)
    assert claim_due() == [(7, ID)]


def test_a_span_that_comes_makes_it_due_like_any_other():
    save_spans(7, RUN)
    examine(7, ID)
    Trace.objects.update(examine_after=None)
    upgrade()
    save_spans(7, RUN)
    assert waiting_at_leisure() == 0


def test_it_gives_way_after_a_part_of_a_second(monkeypatch):
    for number in range(1, 6):
        examined_before(number, timezone.now() - HOUR)
    upgrade()
    clock = iter([0.0, 0.0, 0.1, 0.6])
    monkeypatch.setattr(pipeline, "LEISURELY", 0.5)
    monkeypatch.setattr(pipeline, "monotonic", lambda: next(clock))
    examine_at_leisure()
    assert waiting_at_leisure() == 3


def test_one_that_is_looked_at_is_examined_next():
    save_spans(7, RUN)
    examine(7, ID)
    pack_otherwise()
    Trace.objects.update(examine_after=None)
    upgrade()
    assert trace_tree(7, ID).cost.tolist() == [UNKNOWN]
    assert claim_due() == [(7, ID)]
    assert trace_tree(8, ID) is None


def test_a_trace_of_which_spans_know_their_key_says_it_after_an_upgrade():
    key, _ = create_key(Project.objects.create(name="shop"), Key.Scope.INGEST, "ci")
    save_spans(key.project_id, sent(key.pk, call(1, 1, 0)))
    examine(key.project_id, uuid(1))
    examined_before(2, timezone.now())
    Trace.objects.update(keys=[], examine_after=None)
    Trace.objects.filter(trace_id=UUID(int=2)).update(last_seen_at=before_spans_knew())
    with connection.cursor() as cursor:
        cursor.execute(import_module("agentscope.traces.migrations.0020_keys_again").EXAMINE_AGAIN)
    assert waiting_at_leisure() == 1
    examine_at_leisure()
    assert Trace.objects.get(trace_id=uuid(1)).keys == [key.name]


def before_spans_knew() -> datetime:
    """A time before the migration by which spans know their key."""
    known = MigrationRecorder.Migration.objects.get(app="traces", name="0015_sent_by")
    applied: datetime = known.applied
    return applied - HOUR
