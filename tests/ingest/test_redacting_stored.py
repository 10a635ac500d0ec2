"""What was stored before its rule is redacted by a job: as if it had been when it came."""

import logging
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from agentscope.agents.models import AgentHour
from agentscope.costs.models import DayCost
from agentscope.findings.decisions import decide
from agentscope.findings.models import Cause, Finding
from agentscope.inbox.models import DeadLetter, Inbox, Refusal
from agentscope.inbox.write import make_dead_letter
from agentscope.jobs.models import Job
from agentscope.jobs.run import run_due
from agentscope.jobs.write import stop
from agentscope.pipeline import (
    RUNNERS,
    add_up_findings,
    add_up_sessions,
    examine,
    roll_up_days,
)
from agentscope.projects.models import Project
from agentscope.redaction import stored
from agentscope.redaction.models import Redacted
from agentscope.redaction.read import forget
from agentscope.redaction.write import NothingToRedact, redact_stored, set_actions
from agentscope.search.models import SearchBlock
from agentscope.search.read import search
from agentscope.search.sieve import holds
from agentscope.search.syntax import parse
from agentscope.search.terms import terms_of_words
from agentscope.search.words import words
from agentscope.traces.models import Envelope, Span, SpanLog, SpanPayload, Trace
from agentscope.traces.read import TraceFilters
from agentscope.vocabulary import Flag
from ingest.check import CHECKS
from ingest.drain import drain
from tests.ingest.conftest import Post
from tests.ingest.test_redaction import assert_nowhere, dumped, examine_all, found_in, told
from tests.ingest.test_redaction import project as project
from tests.kit.canary import CANARY, CORE, logs_with, traces_with
from tests.kit.changes import noted
from tests.kit.otlp import PROTOBUF, START, TRACE_ID, a_span, encode, logs, pair, traces

pytestmark = pytest.mark.django_db(transaction=True)
OTHER = bytes(reversed(TRACE_ID))
MASKED = "[redacted openai_key]"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs need not wait for other processes to notice a change."""
    monkeypatch.setattr(stored, "SETTLED", timedelta(0))


@pytest.fixture
def before(post: Post, project: Project) -> Post:
    """A sender to a project that does not redact yet."""
    set_actions(project, {}, "tests")
    return post


def send(post: Post, trace_id: bytes = TRACE_ID) -> None:
    """A trace and its log records with the secret, stored."""
    post(encode(traces_with(CANARY, trace_id), PROTOBUF))
    post(encode(logs_with(CANARY, trace_id), PROTOBUF), path="logs")
    while drain():
        pass


def derive() -> None:
    """All that follows from what is stored."""
    examine_all()
    roll_up_days()
    add_up_sessions()
    add_up_findings()


def redact(project: Project, *, is_preview: bool = False) -> Job:
    """The rule, and the job from its start to its end."""
    set_actions(project, {"secret": "mask"}, "tests")
    job = redact_stored(project, "ada", is_preview=is_preview)
    return finished(job)


def finished(job: Job) -> Job:
    """A job at its end."""
    for _ in range(200):
        run_due(RUNNERS)
        job.refresh_from_db()
        if job.state not in ("waiting", "running"):
            break
    assert job.state == "done", job.message
    return job


def leave_it_everywhere(project: Project, post: Post) -> None:
    """The secret where no span holds it: requests that wait or failed, sums of days that are over,
    findings that are withdrawn, causes that people decided about."""
    post(encode(traces_with(CANARY, OTHER), PROTOBUF))
    make_dead_letter(Inbox.objects.get(), f"because of {CANARY}")
    post(encode(traces_with(CANARY, OTHER), PROTOBUF))
    DayCost.objects.create(project_id=project.pk, day=date(2020, 1, 1), path=CANARY, agent=CANARY)
    Refusal.objects.create(
        project_id=project.pk,
        day=date(2020, 1, 1),
        reason="x",
        last_at=timezone.now(),
        example=CANARY,
    )
    said = {"subject": CANARY, "agent": CANARY, "sentence": f"It called {CANARY}."}
    Finding.objects.create(
        trace_id=UUID(int=9),
        project_id=project.pk,
        fingerprint=UUID(int=9),
        code="exact_repeat",
        withdrawn_at=timezone.now(),
        evidence={"earlier": [{"name": CANARY}]},
        **NUMBERS,
        **said,
    )
    Cause.objects.create(
        project_id=project.pk,
        fingerprint=UUID(int=9),
        code="exact_repeat",
        **said,
    )
    decide(project.pk, UUID(int=9), Cause.Decision.EXPECTED, "ada", f"for {CANARY}")


NUMBERS: dict[str, Any] = {
    **dict.fromkeys(("first_span", "last_span", "version", "severity", "period", "repeats"), 1),
    **dict.fromkeys(("first_ns", "last_ns", "tokens", "known_cost", "unpriced_calls"), 1),
    "confidence": 1.0,
    "last_at": timezone.now(),
    "span_ids": [1],
    "legitimate": "",
    "path": "",
    "session": "",
}


def test_the_canary_is_nowhere_after_the_job(
    before: Post, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    send(before)
    derive()
    leave_it_everywhere(project, before)
    assert found_in(dumped())
    assert len({place for place, text in told().items() if found_in(text)}) > 5
    caplog.set_level(logging.DEBUG)
    job = redact(project)
    assert_nowhere(caplog)
    assert (job.done, job.total, job.result["changed_spans"], job.result["changed_logs"]) == (
        2,
        2,
        2,
        1,
    )
    assert job.result["requests"] == 2
    assert job.result["values"]["openai_key"] > 60
    assert Span.objects.get(span_id__gt=2).agent == f"agent {MASKED}"
    assert Cause.objects.get(decision="expected").note == f"for {MASKED}"
    while drain():
        pass
    derive()
    assert Trace.objects.filter(spans=2).count() == 2
    assert_nowhere(caplog)


COLUMNS = [field.attname for field in Span._meta.concrete_fields if field.attname != "project_id"]


def rows(project_id: int) -> dict[str, list[Any]]:
    """What is stored of a project, but for times of storing."""
    tables: dict[Any, list[str]] = {
        Span: COLUMNS,
        SpanPayload: ["trace_id", "span_id", "envelope", "body"],
        SpanLog: ["trace_id", "digest", "span_id", "event_name", "facts", "envelope", "body"],
        Envelope: ["digest", "body"],
        Trace: ["trace_id", "name", "session", "user", "agents", "tools", "services", "spans"],
        Finding: ["code", "sentence", "agent", "path", "fingerprint", "withdrawn_at"],
    }
    return {
        table.__name__: sorted(
            map(repr, table.objects.filter(project_id=project_id).values_list(*columns))
        )
        for table, columns in tables.items()
    }


def turn_of(session: str) -> ExportLogsServiceRequest:
    """A log record of a coding agent, of which a span is made."""
    name = "claude_code.api_request"
    said = [
        pair("event.name", string_value="api_request"),
        pair("session.id", string_value=session),
        pair("model", string_value="claude-sonnet-4-5"),
        pair("input_tokens", int_value=5),
        pair("duration_ms", int_value=100),
    ]
    sent = logs(LogRecord(event_name=name, time_unix_nano=START, attributes=said))
    sent.resource_logs[0].scope_logs[0].scope.name = "com.anthropic.claude_code.events"
    return sent


def test_it_is_stored_as_if_it_had_been_redacted_when_it_came(
    before: Post, project: Project
) -> None:
    send(before)
    before(encode(turn_of(f"s {CANARY}"), PROTOBUF), path="logs")
    while drain():
        pass
    derive()
    redact(project)
    after = rows(project.pk)
    Project.objects.filter(pk=project.pk).update(name="once")
    forget()
    other = Project.objects.create(name="default")
    set_actions(other, {"secret": "mask"}, "tests")
    forget()
    send(before)
    before(encode(turn_of(f"s {CANARY}"), PROTOBUF), path="logs")
    while drain():
        pass
    derive()
    wanted = rows(other.pk)
    after["Finding"] = [row for row in after["Finding"] if row.endswith("None)")]
    after["Trace"] = [row for row in after["Trace"] if not row.endswith(" 0)")]
    assert after == wanted
    assert len(wanted["Span"]) == 3


def test_a_span_that_comes_again_is_the_same(before: Post, project: Project) -> None:
    send(before)
    redact(project)
    kept = rows(project.pk)
    forget()
    send(before)
    assert Span.objects.count() == 2
    assert not any(flags & Flag.CONFLICT for flags in Span.objects.values_list("flags", flat=True))
    assert {**rows(project.pk), "Trace": 0} == {**kept, "Trace": 0}


def test_a_second_job_changes_nothing(before: Post, project: Project) -> None:
    send(before)
    derive()
    redact(project)
    kept = rows(project.pk)
    again = redact(project)
    assert (again.result["changed_spans"], again.result["changed_logs"]) == (0, 0)
    assert again.result["values"] == {}
    assert "texts" not in again.result
    assert rows(project.pk) == kept


def test_a_preview_counts_and_changes_nothing(before: Post, project: Project) -> None:
    send(before)
    derive()
    kept, changes = rows(project.pk), len(noted())
    job = redact(project, is_preview=True)
    assert rows(project.pk) == kept
    assert len(noted()) == changes + 1  # the rule
    assert redact(project).result["values"] == job.result["values"]


def test_it_may_be_stopped_and_asked_for_again(
    before: Post, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 6):
        send(before, bytes(15) + bytes([number]))
    set_actions(project, {"secret": "mask"}, "tests")
    monkeypatch.setattr("agentscope.traces.again.BATCH", 1)
    monkeypatch.setattr("agentscope.redaction.records.BATCH", 1)
    monkeypatch.setattr(stored, "STEP", 0)
    monkeypatch.setattr("agentscope.jobs.run.SHIFT", 0.0001)
    job = redact_stored(project, "ada")
    for _ in range(20):
        if job.done >= 2:
            break
        run_due(RUNNERS)
        job.refresh_from_db()
    stop(job)
    monkeypatch.undo()
    monkeypatch.setattr(stored, "SETTLED", timedelta(0))
    assert Span.objects.filter(name__contains=CORE).exists()
    assert Span.objects.filter(name__contains=MASKED).exists()
    finished(redact_stored(project, "ada"))
    assert found_in(dumped()) == []


def test_who_asked_and_what_came_of_it_is_written_down(before: Post, project: Project) -> None:
    send(before)
    job = redact(project)
    asked, done = [change for change in noted() if change.who == "ada"]
    assert asked.what == "Asked for what is stored to be redacted"
    assert asked.details["actions"] == {"secret": "mask"}
    assert done.what.startswith("Redacted what is stored: replaced ")
    assert done.details["job"] == job.pk
    assert not Redacted.objects.exists()  # these count what is received


def test_findings_are_those_of_what_is_left(before: Post, project: Project) -> None:
    """That there was a secret is still told, as where it was masked before it was stored."""
    send(before)
    derive()
    was = set(Finding.objects.values_list("code", "fingerprint"))
    redact(project)
    now = Finding.objects.filter(withdrawn_at=None)
    assert {code for code, _ in was} == set(now.values_list("code", flat=True))
    assert set(Finding.objects.values_list("agent", flat=True)) == {f"agent {MASKED}"}
    assert was.isdisjoint(now.values_list("code", "fingerprint"))
    assert Cause.objects.count() == now.values("fingerprint").distinct().count()


def test_other_projects_are_left_alone(before: Post, project: Project) -> None:
    body = encode(traces_with(CANARY, TRACE_ID), PROTOBUF)
    before(body, x_agentscope_project="other")
    drain()
    before(body, x_agentscope_project="other")
    redact(project)
    assert Span.objects.filter(name__contains=CORE).count() == 2 - 1
    assert bytes(Inbox.objects.get().body) == body


def test_rows_that_only_differed_in_what_was_replaced_are_numbered(
    before: Post, project: Project
) -> None:
    at = timezone.now()
    for key in (CANARY, f"{CANARY}x"):
        AgentHour.objects.create(
            project_id=project.pk, hour=at, agent=key, known_cost=1, tokens=1, unpriced_calls=0
        )
    redact(project)
    names = sorted(AgentHour.objects.values_list("agent", flat=True))
    assert names == [MASKED, f"{MASKED} (2)"]


def test_requests_that_cannot_be_looked_through_are_counted(
    before: Post, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    before(encode(traces(a_span(name=CANARY)), PROTOBUF))

    def fails(*_: Any) -> None:
        raise ValueError(CANARY)

    monkeypatch.setitem(CHECKS, "traces", fails)
    assert redact(project).result["unreadable"] == 1
    assert not DeadLetter.objects.exists()


def test_without_rules_there_is_nothing_to_do(before: Post, project: Project) -> None:
    with pytest.raises(NothingToRedact):
        redact_stored(project, "ada")


def test_a_trace_that_somebody_examines_is_waited_for(
    before: Post, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(before)
    runner: Any = RUNNERS[Job.Kind.REDACT].first  # type: ignore[attr-defined]
    answers = iter([False, False])

    def busy(project_id: int, trace_id: UUID) -> bool:
        if not next(answers, True):
            return False
        examine(project_id, trace_id)
        return True

    monkeypatch.setitem(
        RUNNERS, Job.Kind.REDACT, type(runner)(busy, runner.add_up_day, runner.decisions)
    )
    redact(project)
    assert Trace.objects.get().agents == [f"agent {MASKED}"]


def test_nothing_that_was_replaced_can_be_searched_for(before, project):
    send(before)
    assert all(asked_for(CANARY))
    redact(project)
    assert not any(asked_for(CANARY))
    assert [trace for trace, _ in search(project.pk, parse("redacted"), TraceFilters()).items]


def asked_for(text: str) -> list[bool]:
    """Whether each block seems to hold all words of a text."""
    terms = terms_of_words(words(text))
    blocks = [bytes(block.sieve) for block in SearchBlock.objects.all()]
    return [all(holds(sieve, term) for term in terms) for sieve in blocks]
