"""What is stored is measured: whose it is, of what kind, and how old."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agentscope.projects.write import create_project
from agentscope.retention.disk import Disk
from agentscope.retention.write import hold
from agentscope.storage import measure as measuring
from agentscope.storage.kinds import NAMES, kind_of, tables
from agentscope.storage.measure import measure, measure_if_due, measured, sizes
from agentscope.storage.models import Age, DiskDay, Stored
from agentscope.storage.read import storage
from agentscope.traces.models import SpanPayload, Trace
from tests.kit.costs import agent, call, settle, store, uuid

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(monkeypatch):
    """A project. Tables that other tests left large, though empty, are looked at as a whole."""
    monkeypatch.setattr(measuring, "PAGES", 10**9)
    return create_project("shop")


def fill(project, number, spans=1, text="x"):
    """A trace of some spans, with payloads that tell no more than `text`."""
    store(project.pk, *(agent(number, each + 1, text) for each in range(spans)))


def test_each_table_of_projects_is_of_a_kind_that_has_a_name():
    found = {model._meta.db_table: kind for model, kind in tables().items()}
    assert set(found.values()) <= set(NAMES)
    assert found["span"] == found["trace_index"] == "spans"
    assert found["span_payload"] == "payloads"
    assert found["ledger_entry"] == "ledger"
    assert found["path_cost"] == "sums"
    assert found["project_key"] == "rest"
    assert "project" not in found


def test_a_project_has_what_its_rows_take_up_of_each_table(shop):
    other = create_project("other")
    fill(shop, 1, spans=30)
    fill(other, 2, spans=10)
    found = measured()
    ours, theirs = found[shop.pk].kinds, found[other.pk].kinds
    names = [model._meta.db_table for model in tables() if kind_of(model) == "payloads"]
    assert ours["payloads"] + theirs["payloads"] == pytest.approx(
        sum(size for size, _ in sizes(names).values()), abs=5
    )
    assert 2 * theirs["payloads"] < ours["payloads"] < 4 * theirs["payloads"]
    assert not found[shop.pk].estimated


def test_who_says_more_has_more(shop):
    other = create_project("other")
    fill(shop, 1, spans=20)
    fill(other, 2, spans=20)
    noise = "".join(chr(33 + (n * n + n // 7) % 90) for n in range(1000)).encode()
    for row in SpanPayload.objects.filter(project_id=shop.pk):
        SpanPayload.objects.filter(
            project_id=row.project_id, trace_id=row.trace_id, span_id=row.span_id
        ).update(body=noise * 20)
    found = measured()
    assert found[shop.pk].kinds["payloads"] > 3 * found[other.pk].kinds["payloads"]


def test_a_project_without_anything_is_measured_too(shop):
    assert not measured()[shop.pk].kinds["spans"]


def test_of_a_large_table_some_pages_are_looked_at(shop, monkeypatch):
    fill(shop, 1, spans=60)
    monkeypatch.setattr(measuring, "PAGES", 0.5)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = measured()
    assert "payloads" in found[shop.pk].estimated
    assert any("tablesample system (50" in each["sql"] for each in asked)


def test_nothing_is_read_of_what_was_said(shop):
    """How long a value is is known without it."""
    fill(shop, 1, spans=3)
    with CaptureQueriesContext(connection) as asked:
        measure()
    for each in asked:
        assert "body" not in each["sql"].replace('pg_column_size("body")', "")
    assert len(asked) <= len(tables()) + 20


def test_it_takes_no_more_questions_where_there_is_more(shop):
    fill(shop, 1)
    measure()
    with CaptureQueriesContext(connection) as few:
        measure()
    for number in range(2, 12):
        fill(shop, number, spans=5)
    with CaptureQueriesContext(connection) as many:
        measure()
    assert len(few) == len(many)


def test_a_day_has_its_last_measurement(shop):
    with time_machine.travel("2026-11-20T10:00:00Z", tick=False):
        measure()
    with time_machine.travel("2026-11-20T12:00:00Z", tick=False):
        measure()
    with time_machine.travel("2026-11-21T00:00:01Z", tick=False):
        measure()
        found = storage(shop.pk)
    assert [day for day, _ in found.days] == [date(2026, 11, 20), date(2026, 11, 21)]
    assert Stored.objects.get(project_id=shop.pk, day="2026-11-20").at.hour == 12
    assert DiskDay.objects.count() == 2


def test_what_was_measured_long_ago_is_forgotten(shop):
    now = timezone.now()
    with time_machine.travel(now - timedelta(days=401), tick=False):
        measure()
    measure()
    assert Stored.objects.filter(project_id=shop.pk).count() == DiskDay.objects.count() == 1


def test_it_is_due_once_an_hour(shop):
    with time_machine.travel("2026-11-20T10:00:00Z", tick=False):
        assert measure_if_due()
    with time_machine.travel("2026-11-20T10:59:00Z", tick=False):
        assert not measure_if_due()
    with time_machine.travel("2026-11-20T11:00:00Z", tick=False):
        assert measure_if_due()


def test_traces_are_counted_by_the_day_of_their_end(shop):
    store(shop.pk, agent(1, 1, "planner"), call(1, 2, 1))
    store(shop.pk, agent(2, 1, "planner"))
    settle()
    hold(shop.pk, uuid(2), "a lawsuit", "ada")
    day = Trace.objects.first().started_at.date()
    Trace.objects.filter(trace_id=uuid(1)).update(emptied_at=timezone.now())
    measure()
    measure()
    assert set(Age.objects.values_list("day", "is_held", "is_emptied", "traces", "spans")) == {
        (day, False, True, 1, 2),
        (day, True, False, 1, 1),
    }


def test_the_disk_is_measured_where_it_can_be_seen(shop, monkeypatch):
    monkeypatch.setattr(measuring, "disk", lambda: Disk(free=5, total=9))
    measure()
    found = DiskDay.objects.get()
    assert (found.free, found.total) == (5, 9)
    assert found.database > 10**6
    monkeypatch.setattr(measuring, "disk", lambda: None)
    measure()
    assert DiskDay.objects.get().free is None
