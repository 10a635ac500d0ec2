"""Of the keys with which copies of a span came, the one that was made first counts, whatever came
when."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentscope.traces.load import load_spans
from agentscope.traces.models import Span, SpanLog, SpanPayload, Trace
from agentscope.traces.senders import senders
from agentscope.traces.write import save_logs, save_spans
from agentscope.vocabulary import Meaning, WireLog, WireSpan
from tests.kit.costs import uuid
from tests.kit.spans import NOON, SCOPE, understood, wire_log, wire_span

pytestmark = pytest.mark.django_db
KEYS = st.none() | st.integers(3, 6)


def with_key(key: int | None, record: Any) -> Any:
    """The same record as if it had come with that key."""
    return replace(record, scope=replace(SCOPE, sent_by=key))


def sent_by() -> int | None:
    return Span.objects.get().sent_by


def test_it_works() -> None:
    save_spans(7, understood(with_key(4, wire_span(1)), wire_span(2)))
    assert dict(Span.objects.values_list("span_id", "sent_by")) == {1: 4, 2: None}


@pytest.mark.parametrize(
    ("first", "then", "counts"), [(4, 3, 3), (3, 4, 3), (None, 4, 4), (4, None, 4), (4, 4, 4)]
)
def test_a_span_that_is_sent_again_counts_for_the_older_key(
    first: int | None, then: int | None, counts: int
) -> None:
    for key in (first, then):
        save_spans(7, understood(with_key(key, wire_span(1))))
    assert sent_by() == counts


def test_the_copy_that_is_kept_is_no_other_for_it() -> None:
    opened, ended = wire_span(1, end_ns=0, raw=b"opened"), wire_span(1, raw=b"ended, and longer")
    save_spans(7, understood(with_key(4, ended)))
    before = bytes(SpanPayload.objects.get().body)
    save_spans(7, understood(with_key(3, opened)))
    span = Span.objects.get()
    assert (span.sent_by, span.end_ns) == (3, NOON + 10**9)
    assert bytes(SpanPayload.objects.get().body) == before


def copies() -> st.SearchStrategy[list[tuple[int | None, WireSpan]]]:
    """Copies of one span, opened and ended, each with a key or none."""
    ends = st.sampled_from([0, NOON + 1, NOON + 10**9])
    spans = ends.map(lambda end: wire_span(1, end_ns=end, raw=str(end).encode()))
    return st.lists(st.tuples(KEYS, spans), min_size=1, max_size=5)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(copies(), st.data())
def test_order_and_batches_and_repetition_do_not_matter(
    sent: list[tuple[int | None, WireSpan]], data: Any
) -> None:
    found = set()
    for order in (sent, data.draw(st.permutations(sent)), [*sent, *sent]):
        for model in (Span, SpanPayload, Trace):
            model.objects.all().delete()
        left = understood(*(with_key(key, span) for key, span in order))
        while left:
            size = data.draw(st.integers(1, len(left)))
            save_spans(7, left[:size])
            left = left[size:]
        span = Span.objects.get()
        found.add((span.sent_by, span.end_ns, span.flags, bytes(span.version)))
    ((sender, *_),) = found
    assert sender == min((key for key, _ in sent if key is not None), default=None)


def test_a_span_of_which_the_start_changed_counts_for_the_older_key() -> None:
    later = wire_span(1, start_ns=NOON + 5, end_ns=NOON + 2 * 10**9)
    save_spans(7, understood(with_key(4, later), with_key(3, wire_span(1)), wire_span(2)))
    found = load_spans(7, Span.objects.values_list("trace_id", flat=True)[0])
    assert dict(zip(found.span_id.tolist(), found.sent_by.tolist(), strict=True)) == {1: 3, 2: -1}
    assert senders(found) == [3]
    assert not len(load_spans(7, uuid(99)))


@pytest.mark.parametrize("is_apart", [False, True])
@pytest.mark.parametrize("keys", [(3, 4), (4, 3), (None, 3), (3, None)])
def test_a_record_that_is_sent_again_counts_for_the_older_key(
    keys: tuple[int | None, int | None], is_apart: bool
) -> None:
    logs: list[tuple[WireLog, Meaning]] = [(with_key(key, wire_log()), Meaning()) for key in keys]
    for batch in [[each] for each in logs] if is_apart else [logs]:
        with transaction.atomic():
            save_logs(7, batch)
    assert SpanLog.objects.get().sent_by == 3
