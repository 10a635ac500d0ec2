"""Law 2 on a real Postgres: order, batching, repetition and concurrency do not matter."""

import threading
from contextlib import closing

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentscope.traces.models import Span, SpanPayload
from agentscope.traces.payload import unpack_payload
from agentscope.traces.write import save_spans
from agentscope.vocabulary import Flag
from tests.kit.spans import NOON, SCOPE, understood, wire_span

COLUMNS = ("span_id", "start_ns", "end_ns", "name", "flags", "payload_bytes", "version")


@st.composite
def copies(draw):
    """One of a few copies of one of three spans: pending, ended, ended differently."""
    return wire_span(
        draw(st.integers(1, 3)),
        start_ns=draw(st.sampled_from([0, NOON, NOON + 7, NOON + 86_400 * 10**9])),
        end_ns=draw(st.sampled_from([0, NOON + 10**9, NOON + 2 * 10**9])),
        name=draw(st.sampled_from(["a", "b", "longer"])),
    )


@st.composite
def deliveries(draw, copies):
    """These copies, some of them more than once, in any order, in batches of any size."""
    again = draw(st.lists(st.sampled_from(copies), max_size=6))
    order = draw(st.permutations([*copies, *again]))
    cuts = sorted(draw(st.lists(st.integers(0, len(order)), max_size=4)))
    return [order[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(order)], strict=True)]


def stored():
    """All that is kept of the spans."""
    payloads = {
        (row.span_id, row.started_at): unpack_payload(bytes(row.body)).raw
        for row in SpanPayload.objects.all()
    }
    return sorted(
        [
            *(bytes(value) if isinstance(value, memoryview) else value for value in row[1:]),
            payloads[row[1], row[0]],
        ]
        for row in Span.objects.values_list("started_at", *COLUMNS)
    )


def after(batches):
    """What is stored when these batches came, and nothing else."""
    with transaction.atomic():
        for batch in batches:
            save_spans(1, understood(*batch))
        rows = stored()
        transaction.set_rollback(True)
    return rows


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_order_batching_and_repetition_do_not_matter(data):
    sent = data.draw(st.lists(copies(), min_size=1, max_size=8))
    once = after([sent])
    assert after(data.draw(deliveries(sent))) == once


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(copies(), min_size=1, max_size=8))
def test_a_conflict_is_two_different_ended_copies(sent):
    ended = {}
    for copy in sent:
        key = int.from_bytes(copy.span_id, "big"), copy.start_ns // 1000
        ended.setdefault(key, set()).update({copy.raw} if copy.end_ns else ())
    marked = {
        (row[0], row[1] // 1000): bool(row[4] & Flag.CONFLICT)
        for row in after([[copy] for copy in sent])
    }
    assert marked == {key: len(raws) > 1 for key, raws in ended.items()}


@pytest.mark.django_db
def test_ended_beats_open_whatever_comes_last():
    ended, pending = wire_span(1, name="ended"), wire_span(1, end_ns=0, name="a longer pending")
    for batches in ([[ended], [pending]], [[pending], [ended]], [[pending, ended]]):
        (row,) = after(batches)
        assert (row[3], row[4], row[-1]) == ("ended", 0, ended.raw)


@pytest.mark.django_db
def test_the_sender_is_part_of_a_copy():
    other = type(SCOPE)({}, "", "", {}, "", b"another exporter")
    one, two = wire_span(1), wire_span(1, scope=other, raw=wire_span(1).raw)
    assert after([[one], [two]]) == after([[two], [one]])
    assert after([[one], [two]])[0][4] == Flag.CONFLICT


@pytest.mark.django_db(transaction=True)
def test_concurrent_writers_store_the_same_and_never_fail():
    spans = [wire_span(at % 40 + 1, end_ns=NOON + at % 3, name="x" * (at % 5)) for at in range(240)]
    expected = after([spans])
    errors = []

    def write(order):
        try:
            with closing(connection):
                for at in range(0, len(order), 30):
                    with transaction.atomic():
                        save_spans(1, understood(*order[at : at + 30]))
        except Exception as error:  # noqa: BLE001 — any error at all breaks the law
            errors.append(error)

    writers = [
        threading.Thread(target=write, args=[order]) for order in (spans, spans[::-1], spans)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert (errors, stored()) == ([], expected)
