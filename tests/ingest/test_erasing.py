"""What is stored of a user or a session is erased by a job: it is found nowhere afterwards."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from agentscope.budgets.models import Answer
from agentscope.budgets.witness import tell_answers
from agentscope.costs.models import DayCost, PathCost
from agentscope.erasure import run
from agentscope.erasure.models import Erasure
from agentscope.erasure.person import Person
from agentscope.erasure.remove import Gone, remove_traces
from agentscope.erasure.write import (
    BadErasure,
    CannotErase,
    ask_erasure,
    confirm,
    forget_stale,
)
from agentscope.inbox.models import Inbox
from agentscope.inbox.write import make_dead_letter
from agentscope.jobs.models import Job
from agentscope.jobs.run import run_due
from agentscope.ledger import write as ledger
from agentscope.ledger.models import Entry
from agentscope.ledger.read import each_of
from agentscope.pipeline import RUNNERS, add_up_findings, add_up_sessions, roll_up_days
from agentscope.projects.changes import note_change
from agentscope.projects.models import Project
from agentscope.projects.write import create_project
from agentscope.redaction import stored
from agentscope.redaction.read import forget
from agentscope.retention.models import Hold
from agentscope.retention.write import hold, lift
from agentscope.reviews.models import Comment
from agentscope.search.models import SavedView
from agentscope.sessions.models import Session
from agentscope.traces.models import Span, SpanLog, SpanPayload, Trace
from agentscope.traces.payload import open_payload
from ingest.drain import drain
from tests.ingest.conftest import Post
from tests.ingest.test_redaction import dumped, examine_all
from tests.kit.canary import logs_with, traces_with
from tests.kit.changes import noted
from tests.kit.everything import places_of
from tests.kit.holding import can_be_held
from tests.kit.otlp import PROTOBUF, START, TRACE_ID, a_span, encode, pair, traces
from tests.ui.alerting import alert_of, channel_of, delivery_of, rule_of

pytestmark = pytest.mark.django_db(transaction=True)
ANN = "ann-7Qx4kC@example.com"  # the user; nothing else holds her name
HERS = "gR0cEr1es-9ZpW2"  # what she said
OTHER, THIRD = bytes(reversed(TRACE_ID)), bytes(range(32, 48))


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs need not wait for other processes to notice a change."""
    monkeypatch.setattr(stored, "SETTLED", timedelta(0))
    monkeypatch.setattr(run, "SETTLED", timedelta(0))
    monkeypatch.setattr(run, "PAUSE", 0)


@pytest.fixture
def project(transactional_db: None) -> Any:
    """The default project."""
    forget()
    yield create_project("default")
    forget()


NAMES = ("session.id", "user.id", "gen_ai.agent.name", "gen_ai.tool.name", "gen_ai.operation.name")


def hers(trace_id: bytes = TRACE_ID) -> ExportTraceServiceRequest:
    """A trace of Ann with her name in all texts, and what she said wherever people may say
    something."""
    request = traces_with(ANN, trace_id)
    for span in request.resource_spans[0].scope_spans[0].spans:
        for each in span.attributes:
            if each.key not in NAMES and each.value.HasField("string_value"):
                each.value.string_value += f" {HERS}"
        kept = [each for each in span.attributes if each.key != "user.id"]
        del span.attributes[:]
        span.attributes.extend([*kept, pair("user.id", string_value=ANN)])
        span.status.message += HERS
        span.events.add(name=HERS, time_unix_nano=START)
        span.links.add(trace_id=OTHER, span_id=b"12345678", trace_state=HERS)
    request.resource_spans[0].resource.attributes.extend([pair("host.owner", string_value=HERS)])
    return request


def of_bob(mentioned: str = ANN) -> ExportTraceServiceRequest:
    """A trace of somebody else, who mentions Ann and calls a model."""
    said = [
        pair("user.id", string_value="bob"),
        pair("session.id", string_value="errand one"),
        pair("gen_ai.operation.name", string_value="chat"),
        pair("gen_ai.request.model", string_value="gpt-4o"),
        pair("gen_ai.usage.input_tokens", int_value=100),
        pair("input.value", string_value=f"Write to {mentioned}, please"),
    ]
    return traces(a_span(trace_id=OTHER, attributes=said))


def send(post: Post, request: Any, path: str = "traces") -> None:
    """A request, stored."""
    assert post(encode(request, PROTOBUF), path=path).status_code == 200
    while drain():
        pass


def derive() -> None:
    """All that follows from what is stored."""
    examine_all()
    roll_up_days()
    add_up_sessions()
    add_up_findings()


def leave_it_everywhere(project: Project, post: Post) -> None:
    """Her name where no span holds it."""
    post(encode(hers(THIRD), PROTOBUF))
    make_dead_letter(Inbox.objects.get(), f"because of {ANN}")
    post(encode(hers(THIRD), PROTOBUF))  # and waits
    told = {"asked": {"user": ANN, "text": HERS}, "said": {"reason": f"{ANN} went on"}}
    Answer.objects.create(project_id=project.pk, at=timezone.now(), decision="stop", **told)
    SavedView.objects.create(
        project_id=project.pk, name=f"of {ANN}", query="user=ann-7Qx4kC%40example.com"
    )
    rule = rule_of(project, each="user", only={"user": [ANN]})
    alert_of(rule, ANN)
    said = {"title": f"{ANN} spends", "link": f"/traces/{TRACE_ID.hex()}/", "lines": [HERS]}
    delivery_of(channel_of(project), message=said)
    DayCost.objects.create(project_id=project.pk, day="2020-01-01", path=ANN, agent=ANN)
    note_change("budget", project.pk, "ada", f"Let {ANN} go on", {"user": ANN})


def erase(project: Project, of: str = "user", said: str = ANN, **more: Any) -> Erasure:
    """Asked for, counted, confirmed, done."""
    erasure = ask_erasure(project, of, said, f"{said} asked for it", "ada", **more)
    ended(erasure.counting)
    return finished(confirm(erasure, "bea"))


def finished(erasure: Erasure) -> Erasure:
    """An erasure that is done."""
    job = ended(erasure.erasing)
    assert job.state == "done", job.message
    erasure.refresh_from_db()
    return erasure


def ended(pk: int | None) -> Job:
    """A job at its end, with the workers that drain meanwhile."""
    job = Job.objects.get(pk=pk or 0)
    for _ in range(300):
        run_due(RUNNERS)
        drain()
        job.refresh_from_db()
        if job.state not in ("waiting", "running"):
            break
    return job


def test_she_is_nowhere_after_the_job(post: Post, project: Project) -> None:
    send(post, hers())
    send(post, logs_with(f"{ANN} {HERS}", TRACE_ID), "logs")
    send(post, of_bob())
    derive()
    leave_it_everywhere(project, post)
    before = places_of(ANN, HERS)
    assert {name.partition("_2")[0].partition(".")[0] for name in before} >= {
        *("alert", "budget_answer", "dead_letter", "delivery", "envelope", "finding", "inbox"),
        *("ledger_content", "metered", "path_cost", "saved_view", "session", "span"),
        *("span_log", "span_payload", "trace", "trace_index", "alert_rule", "day_cost"),
    }
    erasure = erase(project)
    assert places_of(ANN, HERS, "ann-7Qx4kC%40") == set()
    assert ANN.encode() not in dumped()
    assert erasure.said == ""
    derive()
    assert places_of(ANN, HERS) == set()
    assert [trace.user for trace in Trace.objects.all()] == ["bob"]
    payload = SpanPayload.objects.get()
    assert b"Write to [redacted person], please" in open_payload(bytes(payload.body))


def test_the_ledger_tells_of_it_and_holds(post: Post, project: Project, tmp_path: Path) -> None:
    send(post, hers())
    derive()
    note_change("budget", project.pk, "ada", f"Let {ANN} go on", {"user": ANN})
    told = {"asked": {"user": ANN}, "said": {"reason": f"{ANN} went on"}, "decision": "stop"}
    for trace in (UUID(bytes=TRACE_ID), None):
        Answer.objects.create(project_id=project.pk, at=timezone.now(), trace=trace, **told)
    told |= {"asked": {"user": "bob"}, "said": {}}
    kept = Answer.objects.create(project_id=project.pk, at=timezone.now(), **told)
    entries = Entry.objects.count()
    while tell_answers():
        pass
    erasure = erase(project)
    asked, done = [change for change in noted() if "erased" in change.what.lower()][-2:]
    assert (asked.who, done.who) == ("bea", "bea")
    assert asked.details["identifier_digest"] == done.details["identifier_digest"]
    assert done.details["why"] == "[redacted person] asked for it"
    assert done.what.startswith("Erased a user: 1 trace, 2 spans, 2 payloads, ")
    assert done.details["counts"]["entries"] == 1
    assert len(done.details["answers"]) == 2
    assert list(Answer.objects.all()) == [kept]
    assert erasure.digest == done.details["identifier_digest"]
    assert Entry.objects.count() > entries
    assert "Let [redacted person] go on" in [change.what for change in noted()]
    (tombstone,) = each_of(project.pk, "ledger.erased")
    see = f"a user was erased: see the entry of erasure {erasure.pk}"
    assert (tombstone.said["who"], tombstone.said["why"]) == ("bea", see)
    assert done.details["erasure"] == erasure.pk
    out = StringIO()
    call_command("audit", "verify", "default", stdout=out)
    assert out.getvalue().endswith("All is well.\n")
    call_command("audit", "export", "default", tmp_path / "ledger", stdout=StringIO())
    alone = subprocess.run(
        [sys.executable, tmp_path / "ledger/verifier.py", tmp_path / "ledger"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (alone.returncode, "All is well." in alone.stdout) == (0, True), alone.stdout


def test_what_it_cost_stays_without_saying_whose_it_was(post: Post, project: Project) -> None:
    call = [
        pair("user.id", string_value=ANN),
        pair("session.id", string_value="her session"),
        pair("gen_ai.operation.name", string_value="chat"),
        pair("gen_ai.request.model", string_value="gpt-4o"),
        pair("gen_ai.usage.input_tokens", int_value=1_000_000),
    ]
    send(post, traces(a_span(attributes=call)))
    derive()
    before = DayCost.objects.aggregate(cost=Sum("known_cost"), calls=Sum("calls"))
    assert before["cost"] > 0
    erase(project)
    derive()
    assert DayCost.objects.aggregate(cost=Sum("known_cost"), calls=Sum("calls")) == before
    assert list(PathCost.objects.values_list("user", "session")) == [("", "")]
    assert not Session.objects.exists()


def test_a_session_is_erased_and_others_of_the_user_stay(post: Post, project: Project) -> None:
    send(post, of_bob())
    other = of_bob()
    span = other.resource_spans[0].scope_spans[0].spans[0]
    span.trace_id, span.attributes[1].value.string_value = TRACE_ID, "errand two"
    send(post, other)
    derive()
    erase(project, "session", "errand one")
    derive()
    assert [trace.session for trace in Trace.objects.all()] == ["errand two"]
    assert [each.session for each in Session.objects.all()] == ["errand two"]


def test_a_trace_goes_whole_if_one_span_of_it_names_her(post: Post, project: Project) -> None:
    inner = a_span(
        trace_id=OTHER,
        span_id=b"inner678",
        parent_span_id=a_span().span_id,
        attributes=[pair("user.id", string_value=ANN)],
    )
    request = of_bob("me")
    request.resource_spans[0].scope_spans[0].spans.append(inner)
    send(post, request)
    derive()
    assert Trace.objects.get().user == "bob"
    erase(project)
    assert not Trace.objects.exists()
    assert not Span.objects.exists()


def test_mentions_by_others_may_stay(post: Post, project: Project) -> None:
    send(post, hers())
    send(post, of_bob())
    derive()
    erase(project, mentions=False)
    assert Trace.objects.get().user == "bob"
    assert ANN.encode() in open_payload(bytes(SpanPayload.objects.get().body))


def commented(project: Project) -> None:
    """What people wrote about the trace of Ann, and of her about that of Bob."""
    for trace, text in ((TRACE_ID, HERS), (OTHER, f"as {ANN} said"), (OTHER, "fine")):
        case = {"project_id": project.pk, "trace_id": UUID(bytes=trace), "span_id": 1}
        Comment.objects.create(**case, who="bea", text=text, salt="x", digest=b"")


def test_what_people_wrote_of_it_is_erased(post: Post, project: Project) -> None:
    send(post, hers())
    send(post, of_bob())
    derive()
    commented(project)
    erase(project)
    assert places_of(ANN, HERS) == set()
    assert Comment.objects.exclude(erased_at=None).count() == 3


def test_what_is_counted_is_what_goes(post: Post, project: Project) -> None:
    send(post, hers())
    send(post, logs_with(f"{ANN} {HERS}", TRACE_ID), "logs")
    send(post, of_bob())
    send(post, logs_with(f"to {ANN}", OTHER), "logs")
    derive()
    assert post(encode(hers(THIRD), PROTOBUF)).status_code == 200
    make_dead_letter(Inbox.objects.get(), f"because of {ANN}")
    note_change("budget", project.pk, "ada", f"Let {ANN} go on", {"user": ANN})
    commented(project)
    told: dict[str, Any] = {"project_id": project.pk, "at": timezone.now(), "decision": "stop"}
    session = Trace.objects.get(user=ANN).session
    for which in ({"trace": UUID(bytes=TRACE_ID)}, {"session": session}, {"agent": ANN}, {}):
        Answer.objects.create(**told, asked={}, said={}, **which)
    erasure = ask_erasure(project, "user", ANN, "because", "ada")
    kept = Trace.objects.count(), Span.objects.count(), len(noted())
    counted = ended(erasure.counting).result
    assert (Trace.objects.count(), Span.objects.count(), len(noted())) == kept
    assert [counted[name] for name in ("traces", "spans", "payloads")] == [1, 2, 2]
    assert counted["records"] == SpanLog.objects.filter(trace_id=UUID(bytes=TRACE_ID)).count()
    assert counted["entries"] == 1
    assert counted["read_logs"] == SpanLog.objects.exclude(trace_id=UUID(bytes=TRACE_ID)).count()
    assert "logs" not in counted
    confirm(erasure, "bea")
    erasure.refresh_from_db()
    done = ended(erasure.erasing).result
    assert (counted["answers"], Answer.objects.count()) == (3, 1)
    assert (counted["reviews"], Comment.objects.exclude(erased_at=None).count()) == (3, 3)
    gone = "traces spans payloads records findings search sessions letters entries answers reviews"
    looked_through = "read_spans changed_spans held_spans read_logs changed_logs held_logs values"
    for name in f"{gone} {looked_through}".split():
        assert done.get(name, 0) == counted[name], name
    assert (counted["changed_spans"], counted["changed_logs"]) == (1, 1)
    assert (counted["sessions"], counted["letters"]) == (1, 1)


@pytest.mark.parametrize(
    ("said", "written", "entries"),
    [
        ("ab", "ab", 1),
        ("ab", "about cab", 0),
        ("cafe", "the cafe", 1),
        ("cafe", "cafeteria", 0),
        ("ann/x@example.com", "user=ann%2Fx%40example.com", 1),
        ('an "ann"', 'an "ann" of Bob', 1),
    ],
)
def test_entries_are_counted_as_they_are_erased(
    project: Project, said: str, written: str, entries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What salts are made of fits short names, which are looked for as words."""
    salt = SimpleNamespace(token_hex=lambda count: "abcafe" + "ab" * (count - 3))
    monkeypatch.setattr(ledger, "secrets", salt)
    note_change("budget", project.pk, "ada", written, {})
    erasure = ask_erasure(project, "user", said, "because", "ada")
    counted = ended(erasure.counting).result
    done = ended(confirm(erasure, "bea").erasing).result
    assert (counted["entries"], done["entries"]) == (entries, entries)


def test_what_is_held_is_not_erased(post: Post, project: Project) -> None:
    send(post, hers())
    derive()
    erasure = ask_erasure(project, "user", ANN, "because", "ada")
    ended(erasure.counting)
    held = hold(project.pk, Trace.objects.get().trace_id, "a lawsuit", "bea")
    with pytest.raises(BadErasure, match="on legal hold: lift it first"):
        ask_erasure(project, "user", ANN, "because", "ada")
    with pytest.raises(CannotErase, match="on legal hold"):
        confirm(erasure, "bea")
    lift(held, "settled", "bea")
    confirmed = confirm(erasure, "bea")
    hold(project.pk, Trace.objects.get().trace_id, "another lawsuit", "bea")
    job = ended(confirmed.erasing)
    assert (job.state, "on legal hold" in job.message) == ("failed", True)
    assert Span.objects.count() == 2


def test_who_puts_a_trace_on_hold_waits_for_an_erasure(
    post: Post, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(post, hers())
    derive()
    held = []

    def removing(project_id: int, ids: list[str]) -> Gone:
        held.append(can_be_held(project_id, UUID(ids[0])))
        return remove_traces(project_id, ids)

    monkeypatch.setattr(run, "remove_traces", removing)
    erase(project)
    assert held == [False]
    assert can_be_held(project.pk, UUID(bytes=TRACE_ID))


def test_what_went_before_a_trace_was_held_is_not_denied(
    post: Post, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Person.traces, "__defaults__", (1,))
    monkeypatch.setattr(stored, "STEP", 0)
    for trace_id in (TRACE_ID, OTHER):
        send(post, hers(trace_id))
    derive()

    def removing(project_id: int, ids: list[str]) -> Gone:
        gone = remove_traces(project_id, ids)
        left = Trace.objects.first()
        if left and not Hold.objects.exists():
            Hold.objects.create(project_id=project_id, trace_id=left.trace_id, reason="a lawsuit")
        return gone

    monkeypatch.setattr(run, "remove_traces", removing)
    erasure = ask_erasure(project, "user", ANN, "because", "ada")
    ended(erasure.counting)
    job = ended(confirm(erasure, "bea").erasing)
    assert (job.state, job.result["traces"]) == ("failed", 1)
    assert "Until then nothing is erased" in job.message


def test_what_was_confirmed_just_now_is_not_forgotten(post: Post, project: Project) -> None:
    """Neither as nobody went on with it for a week, nor as somebody else's erasure is done."""
    send(post, hers())
    first, second = (ask_erasure(project, "user", ANN, "because", "ada") for _ in range(2))
    for each in (first, second):
        ended(each.counting)
    Erasure.objects.update(asked_at=timezone.now() - timedelta(days=8))
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            confirm(second, "bea")
            other.submit(closing, forget_stale).result(timeout=5)
            forgetting = other.submit(closing, partial(forget_of, first))
            with pytest.raises(TimeoutError):
                forgetting.result(timeout=0.2)
        forgetting.result()
    said = dict(Erasure.objects.values_list("pk", "said"))
    assert said == {first.pk: "", second.pk: ANN}


def forget_of(erasure: Erasure) -> None:
    """What the end of an erasure does."""
    with transaction.atomic():
        run.forget_person(erasure)


def closing(done: Callable[[], None]) -> None:
    """Do something in a thread, which leaves no connection."""
    try:
        done()
    finally:
        connection.close()


def test_other_projects_are_left_alone(post: Post, project: Project) -> None:
    other = create_project("other")
    post(encode(hers(), PROTOBUF), x_agentscope_project="other")
    send(post, hers())
    derive()
    erase(project)
    assert set(Span.objects.values_list("project_id", flat=True)) == {other.pk}
    assert Span.objects.filter(user=ANN).exists()


def test_it_goes_on_where_it_was_stopped_by_a_crash(
    post: Post, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 6):
        send(post, hers(bytes(15) + bytes([number])))
    derive()
    monkeypatch.setattr("agentscope.erasure.person.AT_ONCE", 1)
    monkeypatch.setattr(stored, "STEP", 0)
    monkeypatch.setattr("agentscope.jobs.run.SHIFT", 0.0001)
    erase(project)
    assert not Trace.objects.exists()
    assert places_of(ANN, HERS) == set()


def test_it_is_confirmed_once_and_not_before_it_is_counted(post: Post, project: Project) -> None:
    erasure = ask_erasure(project, "user", ANN, "because", "ada")
    with pytest.raises(CannotErase, match="still being counted"):
        confirm(erasure, "bea")
    ended(erasure.counting)
    finished(confirm(erasure, "bea"))
    with pytest.raises(CannotErase, match="ask anew"):
        confirm(erasure, "bea")


@pytest.mark.parametrize(
    ("said", "reason", "name"),
    [(" ", "why", "said"), ("x" * 201, "why", "said"), (ANN, " ", "reason")],
)
def test_what_is_wrong_is_said(project: Project, said: str, reason: str, name: str) -> None:
    with pytest.raises(BadErasure) as wrong:
        ask_erasure(project, "user", said, reason, "ada")
    assert name in wrong.value.errors
    assert not Job.objects.exists()
