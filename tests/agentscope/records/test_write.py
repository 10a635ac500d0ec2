"""Records as they are stored when a trace is examined."""

import random
from uuid import UUID

import pytest
from django.db.models import F

from agentscope.pipeline import examine
from agentscope.records.body import digest
from agentscope.records.models import Record
from agentscope.records.write import forget_records
from agentscope.traces.models import Span, SpanPayload, Trace
from agentscope.traces.write import save_spans
from ingest.dialects import understand
from ingest.otlp import decode_traces
from tests.kit.corpus import cases, replay

pytestmark = pytest.mark.django_db
PROJECT = 1
NAME = "openai-agents-openinference"


@pytest.fixture
def replayed():
    replay(next(case for case in cases() if case.name == NAME), PROJECT)
    return Record.objects.filter(project_id=PROJECT)


def examine_again():
    for trace_id in Trace.objects.values_list("trace_id", flat=True):
        examine(PROJECT, trace_id)


def test_records_are_written_with_their_digests(replayed):
    found = list(replayed)
    assert {record.agent for record in found} == {"Triage", "Topic Guard", "Billing", "Refunds"}
    assert all(digest(record.body) == bytes(record.digest) for record in found)


def test_what_did_not_change_is_left_alone(replayed):
    replayed.update(recorded=7)
    examine_again()
    assert set(replayed.values_list("recorded", flat=True)) == {7}


def test_what_changed_is_written_anew_and_to_be_told_again(replayed):
    replayed.update(recorded=7)
    changed = replayed.filter(agent="Billing").first()
    Record.objects.filter(pk=changed.pk).update(digest=b"other", outcome="failed")
    examine_again()
    assert Record.objects.get(pk=changed.pk).outcome == "done"
    assert list(replayed.filter(recorded=None).values_list("span_id")) == [(changed.span_id,)]


def test_records_live_as_long_as_their_trace(replayed):
    first = replayed.first().trace_id
    Trace.objects.filter(trace_id=first).delete()
    forget_records()
    assert not replayed.filter(trace_id=first).exists()
    assert replayed.exists()


def test_two_projects_that_hold_the_same_run_have_records_of_their_own(replayed):
    replay(next(case for case in cases() if case.name == NAME), 2)
    assert digests(2) == digests(PROJECT)


@pytest.mark.parametrize("seed", range(3))
def test_order_batches_and_lateness_do_not_matter(replayed, seed):
    case, chance = next(case for case in cases() if case.name == NAME), random.Random(seed)
    spans = [
        span for body, kind in case.bodies("traces") for span in decode_traces(body, kind).items
    ]
    chance.shuffle(spans)
    for part in (spans[:7], spans[7:30], spans[20:]):
        save_spans(2, [(span, understand(span)) for span in part])
        for trace_id in {UUID(bytes=span.trace_id) for span in part}:
            examine(2, trace_id)
    assert digests(2) == digests(PROJECT)


def digests(project):
    """The digests of the records of a project, by span."""
    rows = Record.objects.filter(project_id=project).values_list("span_id", "digest")
    return {span: bytes(digest) for span, digest in rows}


def test_a_record_stays_as_it_was_when_contents_are_gone(replayed):
    before = {record.span_id: bytes(record.digest) for record in replayed}
    SpanPayload.objects.all().delete()
    examine_again()
    assert {record.span_id: bytes(record.digest) for record in replayed} == before


def test_what_never_had_contents_is_recorded_without_them(replayed):
    SpanPayload.objects.all().delete()
    replayed.delete()
    examine_again()
    (billing,) = replayed.filter(agent="Billing")
    assert billing.body["did"][0]["name"] == "handoff to Refunds"
    assert "input" not in billing.body["did"][0]


@pytest.mark.parametrize("is_reversed", [False, True])
def test_what_goes_on_where_an_earlier_run_waited_was_answered(is_reversed):
    """In whichever order both are examined."""
    case = next(case for case in cases() if case.name == "langgraph-genai")
    for body, content_type in case.bodies("traces"):
        spans = decode_traces(body, content_type).items
        save_spans(PROJECT, [(span, understand(span)) for span in spans])
    found = Span.objects.filter(parent_id=None).order_by("start_ns")
    ids = list(found.values_list("trace_id", flat=True))
    assert len(ids) == 2
    for trace_id in reversed(ids) if is_reversed else ids:
        examine(PROJECT, trace_id)
    for trace_id in due():
        examine(PROJECT, trace_id)
    told = Record.objects.filter(agent="writer").order_by("at")
    assert [(each.outcome, each.authority) for each in told] == [
        ("waiting", "none"),
        ("done", "approved"),
    ]


def due():
    """The traces that are to be examined."""
    found = Trace.objects.exclude(examined_generation=F("generation"))
    return list(found.values_list("trace_id", flat=True))
