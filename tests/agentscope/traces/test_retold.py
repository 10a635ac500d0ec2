"""Understanding again gives what had been stored if everything came today: for spans, for log
records that tell of spans, and for spans that are made of log records."""

from datetime import timedelta
from itertools import count

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from agentscope.jobs.models import Job
from agentscope.pipeline import examine
from agentscope.traces import again
from agentscope.traces.models import Span, SpanLog, SpanPayload, Trace
from agentscope.traces.write import save_records, save_spans
from agentscope.vocabulary import Flag, Kind, Meaning
from ingest import from_logs
from ingest.dialects import understand, understand_log
from ingest.otlp import decode_logs, decode_traces
from tests.kit.corpus import cases
from tests.kit.otlp import PROTOBUF, logs, pair
from tests.kit.spans import NOON

pytestmark = pytest.mark.django_db

SECOND = 10**9
projects = count(7_000)


def record(agent, event, at, **said):
    """A record of a coding agent, so many seconds after noon; `a__b` stands for `a.b`."""
    attributes = {"event__name": event, "session__id": "s-1", "duration_ms": 500} | said
    return LogRecord(
        time_unix_nano=NOON + at * SECOND,
        body=AnyValue(string_value=f"{agent}.{event}"),
        attributes=[
            pair(key.replace("__", "."), string_value=str(value))
            for key, value in attributes.items()
        ],
    )


def claude(event, at, **said):
    return record("claude_code", event, at, **({"prompt__id": "p-1"} | said))


MODEL = {"model": "claude-sonnet-4-5", "input_tokens": 12, "output_tokens": 80}
TOOL = {"tool_name": "Bash", "tool_use_id": "toolu_1"}
RECORDS = (
    claude("user_prompt", 0, prompt="Fix the test."),
    claude("api_request", 3, **MODEL, request_id="req_1"),
    claude("api_request", 4, **MODEL, request_id="req_1"),  # told twice, in other words
    claude("tool_decision", 4, **TOOL, decision="accept"),
    claude("tool_result", 5, **TOOL, success="true"),
    claude("api_error", 6, model="claude-sonnet-4-5", error="Overloaded", status_code=529),
    claude("user_prompt", 60, prompt="And now?", prompt__id="p-2"),
    claude("api_request", 63, **MODEL, request_id="req_2", prompt__id="p-2"),
    record("codex", "user_prompt", 70, conversation__id="c-1"),
    record("codex", "sse_event", 72, conversation__id="c-1", event__kind="response.completed",
           model="gpt-5-codex", input_token_count=5, output_token_count=3),
)  # fmt: skip
ITEMS = decode_logs(logs(*RECORDS).SerializeToString(), PROTOBUF).items
TABLES = (Span, SpanPayload, SpanLog)


def tell(spans, records, meant, meant_by_records):
    """Store spans and records with what they meant then, in a project of its own."""
    project = next(projects)
    with transaction.atomic():
        save_spans(project, [(span, meant(span)) for span in spans])
    with transaction.atomic():
        told = ((each, meant_by_records(at, each)) for at, each in enumerate(records))
        save_records(project, *from_logs.with_spans(told))
    return project


def today(spans, records):
    """The same with what they mean today."""
    return tell(spans, records, understand, lambda _, each: understand_log(each))


def understand_again(project):
    """Each step of the job; what it says in the end."""
    job = Job(project_id=project, created_at=timezone.now() - timedelta(minutes=1))
    runner = again.UnderstandAgain()
    job.total = runner.count(job)
    while not runner.step(job):
        pass
    return job


def kept(project):
    """All rows of a project, without its number."""
    return [
        sorted(tuple(map(plain, row)) for row in rows(table, project).values_list(*columns(table)))
        for table in TABLES
    ]


def rows(table, project):
    return table.objects.filter(project_id=project)


def columns(table):
    return [at.attname for at in table._meta.concrete_fields if at.attname != "project_id"]


def plain(value):
    """Something that can be compared and sorted."""
    return repr(bytes(value) if isinstance(value, memoryview) else value)


def figures(project):
    """What its traces come to, when none is due any more."""
    due = rows(Trace, project).exclude(examined_generation=F("generation"))
    while found := list(due.values_list("trace_id", flat=True)):
        for trace_id in found:
            examine(project, trace_id)
    return sorted(
        rows(Trace, project)
        .filter(spans__gt=0)
        .values_list(
            *("trace_id", "start_ns", "end_ns", "spans", "llm_calls", "errors"),
            *("input_tokens", "output_tokens", "known_cost", "session"),
        )
    )


def nothing(*_):
    """What a version meant that understood nothing."""
    return Meaning()


def of_case(name):
    """The spans and records of a recorded run."""
    case = next(each for each in cases() if each.name == name)
    spans = [span for body in case.bodies("traces") for span in decode_traces(*body).items]
    return spans, [log for body in case.bodies("logs") for log in decode_logs(*body).items]


RUNS = {
    "spans": lambda: of_case("pydantic-ai-logfire"),
    "spans and records": lambda: of_case("openai-otel-v2"),
    "loop with records": lambda: of_case("langgraph-genai-loop"),
    "records alone": lambda: ([], ITEMS),
}


@pytest.mark.parametrize("run", RUNS)
def test_what_was_not_understood_is_understood_as_if_it_came_today(run):
    spans, records = RUNS[run]()
    project = tell(spans, records, nothing, nothing)
    job = understand_again(project)
    fresh = today(spans, records)
    assert kept(project) == kept(fresh)
    assert figures(project) == figures(fresh)
    assert job.result["read_logs"] == len(rows(SpanLog, project))
    before, marks = kept(project), generations(project)
    job = understand_again(project)
    assert (job.result["changed_spans"], job.result["changed_logs"]) == (0, 0)
    assert (kept(project), generations(project)) == (before, marks)


def generations(project):
    return sorted(rows(Trace, project).values_list("trace_id", "generation"))


@pytest.mark.parametrize(
    ("name", "then"),
    [
        ("TURNS", ()),  # all of a session was one trace
        ("TURNS", ("prompt_id", "model")),
        ("DURATIONS", ()),  # spans began when they ended
        ("MADE", {Kind.AGENT: "turn", Kind.LLM: "call"}),  # of tools nothing was made
        ("MADE", dict.fromkeys(Kind, "call")),  # of everything something was made
    ],
)
def test_spans_that_were_made_otherwise_are_replaced(monkeypatch, name, then):
    with monkeypatch.context() as earlier:
        earlier.setattr(from_logs, name, then)
        if name == "MADE":
            earlier.setattr(from_logs, "name_of", lambda meaning: meaning.kind.word)
        project = today([], ITEMS)
    fresh = today([], ITEMS)
    assert kept(project) != kept(fresh)
    figures(project)
    understand_again(project)
    assert kept(project) == kept(fresh)
    assert figures(project) == figures(fresh)


@st.composite
def earlier(draw):
    """What a record may have meant."""
    return Meaning(
        draw(st.sampled_from([Kind.OTHER, Kind.AGENT, Kind.LLM, Kind.TOOL])),
        session=draw(st.sampled_from(["", "s-1", "other"])),
        tool_call_id=draw(st.sampled_from(["", "toolu_1", "toolu_2"])),
        response_id=draw(st.sampled_from(["", "req_1", "req_2"])),
        model=draw(st.sampled_from(["", "claude-sonnet-4-5"])),
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(earlier(), min_size=len(ITEMS), max_size=len(ITEMS)),
    st.integers(1, 5),
    st.permutations(range(len(ITEMS))),
)
def test_whatever_records_meant_and_in_however_small_steps(meant, batch, order):
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(again, "BATCH", batch)
        patch.setattr(again, "STEP", 0.0)
        project = tell([], [ITEMS[at] for at in order], nothing, lambda at, _: meant[at])
        understand_again(project)
        fresh = today([], ITEMS)
        same = kept(project), kept(fresh)
        transaction.set_rollback(True)
    assert same[0] == same[1]


def test_records_of_another_project_are_left_alone():
    one, other = (tell([], ITEMS, nothing, lambda _, each: understand_log(each)) for _ in "ab")
    Span.objects.all().update(version=b"earlier")
    before = kept(other)
    understand_again(one)
    assert kept(other) == before != kept(one)


def test_spans_that_were_sent_are_never_taken_away():
    spans, records = of_case("openai-otel-v2")
    project = today(spans, records)
    understand_again(project)
    assert rows(Span, project).count() == len({span.span_id for span in spans})
    assert not any(flags & Flag.FROM_LOGS for flags in flags_of(project))


def flags_of(project):
    return rows(Span, project).values_list("flags", flat=True)
