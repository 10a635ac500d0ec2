"""From the inbox to spans: everything once, nothing lost, no request in the way of another."""

import gzip
from datetime import timedelta

import psycopg
import pytest
from django.db import OperationalError, connections
from django.db.models import F
from django.utils import timezone
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from agentscope.inbox.models import DeadLetter, Inbox
from agentscope.inbox.write import note_attempt
from agentscope.traces.models import Span, SpanLog, Trace
from agentscope.traces.write import save_spans
from ingest import drain as draining
from ingest import tasks
from ingest.drain import MOST_ATTEMPTS, TryLater, drain
from tests.kit.spans import NOON, TRACE

pytestmark = pytest.mark.django_db

PROTOBUF = "application/x-protobuf"


def traces(*spans):
    """A request with these spans, by their numbers."""
    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    for span in spans:
        scope.spans.add(
            trace_id=TRACE,
            span_id=span.to_bytes(8, "big"),
            name="work",
            start_time_unix_nano=NOON,
            end_time_unix_nano=NOON + 1,
        )
    return request.SerializeToString()


def logs():
    request = ExportLogsServiceRequest()
    scope = request.resource_logs.add().scope_logs.add()
    scope.log_records.add(
        trace_id=TRACE,
        span_id=(1).to_bytes(8, "big"),
        time_unix_nano=NOON,
        event_name="gen_ai.choice",
    )
    return request.SerializeToString()


def receive(body, project=1, signal="traces", encoding="", content_type=PROTOBUF):
    return Inbox.objects.create(
        project_id=project, signal=signal, content_type=content_type, encoding=encoding, body=body
    )


def stored():
    return sorted(Span.objects.values_list("project_id", "span_id"))


def test_it_works():
    receive(gzip.compress(traces(1, 2)), encoding="gzip")
    assert (drain(), drain()) == (1, 0)
    assert stored() == [(1, 1), (1, 2)]
    assert (Inbox.objects.count(), Trace.objects.count()) == (0, 1)


def test_an_empty_request_just_goes():
    receive(b"")
    assert (drain(), Inbox.objects.count(), DeadLetter.objects.count()) == (1, 0, 0)


def test_logs():
    receive(logs(), signal="logs")
    assert drain() == 1
    assert SpanLog.objects.get().event_name == "gen_ai.choice"


def test_one_transaction_is_of_one_project_and_signal():
    for project, body, signal in [(2, traces(1), "traces"), (1, logs(), "logs")] * 2:
        receive(body, project, signal)
    assert drain() == 2
    assert stored() == [(2, 1)]
    assert (drain(), drain(), SpanLog.objects.count()) == (2, 0, 1)


def test_a_resent_request_changes_nothing():
    for _ in range(3):
        receive(traces(1, 2))
        assert drain() == 1
    assert Span.objects.filter(flags=0).count() == 2


def test_a_poisoned_request_is_a_dead_letter_and_stops_no_other():
    receive(traces(1))
    poison = receive(b"\xff\xff not protobuf")
    bomb = receive(b"not gzip", encoding="gzip")
    receive(traces(2))
    assert drain() == 4
    assert stored() == [(1, 1), (1, 2)]
    dead = {bytes(letter.body): letter for letter in DeadLetter.objects.all()}
    assert set(dead) == {bytes(poison.body), bytes(bomb.body)}
    assert dead[poison.body].error.startswith("Undecodable: ")
    assert dead[poison.body].received_at == poison.received_at
    assert Inbox.objects.count() == 0


def test_an_error_with_nul_can_be_written_down(monkeypatch):
    def fail(*_):
        raise ValueError("bad \0 text")

    monkeypatch.setattr(draining, "save_spans", fail)
    receive(traces(1))
    assert drain() == 1
    assert DeadLetter.objects.get().error == "ValueError: bad \ufffd text"


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("the connection is closed"),
        psycopg.errors.DeadlockDetected("deadlock detected"),
        psycopg.errors.SerializationFailure("could not serialize"),
        psycopg.errors.DiskFull("no space left on device"),
        psycopg.errors.AdminShutdown("terminating connection"),
        psycopg.errors.CheckViolation("its partition was made meanwhile"),
        psycopg.OperationalError("server closed the connection unexpectedly"),
    ],
)
def test_what_is_not_the_fault_of_a_request_is_tried_later(monkeypatch, error):
    def fail(*_):
        raise error

    receive(traces(1))
    with monkeypatch.context() as broken:
        broken.setattr(draining, "save_spans", fail)
        with pytest.raises(TryLater):
            drain()
    assert (Inbox.objects.count(), DeadLetter.objects.count()) == (1, 0)
    assert (drain(), stored()) == (1, [(1, 1)])


def test_a_killed_worker_leaves_the_request(monkeypatch):
    def save_and_die(*spans):
        save_spans(*spans)
        raise SystemExit

    receive(traces(1))
    with monkeypatch.context() as dying:
        dying.setattr(draining, "save_spans", save_and_die)
        with pytest.raises(SystemExit):
            drain()
    assert (Inbox.objects.count(), Span.objects.count()) == (1, 0)


def test_a_transaction_takes_so_many_requests_and_no_more():
    for span in range(1, 6):
        receive(traces(span))
    assert (drain(limit=2), Inbox.objects.count()) == (2, 3)
    assert [span for _, span in stored()] == [1, 2]


def test_content_beyond_enough_waits(monkeypatch):
    monkeypatch.setattr(draining, "INFLATED", 1)
    for span in (1, 2):
        receive(traces(span))
    assert (drain(), drain(), drain()) == (1, 1, 0)


def test_a_large_request_does_not_ride_on_a_small_one():
    receive(traces(1))
    receive(traces(*range(2, 2000)))
    receive(traces(2000))
    assert (drain(), [span for _, span in stored()]) == (2, [1, 2000])
    assert (drain(), len(stored())) == (1, 2000)


@pytest.mark.django_db(transaction=True)
def test_a_claimed_request_is_left_to_its_worker():
    first = receive(traces(1))
    receive(traces(2))
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("begin")
            cursor.execute("select 1 from inbox where id = %s for update", [first.id])
            assert (drain(), stored()) == (1, [(1, 2)])
            assert drain() == 0
            cursor.execute("rollback")
    finally:
        other.close()
    assert drain() == 1


def test_the_task_drains_all_and_wakes_examination(monkeypatch):
    woken = []
    monkeypatch.setattr(tasks, "wake_examine", lambda: woken.append("examine"))
    monkeypatch.setattr(tasks, "wake_drain", lambda: woken.append("drain"))
    for project in (1, 2):
        receive(traces(1), project)
    tasks.drain_inbox()
    assert (Inbox.objects.count(), woken) == (0, ["examine", "examine"])


def test_the_task_gives_others_a_turn(monkeypatch):
    woken = []
    monkeypatch.setattr(tasks, "TURN", 0)
    monkeypatch.setattr(tasks, "wake_examine", lambda: None)
    monkeypatch.setattr(tasks, "wake_drain", lambda: woken.append("drain"))
    for project in (1, 2):
        receive(traces(1), project)
    tasks.drain_inbox()
    assert (Inbox.objects.count(), woken) == (1, ["drain"])


def test_the_task_survives_a_lost_database(monkeypatch, caplog):
    def fail():
        raise TryLater("no connection")

    monkeypatch.setattr(tasks, "drain", fail)
    tasks.drain_inbox()
    assert "no connection" in caplog.text


def waits(**ago: float) -> None:
    """Make every request in the inbox older by that much."""
    then = timezone.now() - timedelta(**ago)
    Inbox.objects.update(received_at=then, attempted_at=F("attempted_at") - timedelta(**ago))


def test_a_request_is_noted_only_when_it_waits_for_long():
    receive(traces(1))
    assert note_attempt() is None
    waits(minutes=1)
    assert note_attempt().attempts == 1
    assert note_attempt() is None, "another worker looked at it a moment ago"


def test_a_request_that_may_have_ended_a_worker_is_stored_alone():
    for span in (1, 2, 3):
        receive(traces(span))
    waits(minutes=1)
    note_attempt()  # by a worker that was killed then
    assert (drain(), stored()) == (1, [(1, 1)])
    assert drain() == 2


def test_a_first_attempt_at_an_old_request_takes_others_along():
    for span in (1, 2):
        receive(traces(span))
    waits(minutes=1)
    assert drain() == 2


def test_a_request_that_ends_every_worker_is_buried(monkeypatch):
    receive(traces(1))
    monkeypatch.setattr(draining, "store", lambda requests: pytest.fail("it would end us"))
    for _ in range(MOST_ATTEMPTS):
        waits(minutes=1)
        note_attempt()
    waits(minutes=1)
    assert drain() == 1
    assert "ended 5 workers" in DeadLetter.objects.get().error
