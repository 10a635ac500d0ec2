"""What is on legal hold stays word for word: neither an erasure of somebody whom it mentions nor
redaction changes it, and both say what they left."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection
from django.utils import timezone

from agentscope.budgets.models import Answer
from agentscope.jobs.models import Job
from agentscope.projects.models import Project
from agentscope.projects.write import create_project
from agentscope.redaction import records
from agentscope.redaction.read import forget
from agentscope.redaction.write import set_actions
from agentscope.retention.models import Hold
from agentscope.retention.write import hold, lift
from agentscope.reviews.models import Comment
from agentscope.search.read import search
from agentscope.search.syntax import parse
from agentscope.sessions.models import Session
from agentscope.traces.models import Trace
from agentscope.traces.read import TraceFilters
from agentscope.traces.rewrite import Rewritten, replace_spans
from agentscope.traces.tables import trace_column
from ingest.drain import drain
from tests.ingest.conftest import Post
from tests.ingest.test_erasing import (
    ANN,
    HERS,
    OTHER,
    at_once,
    derive,
    erase,
    hers,
    of_bob,
    send,
)
from tests.ingest.test_redacting_stored import redact
from tests.ingest.test_redaction import dumped, found_in
from tests.kit.canary import CANARY, logs_with, traces_with
from tests.kit.changes import noted
from tests.kit.everything import places_of
from tests.kit.holding import can_be_held
from tests.kit.otlp import TRACE_ID, a_span, pair, traces

__all__ = ("at_once",)
pytestmark = pytest.mark.django_db(transaction=True)
HELD = UUID(bytes=OTHER)
SECRET = parse(CANARY)
# When what is derived of the same steps was derived last, or is due.
TIMES = ["generation", "examined_generation", "examine_after", "examined_at", "examine_seconds"]
APART = ("trace_hold", "search_block")  # the second is written anew, in other blocks


@pytest.fixture
def project(transactional_db: None) -> Iterator[Project]:
    """The default project, which redacts nothing yet."""
    forget()
    made = create_project("default")
    set_actions(made, {}, "tests")
    yield made
    forget()


def held_rows() -> dict[str, Counter[str]]:
    """Whatever any table has of the trace that is held."""
    return rows_of(HELD)


def rows_of(trace_id: UUID) -> dict[str, Counter[str]]:
    """The same of any trace, and its resources."""
    tables = {model._meta.db_table: trace_column(model) for model in apps.get_models()}
    found = {
        table: rows(f'select to_jsonb(t) from "{table}" t where "{column}" = %s', trace_id)
        for table, column in tables.items()
        if column and table not in APART
    }
    named = "select envelope from span_payload where trace_id = %s"
    found["envelope"] = rows(
        f"select to_jsonb(e) from envelope e where digest in ({named})", trace_id
    )
    return found


def rows(query: str, trace_id: UUID) -> Counter[str]:
    """What a query finds about a trace, but for TIMES."""
    with connection.cursor() as cursor:
        cursor.execute(query, [trace_id])
        found = [json.loads(row) if isinstance(row, str) else row for (row,) in cursor.fetchall()]
    plain = ({name: row[name] for name in row if name not in TIMES} for row in found)
    return Counter(json.dumps(row, sort_keys=True) for row in plain)


def mentioned(project: Project, post: Post) -> None:
    """A trace of Ann, and one of Bob's that names her wherever it can, in texts of people too."""
    send(post, hers())
    request = of_bob()
    request.resource_spans[0].resource.attributes.append(pair("host.owner", string_value=ANN))
    send(post, request)
    send(post, logs_with(f"for {ANN}", OTHER), "logs")
    derive()
    case = {"project_id": project.pk, "trace_id": HELD, "span_id": 1}
    Comment.objects.create(**case, who="bea", text=f"as {ANN} said", salt="x", digest=b"")
    told = {"asked": {"text": ANN}, "said": {}, "trace": HELD, "decision": "stop"}
    Answer.objects.create(project_id=project.pk, at=timezone.now(), **told)


def test_what_names_somebody_who_is_erased_stays_while_it_is_held(
    post: Post, project: Project
) -> None:
    mentioned(project, post)
    held, before = hold(project.pk, HELD, "a lawsuit", "ada"), held_rows()
    assert sum(before["review_comment"].values()) == sum(before["budget_answer"].values()) == 1
    erase(project)
    assert held_rows() == before
    assert Trace.objects.get().trace_id == HELD
    told = noted()[-1]
    assert "; left as it is, on legal hold: 1 span, 1 log record, " in told.what
    assert told.details["counts"]["changed_spans"] == 0
    assert HERS.encode() not in dumped()
    lift(held, "settled", "ada")
    erase(project)
    assert places_of(ANN) == set()
    assert "on legal hold" not in noted()[-1].what


def test_an_answer_in_a_held_trace_stays_though_its_session_goes(
    post: Post, project: Project
) -> None:
    hers_too = [pair("user.id", string_value=ANN), pair("session.id", string_value="errand two")]
    send(post, traces(a_span(attributes=hers_too)))
    send(post, of_bob("me"))
    derive()
    hold(project.pk, HELD, "a lawsuit", "ada")
    for trace in (HELD, None):
        said: dict[str, Any] = {"asked": {}, "said": {}, "trace": trace, "session": "errand two"}
        Answer.objects.create(project_id=project.pk, at=timezone.now(), decision="stop", **said)
    erasure = erase(project)
    jobs = Job.objects.in_bulk([erasure.counting, erasure.erasing])
    assert [job.result["answers"] for job in jobs.values()] == [1, 1]
    assert [each.trace for each in Answer.objects.all()] == [HELD]


def with_secrets(post: Post) -> None:
    """Two traces alike, with log records."""
    for trace_id in (TRACE_ID, OTHER):
        for request, path in ((traces_with, "traces"), (logs_with, "logs")):
            send(post, request(CANARY, trace_id), path)
    derive()


def test_what_is_redacted_stays_while_it_is_held(post: Post, project: Project) -> None:
    with_secrets(post)
    held, before = hold(project.pk, HELD, "a lawsuit", "ada"), held_rows()
    counted = redact(project, is_preview=True).result
    done = redact(project).result
    assert held_rows() == before
    for result in (counted, done):
        assert [result[f"held_{name}"] for name in ("spans", "logs")] == [2, 1]
        assert [result[f"changed_{name}"] for name in ("spans", "logs")] == [2, 1]
    assert counted["values"] == done["values"]
    assert done["held_texts"] > 0
    assert [each.trace_id for each, _ in search(project.pk, SECRET, TraceFilters()).items] == [HELD]
    assert name_of_session() in Session.objects.values_list("session", flat=True)
    other = {**rows_of(UUID(bytes=TRACE_ID)), "envelope": Counter()}
    assert [table for table, found in other.items() if CANARY in "".join(found)] == []
    assert "; left as it is, on legal hold: 2 spans, 1 log record, " in noted()[-1].what
    lift(held, "settled", "ada")
    again = redact(project).result
    assert [again[f"held_{name}"] for name in ("spans", "logs")] == [0, 0]
    while drain():
        pass
    assert found_in(dumped()) == []
    assert list(Session.objects.values_list("session", "traces")) == [(name_of_session(), 2)]


def name_of_session() -> str:
    """Of the trace that is held: there is such a session, or a link to it leads nowhere."""
    name = Trace.objects.get(trace_id=HELD).session
    assert name
    return name


def test_who_puts_a_trace_on_hold_waits_for_a_step_that_redacts(
    post: Post, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_secrets(post)
    seen = []

    def replacing(project_id: int, copies: Any) -> Rewritten:
        seen.append(can_be_held(project_id, HELD))
        return replace_spans(project_id, copies)

    monkeypatch.setattr(records, "replace_spans", replacing)
    redact(project)
    assert seen
    assert not any(seen)
    assert not Hold.objects.exists()
    assert can_be_held(project.pk, HELD)
