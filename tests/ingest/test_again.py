"""Stored spans understood again: in place, in steps, without losing what came meanwhile."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from agentscope.jobs.models import Job
from agentscope.jobs.run import claim, run_due, run_step
from agentscope.jobs.write import ask
from agentscope.pipeline import RUNNERS, examine
from agentscope.projects.mappings import add_mapping
from agentscope.projects.models import Project
from agentscope.traces import again
from agentscope.traces.detail import span_detail
from agentscope.traces.ids import span_number
from agentscope.traces.index import trace_tree
from agentscope.traces.models import Span, SpanLog, SpanPayload, Trace
from agentscope.traces.write import save_logs, save_records, save_spans
from agentscope.vocabulary import Flag, Kind, Meaning
from ingest.dialects import understand, understand_log
from ingest.from_logs import with_spans
from ingest.otlp import decode_logs, decode_traces
from tests.kit.corpus import cases, replay
from tests.kit.otlp import PROTOBUF, SPAN_ID, START, TRACE_ID, a_span, logs, pair, spans, traces

pytestmark = pytest.mark.django_db
KIND = Job.Kind.UNDERSTAND


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Jobs need not wait for other processes to notice a change."""
    monkeypatch.setattr(again, "SETTLED", timedelta(0))


@pytest.fixture
def shop():
    return Project.objects.create(name="shop")


def decoded(*sent):
    return decode_traces(traces(*sent).SerializeToString(), PROTOBUF).items


def store(project, *sent, meaning=None):
    """Spans, of which little was understood when they were stored."""
    with transaction.atomic():
        save_spans(project.pk, [(span, meaning or Meaning()) for span in decoded(*sent)])


def acme(**more):
    attributes = [pair("acme.bot", string_value="ada"), pair("acme.in", int_value=7)]
    return a_span(attributes=[*attributes, *more.pop("also", [])], **more)


def run(project, **parameters):
    """The job from its start to its end."""
    job = ask(project.pk, KIND, parameters, "ada")
    for _ in range(50):
        run_due(RUNNERS)
        job.refresh_from_db()
        if job.state not in ("waiting", "running"):
            break
    assert job.state == "done", job.message
    return job


def kept(project):
    """Everything that is stored of the spans."""
    return list(Span.objects.filter(project_id=project.pk).order_by("pk").values()), list(
        SpanPayload.objects.filter(project_id=project.pk).order_by("pk").values()
    )


def test_columns_payload_and_tree_follow_a_new_mapping(shop):
    store(shop, acme())
    examine(shop.pk, Trace.objects.get().trace_id)
    add_mapping(shop, "acme.bot", "agent", "ada")
    add_mapping(shop, "acme.in", "input_tokens", "ada")
    job = run(shop)
    assert (job.done, job.total, job.result) == (
        1,
        1,
        {"changed_spans": 1, "read_logs": 0, "changed_logs": 0},
    )
    span, trace = Span.objects.get(), Trace.objects.get()
    assert (span.agent, span.input_tokens) == ("ada", 7)
    detail = span_detail(shop.pk, trace.trace_id, span.span_id)
    assert detail.sources["agent"] == "acme.bot (mapping)"
    assert trace.examined_generation < trace.generation
    examine(shop.pk, trace.trace_id)
    tree = trace_tree(shop.pk, trace.trace_id)
    assert tree.row(0).text("agent") == "ada"


def test_what_was_sent_stays_as_it_was(shop):
    store(shop, acme(name="näme\0", end_time_unix_nano=0, parent_span_id=b"12345678"))
    sent = ("start_ns", "end_ns", "parent_id", "span_kind", "name", "service", "scope", "version")
    before = Span.objects.values(*sent, "flags").get()
    add_mapping(shop, "acme.bot", "agent", "ada")
    run(shop)
    assert Span.objects.values(*sent, "flags").get() == before


def test_flags_follow_what_was_understood_and_keep_what_was_stored(shop):
    mark = Flag.CONFLICT | Flag.ROLL_UP
    store(shop, acme(also=[pair("cached", bool_value=True)]), meaning=Meaning(flags=mark))
    add_mapping(shop, "cached", "cached_answer", "ada")
    run(shop)
    assert Span.objects.get().flags == Flag.CONFLICT | Flag.CACHED_ANSWER


def test_a_second_run_changes_nothing_and_makes_nothing_due(shop):
    store(shop, acme(), *spans(3))
    run(shop)
    examine(shop.pk, Trace.objects.get().trace_id)
    before, trace = kept(shop), Trace.objects.values("generation", "last_seen_at").get()
    job = run(shop)
    assert (job.result["changed_spans"], job.result["changed_logs"]) == (0, 0)
    assert kept(shop) == before
    assert Trace.objects.values("generation", "last_seen_at").get() == trace


def test_a_trace_that_is_examined_again_does_not_count_as_running(shop):
    store(shop, acme())
    seen = Trace.objects.get().last_seen_at
    add_mapping(shop, "acme.bot", "agent", "ada")
    run(shop)
    assert Trace.objects.get().last_seen_at == seen


def test_it_goes_on_where_it_stopped_and_gives_the_same(shop, monkeypatch):
    monkeypatch.setattr(again, "BATCH", 2)
    monkeypatch.setattr(again, "STEP", 0.0)
    store(shop, *[acme(span_id=n.to_bytes(8, "big")) for n in range(1, 8)])
    add_mapping(shop, "acme.bot", "agent", "ada")
    job = ask(shop.pk, KIND, {}, "ada")
    assert claim([KIND]) == job.pk
    known = []
    while run_step(job.pk, RUNNERS):
        job.refresh_from_db()
        known.append((job.done, Span.objects.filter(agent="ada").count()))
    assert known[:4] == [(2, 2), (4, 4), (6, 6), (7, 7)]
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 7, 7)


def test_a_step_that_is_lost_is_done_again(shop, monkeypatch):
    monkeypatch.setattr(again, "BATCH", 2)
    monkeypatch.setattr(again, "STEP", 0.0)
    store(shop, *[acme(span_id=n.to_bytes(8, "big")) for n in range(1, 6)])
    add_mapping(shop, "acme.bot", "agent", "ada")
    job = ask(shop.pk, KIND, {}, "ada")
    claim([KIND])
    run_step(job.pk, RUNNERS)
    with transaction.atomic():
        run_step(job.pk, RUNNERS)
        transaction.set_rollback(True)  # as if killed before it commits
    assert Job.objects.get().done == 2
    while run_step(job.pk, RUNNERS):
        pass
    assert Span.objects.filter(agent="ada").count() == 5


def test_a_newer_copy_that_comes_meanwhile_wins(shop):
    store(shop, acme(end_time_unix_nano=0))
    add_mapping(shop, "acme.bot", "agent", "ada")
    reader = again.understanding(shop.pk)
    place = again.Place.start(again.SPANS)
    job = Job(project_id=shop.pk)
    found = [again.StoredSpan(*row) for row in again.rows_behind(again.SELECT_SPANS, job, place)]
    envelopes = again.bodies(shop.pk, {found[0].envelope})
    copies = [again.again(found[0], reader, envelopes[found[0].envelope])]
    store(shop, acme(name="ended"), meaning=Meaning(agent="newer"))
    assert again.rewrite_spans(shop.pk, copies).rows == 0
    assert (Span.objects.get().agent, Span.objects.get().name) == ("newer", "ended")


def test_only_spans_since_then(shop):
    store(shop, acme(), acme(span_id=b"22222222", start_time_unix_nano=START - 10**9 * 86_400 * 3))
    add_mapping(shop, "acme.bot", "agent", "ada")
    job = run(shop, since="2027-01-14T00:00:00+00:00")
    assert job.result["changed_spans"] == 1
    assert Span.objects.get(agent="ada").span_id == span_number(SPAN_ID)


def test_other_projects_are_left_alone(shop):
    other = Project.objects.create(name="other")
    for project in (shop, other):
        store(project, acme())
    add_mapping(shop, "acme.bot", "agent", "ada")
    before = kept(other)
    run(shop)
    assert kept(other) == before
    assert Span.objects.get(project_id=shop.pk).agent == "ada"


def test_log_records_follow_too(shop):
    record = LogRecord(
        trace_id=TRACE_ID,
        span_id=SPAN_ID,
        time_unix_nano=START,
        event_name="gen_ai.client.inference.operation.details",
        attributes=[pair("gen_ai.usage.input_tokens", int_value=9)],
    )
    store(shop, acme())
    items = decode_logs(logs(record).SerializeToString(), PROTOBUF).items
    with transaction.atomic():
        save_logs(shop.pk, [(item, Meaning()) for item in items])
    assert SpanLog.objects.get().facts is None
    job = run(shop)
    assert job.result["changed_logs"] == 1
    wanted = SpanLog.objects.values().get()
    with transaction.atomic():
        SpanLog.objects.all().delete()
        save_logs(shop.pk, [(item, understand_log(item)) for item in items])
    assert SpanLog.objects.values().get() == wanted
    assert wanted["facts"]


def coding_agent():
    """A record of an agent that writes no spans."""
    record = LogRecord(
        time_unix_nano=START,
        event_name="claude_code.api_request",
        attributes=[
            pair("event.name", string_value="api_request"),
            pair("session.id", string_value="s-1"),
            pair("model", string_value="claude-sonnet-4-5"),
            pair("input_tokens", int_value=3),
            pair("output_tokens", int_value=5),
            pair("duration_ms", int_value=100),
        ],
    )
    sent = logs(record)
    sent.resource_logs[0].scope_logs[0].scope.name = "com.anthropic.claude_code.events"
    return decode_logs(sent.SerializeToString(), PROTOBUF).items


def test_spans_that_are_made_of_records_follow_too(shop):
    made, records = with_spans((item, understand_log(item)) for item in coding_agent())
    assert made
    with transaction.atomic():
        save_records(shop.pk, [(span, Meaning()) for span, _ in made], records)
    assert Span.objects.get().kind == Kind.OTHER
    run(shop)
    span = Span.objects.get()
    assert (span.kind, span.session, span.output_tokens) == (Kind.LLM, "s-1", 5)


def test_records_of_which_no_span_was_made_become_some(shop):
    with transaction.atomic():
        save_logs(shop.pk, [(item, Meaning()) for item in coding_agent()])
    assert SpanLog.objects.get().trace_id.int == 0
    run(shop)
    span, record = Span.objects.get(), SpanLog.objects.get()
    assert (record.trace_id, record.span_id) == (span.trace_id, span.span_id)
    assert Trace.objects.get().trace_id == span.trace_id


@pytest.mark.parametrize("name", ["langgraph-genai", "pydantic-ai-logfire", "vercel-ai6-native"])
def test_a_recorded_run_that_is_understood_again_is_as_before(shop, name):
    """Whatever one version stored: the same dialects give the same rows."""
    replay(next(case for case in cases() if case.name == name), shop.pk)
    before = kept(shop)
    job = run(shop)
    assert (job.result["changed_spans"], job.result["changed_logs"]) == (0, 0)
    assert kept(shop) == before
    Span.objects.update(agent="", model="", input_tokens=None, kind=0)
    run(shop)
    assert kept(shop) == before


def test_the_command(shop, capsys):
    store(shop, *decoded_spans())
    with transaction.atomic():
        save_logs(shop.pk, [(item, Meaning()) for item in coding_agent()])
    records = len(coding_agent())
    add_mapping(shop, "acme.bot", "agent", "ada")
    call_command("understand_again", "shop", "--since", "2020-01-01")
    assert Span.objects.get(span_id=span_number(SPAN_ID)).agent == "ada"
    told = capsys.readouterr().out
    assert f"and {records} log records read" in told
    assert "2 spans changed" in told
    with pytest.raises(CommandError, match="no project"):
        call_command("understand_again", "nobody")
    with pytest.raises(CommandError, match="2026-11-25"):
        call_command("understand_again", "shop", "--since", "yesterday")


def decoded_spans():
    return [acme()]


def test_what_is_tried_is_not_kept(shop):
    store(shop, acme())
    detail = span_detail(shop.pk, Trace.objects.get().trace_id, span_number(SPAN_ID))
    tried = again.understanding(shop.pk, [("acme.bot", "agent")])
    assert tried.span(detail.raw, detail.envelope)[1].agent == "ada"
    assert again.understanding(shop.pk).span(detail.raw, detail.envelope)[1].agent == ""
    assert understand(decoded(acme())[0]).agent == ""
