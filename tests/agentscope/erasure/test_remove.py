"""Traces go as a whole, also while spans of them are being stored."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from agentscope.erasure import remove
from agentscope.erasure.remove import remove_traces
from agentscope.traces.models import Span, SpanLog, SpanPayload, Trace
from agentscope.traces.write import save_logs, save_spans
from agentscope.vocabulary import Meaning
from tests.kit.spans import TRACE, understood, wire_log, wire_span

pytestmark = pytest.mark.django_db(transaction=True)
WAITING = """
select 1 from pg_locks where not granted and pid in (select pid from pg_locks
    where database = (select oid from pg_database where datname = current_database()))
"""


@pytest.fixture
def other() -> Iterator[ThreadPoolExecutor]:
    """A writer beside us, with a connection of its own."""
    with ThreadPoolExecutor(1) as made:
        yield made
        made.submit(lambda: connection.close()).result()  # its own, not ours


def store(number: int) -> None:
    """A span and a log record of the trace."""
    with transaction.atomic():
        save_spans(1, understood(wire_span(number)))
        save_logs(1, [(wire_log(event_name=f"record {number}"), Meaning())])


def left() -> dict[str, int]:
    return {each.__name__: each.objects.count() for each in (Trace, Span, SpanPayload, SpanLog)}


@pytest.mark.parametrize("before", ["span", "span_log", "span_payload", "trace"])
def test_what_is_stored_meanwhile_goes_with_its_trace(
    other: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    store(1)
    everything = remove.tables()
    came: list[None] = []

    def one_by_one() -> Iterator[tuple[str, str]]:
        for table, column in everything:
            if table == before and not came:
                came.append(other.submit(store, 2).result())
            yield table, column

    monkeypatch.setattr(remove, "tables", one_by_one)
    with transaction.atomic():
        gone = remove_traces(1, [TRACE.hex()])
    assert came
    assert left() == {"Trace": 0, "Span": 0, "SpanPayload": 0, "SpanLog": 0}
    assert [gone.counts[each] for each in ("traces", "spans", "records")] == [1, 2, 2]


def test_what_comes_once_the_trace_is_gone_is_a_trace_of_its_own(
    other: ThreadPoolExecutor,
) -> None:
    store(1)
    with transaction.atomic():
        remove_traces(1, [TRACE.hex()])
        late = other.submit(store, 2)
        wait_for(late)
    late.result()
    assert left() == {"Trace": 1, "Span": 1, "SpanPayload": 1, "SpanLog": 1}
    assert list(Span.objects.values_list("span_id", flat=True)) == [2]


def wait_for(other: Future[None]) -> None:
    """Until the other waits for what we removed, or is done."""
    with connection.cursor() as cursor:
        while not other.done():
            cursor.execute(WAITING)
            if cursor.fetchone():
                return
