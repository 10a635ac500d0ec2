"""Projects that keep less than the installation, and what is held."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from agentscope.costs.days import close_days
from agentscope.costs.models import DayDue
from agentscope.retention.models import Hold, Periods
from agentscope.retention.write import BadHold, hold
from agentscope.traces import expiry, partitions
from agentscope.traces.expiry import remove_old_traces, remove_payloads
from agentscope.traces.models import Span, SpanLog, SpanPayload, Trace
from agentscope.traces.payload import Payload, unpack_payload
from agentscope.traces.read import span_detail
from agentscope.traces.retention import delete_odd_rows, drop_expired, drop_tables
from agentscope.traces.write import save_logs, save_spans
from agentscope.vocabulary import Meaning
from tests.kit.costs import uuid
from tests.kit.holding import can_be_held
from tests.kit.spans import NOON, TRACE, understood, wire_log
from tests.kit.spans import wire_span as any_span

DAY_NS = 86_400 * 10**9
NOW = datetime(2026, 11, 25, 18, tzinfo=UTC)
TODAY = date(2026, 11, 25)
WAITING = """
select 1 from pg_locks where not granted and pid in (select pid from pg_locks
    where database = (select oid from pg_database where datname = current_database()))
"""

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(settings):
    settings.AGENTSCOPE_RETENTION_DAYS = 30
    with time_machine.travel(NOW, tick=False):
        yield


def wire_span(span, start_ns, **said):
    """A span of a second."""
    return any_span(span, start_ns=start_ns, end_ns=start_ns + 10**9, **said)


def store(number, days_ago, project=1):
    """A trace with a span and a log record, of that many days ago; its id."""
    trace, start = number.to_bytes(16, "big"), NOON - days_ago * DAY_NS
    with time_machine.travel(NOW - timedelta(days=days_ago), tick=False):
        save_spans(project, understood(wire_span(1, trace_id=trace, start_ns=start)))
        save_logs(project, [(wire_log(trace_id=trace, time_ns=start), Meaning())])
        seen(trace, timezone.now())
    return uuid(number)


def seen(trace, at):
    Trace.objects.filter(trace_id=trace.hex()).update(last_seen_at=at)


def numbers(model):
    return sorted(row.trace_id.int for row in model.objects.all())


def test_the_payload_goes_and_the_metadata_stays():
    old = store(1, 10)
    store(2, 3)
    assert remove_payloads(1, TODAY - timedelta(days=7)) == 1
    assert (numbers(SpanPayload), numbers(Span), numbers(SpanLog)) == ([2], [1, 2], [1, 2])
    assert unpack_payload(bytes(SpanLog.objects.get(trace_id=old).body)) == Payload(b"")
    assert Trace.objects.get(trace_id=old).emptied_at == NOW
    detail = span_detail(1, old, 1)
    assert (detail.raw, detail.attributes, detail.span.name) == (b"", {}, "work")
    assert [len(each.record.attributes) for each in detail.logs] == [0]
    assert remove_payloads(1, TODAY - timedelta(days=7)) == 0


def test_what_comes_late_has_its_payload_removed_too():
    old = store(1, 10)
    remove_payloads(1, TODAY)
    save_spans(1, understood(wire_span(2, trace_id=TRACE, start_ns=NOON - 10 * DAY_NS)))
    save_spans(1, understood(wire_span(3, trace_id=old.bytes, start_ns=NOON - 10 * DAY_NS)))
    assert Trace.objects.get(trace_id=old).emptied_at is None
    assert remove_payloads(1, TODAY) == 0  # somebody may be sending it just now
    Trace.objects.update(last_seen_at=NOW - timedelta(hours=2))
    assert remove_payloads(1, TODAY) == 2
    assert not SpanPayload.objects.exists()


def test_old_traces_go_as_a_whole():
    store(1, 10)
    store(2, 3)
    store(3, 10, project=2)
    Trace.objects.filter(trace_id=uuid(1)).update(session="its session")
    assert remove_old_traces(1, TODAY - timedelta(days=7)) == (1, {"its session"})
    for model in (Trace, Span, SpanPayload, SpanLog):
        assert numbers(model) == [2, 3]


def test_a_trace_is_as_old_as_its_end():
    store(1, 10)
    save_spans(1, understood(wire_span(2, trace_id=uuid(1).bytes, start_ns=NOON - DAY_NS)))
    Trace.objects.update(last_seen_at=NOW - timedelta(days=1))
    assert remove_old_traces(1, TODAY - timedelta(days=7)) == (0, set())
    assert remove_payloads(1, TODAY - timedelta(days=7)) == 0


def test_a_step_is_bounded(monkeypatch):
    monkeypatch.setattr(expiry, "BATCH", 2)
    for number in (1, 2, 3):
        store(number, 10)
    assert remove_payloads(1, TODAY) == 2
    assert remove_old_traces(1, TODAY)[0] == 2
    assert remove_old_traces(1, TODAY)[0] == 1


def test_what_is_held_survives_the_periods_and_the_drop():
    held, other = store(1, 40), store(2, 40)
    hold(1, held, "a lawsuit", "ada")
    assert remove_payloads(1, TODAY) == 1
    assert remove_old_traces(1, TODAY)[0] == 1
    other = store(3, 40)
    drop_expired()
    for model in (Trace, Span, SpanPayload, SpanLog):
        assert numbers(model) == [1], model
    assert other not in {row.trace_id for row in Trace.objects.all()}
    assert partitions_of(held) == {"span_default"}
    drop_expired()
    assert numbers(Span) == [1]
    Hold.objects.all().delete()
    drop_expired()
    assert (Span.objects.count(), Trace.objects.count()) == (0, 0)


def partitions_of(trace):
    with connection.cursor() as cursor:
        cursor.execute("select tableoid::regclass::text from span where trace_id = %s", [trace])
        return {name for (name,) in cursor.fetchall()}


def test_days_are_closed_by_the_period_of_their_project():
    Periods.objects.create(project_id=1, metadata_days=7)
    for project in (1, 2):
        DayDue.objects.create(project_id=project, day=TODAY - timedelta(days=10), generation=1)
    close_days()
    assert list(DayDue.objects.filter(closed=True).values_list("project_id", flat=True)) == [1]


def test_days_of_an_installation_that_keeps_all_are_closed_by_the_period_of_their_project(settings):
    settings.AGENTSCOPE_RETENTION_DAYS = 0
    Periods.objects.create(project_id=1, metadata_days=7)
    Periods.objects.create(project_id=2, payload_days=7)
    for project in (1, 2, 3):
        DayDue.objects.create(project_id=project, day=TODAY - timedelta(days=10), generation=1)
    close_days()
    assert list(DayDue.objects.filter(closed=True).values_list("project_id", flat=True)) == [1]


def elsewhere(work, *args):
    """Done by another process, as it were."""
    try:
        return work(*args)
    finally:
        connection.close()


def wait_for(other):
    """Until the other waits for a lock, or is done."""
    with connection.cursor() as cursor:
        while not other.done():
            cursor.execute(WAITING)
            if cursor.fetchone():
                return


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("remove", [remove_old_traces, remove_payloads])
def test_who_puts_a_trace_on_hold_waits_for_what_is_removed_just_now(remove):
    store(1, days_ago=9)
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            remove(1, TODAY - timedelta(days=7))
            held = other.submit(elsewhere, hold, 1, uuid(1), "a lawsuit", "ann")
            wait_for(held)
        if remove is remove_payloads:
            assert held.result().who == "ann"
        else:
            with pytest.raises(BadHold, match="removed just now"):
                held.result()
    assert Hold.objects.exists() == Trace.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("drop", [drop_tables, delete_odd_rows])
def test_nobody_puts_a_trace_on_hold_while_days_are_dropped(drop):
    trace = store(1, days_ago=9)
    with transaction.atomic():
        drop(TODAY - timedelta(days=9))
        assert not can_be_held(1, trace)
        transaction.set_rollback(True)
    assert can_be_held(1, trace)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("drop", [drop_expired, lambda: remove_old_traces(1, TODAY)])
def test_what_is_removed_waits_for_who_puts_a_trace_on_hold(drop, monkeypatch):
    monkeypatch.setattr(partitions, "POLITE", "set local lock_timeout = 0")
    store(1, days_ago=40)
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            hold(1, uuid(1), "a lawsuit", "ann")
            dropping = other.submit(elsewhere, drop)
            wait_for(dropping)
        dropping.result()
    for model in (Trace, Span, SpanPayload, SpanLog):
        assert numbers(model) == [1], model


@pytest.mark.django_db(transaction=True)
def test_what_comes_while_a_trace_is_removed_is_a_trace_of_its_own():
    store(1, days_ago=9)

    def late():
        with transaction.atomic():
            start = NOON - 9 * DAY_NS
            save_spans(1, understood(wire_span(2, trace_id=uuid(1).bytes, start_ns=start)))

    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            remove_old_traces(1, TODAY)
            came = other.submit(elsewhere, late)
            wait_for(came)
        came.result()
    assert [each.span_id for each in Span.objects.all()] == [2]
    assert (numbers(Trace), numbers(SpanPayload), numbers(SpanLog)) == ([1], [1], [])


def test_what_comes_later_to_a_held_trace_is_held_too():
    held = store(1, 40)
    hold(1, held, "a lawsuit", "ada")
    drop_expired()
    with time_machine.travel(NOW - timedelta(days=1), tick=False):
        save_spans(1, understood(wire_span(2, trace_id=held.bytes, start_ns=NOON - 40 * DAY_NS)))
    seen(held.bytes, NOW - timedelta(days=40))
    drop_expired()
    assert remove_old_traces(1, TODAY) == (0, set())
    assert remove_payloads(1, TODAY) == 0
    assert sorted(each.span_id for each in SpanPayload.objects.all()) == [1, 2]
