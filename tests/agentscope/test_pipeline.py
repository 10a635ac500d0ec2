"""Traces are examined once they are due, by one worker at a time, until nothing more comes."""

from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from time import thread_time
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agentscope import pipeline
from agentscope.agents.models import AgentRun
from agentscope.billing.models import BilledCall
from agentscope.celery import app
from agentscope.glance import rules_of
from agentscope.pipeline import examine, examine_due, partitions
from agentscope.traces import examined
from agentscope.traces.due import LOCK_TRACE, TRACE_REST
from agentscope.traces.examined import CLAIMED, LEASE, claim_due
from agentscope.traces.models import Trace, TraceIndex
from agentscope.traces.read import trace, trace_tree
from agentscope.traces.write import save_logs, save_spans
from agentscope.vocabulary import Kind, Meaning, Status, Usage
from tests.kit.drawing import drawing
from tests.kit.spans import NOON, TRACE, understood, wire_log, wire_span

pytestmark = pytest.mark.django_db

ID = UUID(bytes=TRACE)
MICROSECOND = timedelta(microseconds=1)
ROOT = (1).to_bytes(8, "big")


def later(passed: timedelta) -> None:
    """Let time pass, as far as traces can tell."""
    Trace.objects.update(
        last_seen_at=F("last_seen_at") - passed,
        examined_at=F("examined_at") - passed,
        examine_after=F("examine_after") - passed,
    )


def agent(name: str) -> Meaning:
    return Meaning(kind=Kind.AGENT, agent=name, session="s1", user="ada")


def call(**said) -> Meaning:
    return Meaning(kind=Kind.LLM, model="gpt-4o", provider="openai", **said)


RUN = [
    (wire_span(1, name="plan"), agent("planner")),
    (wire_span(2, parent_id=ROOT, name="chat"), call(usage=Usage(100, 10, cache_read=40))),
    (wire_span(3, parent_id=ROOT, name="chat"), call(status=Status.ERROR)),
    (wire_span(4, parent_id=ROOT, name="run"), Meaning(kind=Kind.TOOL, tool="search")),
]


def test_it_works():
    save_spans(7, RUN)
    examine_due()
    found = trace(7, ID)
    assert (found.name, found.session, found.user) == ("plan", "s1", "ada")
    assert (found.agents, found.tools, found.model_names) == (["planner"], ["search"], ["gpt-4o"])
    assert (found.services, found.start_ns, found.end_ns) == (["shop"], NOON, NOON + 10**9)
    assert (found.spans, found.errors, found.llm_calls, found.tool_calls) == (4, 1, 2, 1)
    assert (found.input_tokens, found.output_tokens, found.cache_read_tokens) == (100, 10, 40)
    # 60 x 2.5 + 40 x 1.25 + 10 x 10 USD a million
    assert (found.known_cost, found.unpriced_calls) == (Decimal("0.000300"), 0)
    assert drawing(trace_tree(7, ID), "agent", "billing", "cost", "sum_cost") == (
        "agent plan planner none 0 300000000\n"
        "  llm chat planner counted 300000000 300000000\n"
        "  llm chat planner none 0 0\n"
        "  tool run planner none 0 0"
    )


def test_a_call_without_a_price_is_unknown_not_free():
    save_spans(7, [(wire_span(1), Meaning(kind=Kind.LLM, model="mine", usage=Usage(100, 10)))])
    examine(7, ID)
    found = trace(7, ID)
    assert (found.known_cost, found.unpriced_calls, found.unpriced_tokens) == (0, 1, 110)
    assert trace_tree(7, ID).row(0).usd("cost") is None


def test_a_trace_without_its_root_says_so():
    save_spans(7, understood(wire_span(2, parent_id=ROOT, name="step")))
    examine(7, ID)
    assert trace(7, ID).name == "(root missing) step"


def test_it_ends_when_all_is_there_and_nothing_came_for_a_while():
    save_spans(7, RUN)
    examine_due()
    assert trace(7, ID).state == "running"
    later(examined.QUIET)
    examine_due()
    assert (trace(7, ID).state, trace(7, ID).examine_after) == ("ended", None)


def test_a_late_span_brings_it_back():
    save_spans(7, RUN)
    later(examined.QUIET)
    examine_due()
    assert trace(7, ID).state == "ended"
    save_spans(7, understood(wire_span(9, parent_id=ROOT)))
    assert trace(7, ID).state == "running"
    later(timedelta(seconds=1))
    examine_due()
    assert (trace(7, ID).spans, len(trace_tree(7, ID))) == (5, 5)


@pytest.mark.parametrize("odd", [{"end_ns": 0}, {"parent_id": ROOT}])
def test_one_that_never_ends_is_idle_at_last(odd, settings):
    settings.AGENTSCOPE_IDLE_AFTER = timedelta(minutes=5)
    save_spans(7, understood(wire_span(2, **odd)))
    later(timedelta(minutes=4))
    examine_due()
    assert trace(7, ID).state == "running"
    later(timedelta(minutes=1))
    examine_due()
    assert (trace(7, ID).state, trace(7, ID).examine_after) == ("idle", None)


def test_time_alone_does_not_load_the_spans_again(monkeypatch):
    save_spans(7, RUN)
    examine(7, ID)
    seconds = trace(7, ID).examine_seconds
    monkeypatch.setattr(pipeline, "load_spans", None)
    later(examined.QUIET)
    examine_due()
    assert (trace(7, ID).state, trace(7, ID).examine_seconds) == ("ended", seconds)


def test_a_trace_of_log_records_alone_has_no_spans(settings):
    save_logs(7, [(wire_log(), Meaning())])
    later(settings.AGENTSCOPE_IDLE_AFTER)
    examine_due()
    assert (trace(7, ID).spans, trace(7, ID).state) == (0, "idle")
    assert trace_tree(7, ID) is None


def test_a_trace_is_claimed_once_and_again_when_its_worker_was_killed():
    save_spans(7, RUN)
    assert claim_due() == [(7, ID)]
    assert claim_due() == []
    later(LEASE)
    assert claim_due() == [(7, ID)]


def test_claims_are_few_and_the_oldest_first():
    for number in range(CLAIMED + 2):
        Trace.objects.create(
            trace_id=UUID(int=number),
            project_id=1,
            started_at=timezone.now(),
            start_ns=0,
            examine_after=timezone.now() - timedelta(minutes=number),
        )
    assert {found.int for _, found in claim_due()} == set(range(2, CLAIMED + 2))


def test_spans_that_come_meanwhile_keep_it_due(monkeypatch):
    def grow_slowly(spans):
        monkeypatch.undo()
        save_spans(7, understood(wire_span(9, parent_id=ROOT)))
        return pipeline.grown(spans)

    save_spans(7, RUN)
    monkeypatch.setattr(pipeline, "grown", grow_slowly)
    assert claim_due() == [(7, ID)]
    examine(7, ID)
    found = trace(7, ID)
    assert (found.spans, found.state) == (4, "running")
    rest = timedelta(seconds=TRACE_REST * found.examine_seconds)
    assert found.examine_after - found.examined_at == pytest.approx(rest, abs=MICROSECOND)
    later(rest + MICROSECOND)
    examine_due()
    assert trace(7, ID).spans == 5


def test_a_growing_trace_rests_in_proportion_to_its_work():
    save_spans(7, RUN)
    examine(7, ID)
    Trace.objects.update(examine_seconds=2)
    save_spans(7, understood(wire_span(9)))
    found = trace(7, ID)
    assert found.examine_after <= found.examined_at + timedelta(seconds=2 * TRACE_REST)
    assert claim_due() == []


def test_all_that_comes_while_a_trace_rests_takes_one_examination():
    save_spans(7, RUN)
    examine(7, ID)
    Trace.objects.update(examine_seconds=600)
    for number in range(20):
        save_spans(7, understood(wire_span(10 + number, parent_id=ROOT)))
        assert claim_due() == []
    later(timedelta(seconds=600 * TRACE_REST))
    assert claim_due() == [(7, ID)]
    examine(7, ID)
    assert trace(7, ID).spans == len(RUN) + 20
    assert claim_due() == []


def test_what_writing_findings_takes_is_a_part_of_the_work(monkeypatch):
    def write_slowly(*_):
        end = thread_time() + 0.1
        while thread_time() < end:
            pass

    save_spans(7, RUN)
    examine(7, ID)
    monkeypatch.setattr(pipeline, "replace_findings", write_slowly)
    examine(7, ID)
    assert trace(7, ID).examine_seconds >= 0.1


def test_one_that_cannot_be_examined_blocks_nobody(monkeypatch, caplog):
    def bill_or_fail(tree, spans, book):
        if len(tree) == 1:
            raise RuntimeError("cannot be billed")

    other = bytes(15) + b"\1"
    save_spans(7, understood(wire_span(1, trace_id=other)))
    save_spans(7, RUN)
    monkeypatch.setattr(pipeline, "bill", bill_or_fail)
    examine_due()
    assert trace(7, ID).spans == 4
    bad = trace(7, UUID(bytes=other))
    assert bad.examine_after > timezone.now() + LEASE / 2
    assert f"Cannot examine trace {other.hex()} of project 7" in caplog.text


def test_names_longer_than_an_index_holds_are_cut():
    odd = "\U0001f600" * 1000
    said = Meaning(kind=Kind.TOOL, tool=odd, agent=odd, session=odd, model=odd)
    save_spans(7, [(wire_span(1), said)])
    examine(7, ID)
    assert trace(7, ID).tools == [odd[:200]]


def test_the_index_is_written_once_however_often_it_is_examined():
    save_spans(7, RUN)
    for _ in range(2):
        Trace.objects.update(generation=F("generation") + 1)
        examine(7, ID)
    assert [index.generation for index in TraceIndex.objects.all()] == [2]


def test_what_beat_calls_is_there():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= app.tasks.keys()


def test_partitions_are_made_ahead():
    partitions()
    tomorrow = timezone.now() + timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute("select to_regclass(%s)", [f"span_{tomorrow:%Y%m%d}"])
        assert cursor.fetchone()[0]


def told_in(queries: CaptureQueriesContext) -> list[str]:
    """What queries begin with, but those that mark a transaction."""
    said = [query["sql"].split() for query in queries.captured_queries]
    return [words[0] for words in said if "SAVEPOINT" not in words]


def test_a_small_trace_takes_few_queries_and_fewer_of_what_is_not_there():
    save_spans(7, RUN)
    rules = rules_of(7)
    with CaptureQueriesContext(connection) as first:
        examine(7, ID, rules)
    assert len(told_in(first)) == 25
    alone = bytes(15) + b"\1"
    save_spans(7, understood(wire_span(1, trace_id=alone)))
    with CaptureQueriesContext(connection) as plain:
        examine(7, UUID(bytes=alone), rules)
    assert len(told_in(plain)) == 14


def test_what_has_not_changed_is_read_and_not_written_again():
    save_spans(7, RUN)
    rules = rules_of(7)
    examine(7, ID, rules)
    with CaptureQueriesContext(connection) as again:
        examine(7, ID, rules)
    assert len(told_in(again)) == 22
    assert told_in(again).count("insert") == 1  # what keeps its session due


def test_one_that_comes_anew_finds_what_was_left_of_it():
    save_spans(7, RUN)
    examine(7, ID)
    Trace.objects.all().delete()  # as the retention does, before all else is forgotten
    save_spans(7, RUN[:2])
    examine(7, ID)
    assert trace(7, ID).examined_generation == trace(7, ID).generation
    assert AgentRun.objects.count() == 1
    assert BilledCall.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_are_never_at_the_same_trace():
    save_spans(7, RUN)
    with closing(connection.copy()) as other:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(f"select {LOCK_TRACE}", {"trace_id": ID, "project_id": 7})
        examine(7, ID)
        assert trace(7, ID).examined_at is None
        other.rollback()
    examine(7, ID)
    assert trace(7, ID).spans == 4
