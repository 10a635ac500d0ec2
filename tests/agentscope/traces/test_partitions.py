"""Days are made ahead, rows move out of the default partition, and expired days go."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection, connections
from django.utils import timezone

from agentscope.traces.models import Envelope, Span, SpanLog, SpanPayload, Trace, TraceIndex
from agentscope.traces.partitions import ensure_partitions
from agentscope.traces.retention import drop_expired
from agentscope.traces.write import save_logs, save_spans
from agentscope.vocabulary import Meaning
from tests.kit.spans import NOON, TRACE, understood, wire_log, wire_span

DAY_NS = 86_400 * 10**9
NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)  # hours after NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


def days(table="span"):
    """The days that have a partition of their own, without those of `migrate`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select substring(inhrelid::regclass::text from '[0-9]{8}$') from pg_inherits"
            " where inhparent = %s::regclass order by 1",
            [table],
        )
        return [name for (name,) in cursor.fetchall() if name]


def partition_of(span):
    with connection.cursor() as cursor:
        cursor.execute("select tableoid::regclass::text from span where span_id = %s", [span])
        return cursor.fetchone()[0]


@pytest.fixture
def no_days():
    with connection.cursor() as cursor:
        for table in ("span", "span_payload", "span_log"):
            for day in days(table):
                cursor.execute(f"drop table {table}_{day}")


@pytest.mark.usefixtures("no_days")
def test_three_days_each_way():
    ensure_partitions()
    expected = [f"202611{day}" for day in range(22, 29)]
    assert [days(table) for table in ("span", "span_payload", "span_log")] == [expected] * 3
    ensure_partitions()
    assert days() == expected


@pytest.mark.usefixtures("no_days")
def test_rows_move_out_of_the_default_partition():
    with time_machine.travel(NOW - timedelta(days=10), tick=False):  # then it is too far ahead
        save_spans(1, understood(wire_span(1)))
        save_logs(1, [(wire_log(), Meaning())])
    assert partition_of(1) == "span_default"
    ensure_partitions()
    assert partition_of(1) == "span_20261125"
    assert (Span.objects.count(), SpanPayload.objects.count(), SpanLog.objects.count()) == (1, 1, 1)
    save_spans(1, understood(wire_span(1)))
    assert Span.objects.count() == 1


@pytest.mark.usefixtures("no_days")
@pytest.mark.parametrize(
    ("offset", "table"),
    [
        (0, "span_20261125"),
        (-20, "span_20261105"),
        (2, "span_20261127"),
        (-40, "span_default"),
        (3, "span_default"),
        (-20_000, "span_default"),
    ],
)
def test_the_writer_makes_days_within_reason(offset, table):
    save_spans(1, understood(wire_span(1, start_ns=NOON + offset * DAY_NS)))
    assert partition_of(1) == table


@pytest.mark.usefixtures("no_days")
def test_one_batch_cannot_fill_the_catalogue():
    save_spans(1, understood(*(wire_span(at, start_ns=NOON - at * DAY_NS) for at in range(30))))
    assert (len(days()), Span.objects.count()) == (8, 30)


@pytest.mark.usefixtures("no_days")
def test_a_locked_table_costs_nothing_but_the_partition(caplog):
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("begin")
            cursor.execute("select pg_advisory_xact_lock(hashtext('agentscope.partitions'))")
        save_spans(1, understood(wire_span(1)))
    finally:
        other.close()
    assert (partition_of(1), "will try again" in caplog.text) == ("span_default", True)


def store(trace, *days_ago):
    """A trace with a span that many days ago each, stored on that day."""
    for span, ago in enumerate(days_ago):
        with time_machine.travel(NOW - timedelta(days=ago), tick=False):
            start = NOON - ago * DAY_NS
            save_spans(1, understood(wire_span(span, trace_id=trace, start_ns=start)))


def seen(days_ago):
    Trace.objects.update(last_seen_at=timezone.now() - timedelta(days=days_ago))


def test_whole_days_are_dropped_with_what_they_leave(settings):
    settings.AGENTSCOPE_RETENTION_DAYS = 30
    store(TRACE, 40)
    TraceIndex.objects.create(trace_id=TRACE.hex(), project_id=1, generation=1, body=b"")
    Envelope.objects.update(seen_on=date(2026, 10, 16))
    seen(days_ago=40)
    assert "20261016" in days()
    drop_expired()
    assert "20261016" not in days()
    for model in (Span, SpanPayload, Trace, TraceIndex, Envelope):
        assert model.objects.count() == 0


def test_what_is_young_stays(settings):
    settings.AGENTSCOPE_RETENTION_DAYS = 30
    store(TRACE, 30)
    drop_expired()
    assert (Span.objects.count(), Trace.objects.count(), Envelope.objects.count()) == (1, 1, 1)


def test_a_trace_with_a_younger_span_stays_and_is_examined_again(settings):
    settings.AGENTSCOPE_RETENTION_DAYS = 30
    store(TRACE, 40, 1)
    Trace.objects.update(examine_after=None)
    drop_expired()
    assert [span.span_id for span in Span.objects.all()] == [1]
    assert Trace.objects.get().examine_after is not None


def test_a_wrong_clock_does_not_shorten_a_life(settings):
    settings.AGENTSCOPE_RETENTION_DAYS = 30
    save_spans(1, understood(wire_span(1, start_ns=0), wire_span(2, start_ns=NOON * 2)))
    seen(days_ago=29)
    drop_expired()
    assert Span.objects.count() == 2
    seen(days_ago=31)
    drop_expired()
    assert (Span.objects.count(), SpanPayload.objects.count(), Trace.objects.count()) == (0, 0, 0)


def test_a_record_without_a_time_waits_for_its_span(settings):
    settings.AGENTSCOPE_RETENTION_DAYS = 30
    save_logs(1, [(wire_log(time_ns=0), Meaning())])
    seen(days_ago=2)
    drop_expired()
    assert (SpanLog.objects.count(), Trace.objects.count()) == (1, 1)
    seen(days_ago=31)
    drop_expired()
    assert (SpanLog.objects.count(), Trace.objects.count()) == (0, 0)


def test_zero_days_keep_all(settings):
    settings.AGENTSCOPE_RETENTION_DAYS = 0
    store(TRACE, 390)
    drop_expired()
    assert (Span.objects.count(), "20251031" in days()) == (1, True)
