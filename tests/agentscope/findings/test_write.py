"""Findings are written when a trace is examined, withdrawn when they are gone, and added up."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from agentscope.findings import causes as adding
from agentscope.findings.decisions import EXPECTED, NONE, RESOLVED, decide, state
from agentscope.findings.in_trace import marking
from agentscope.findings.models import Cause, Finding
from agentscope.findings.read import (
    CauseFilters,
    causes,
    findings_of_cause,
)
from agentscope.findings.waste import burn_per_hour
from agentscope.findings.write import forget_findings
from agentscope.pipeline import examine
from agentscope.projects.models import Project
from agentscope.traces.models import Trace
from ingest.drain import drain
from tests.kit.changes import noted
from tests.kit.money import SECOND, START, Told, request

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def project(settings: Any) -> Project:
    settings.AGENTSCOPE_EMBEDDED = True  # no keys
    return Project.objects.create(name="loops")


def run(trace: int, results: list[str]) -> list[Told]:
    """An agent that calls one tool again and again, and what came back."""
    agent = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "scout"}
    spans = [span(trace, 1, 0, 100, agent)]
    for number, result in enumerate(results):
        said = {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": "search",
            "gen_ai.tool.call.arguments": '{"q": "rain"}',
            "gen_ai.tool.call.result": result,
        }
        spans.append(span(trace, number + 2, 1, 2 * number + 1, said))
    return [Told("shop", "agents", each) for each in spans]


def span(trace: int, number: int, parent: int, at: int, said: dict[str, str]) -> Span:
    made = Span(
        trace_id=trace.to_bytes(16, "big"),
        span_id=number.to_bytes(8, "big"),
        parent_span_id=parent.to_bytes(8, "big") if parent else b"",
        name=said.get("gen_ai.tool.name", "scout"),
        start_time_unix_nano=START + (0 if number == 1 else at) * SECOND,
        end_time_unix_nano=START + (at + 1) * SECOND,
    )
    for key, value in said.items():
        made.attributes.add(key=key).value.string_value = value
    return made


def tell(project: Project, told: list[Told]) -> None:
    client = Client(headers={"host": "localhost", "x-agentscope-project": project.name})
    answer = client.post("/v1/traces", request(told), content_type="application/x-protobuf")
    assert answer.status_code == 200
    drain()
    for trace in Trace.objects.filter(project_id=project.pk).order_by("trace_id"):
        examine(project.pk, trace.trace_id)
    while adding.add_up():
        pass


def of(project: Project) -> list[Finding]:
    return list(Finding.objects.filter(project_id=project.pk).order_by("trace_id"))


def test_a_repetition_is_written_down(project: Project) -> None:
    tell(project, run(1, ["nothing new"] * 4))
    (found,) = of(project)
    assert (found.code, found.repeats, found.agent, found.subject) == (
        *("exact_repeat", 4, "scout"),
        "search",
    )
    assert found.span_ids == [2, 3, 4, 5]
    assert (found.first_span, found.last_span) == (2, 5)
    assert found.last_ns - found.first_ns == 7 * SECOND
    assert burn_per_hour(found) is None, "it lasted for seconds only"
    assert marking(project.pk, found.trace_id) == [found]


def test_a_growing_trace_raises_it_once(project: Project) -> None:
    tell(project, run(1, ["nothing new"] * 3))
    (first,) = of(project)
    tell(project, run(1, ["nothing new"] * 9))
    (later,) = of(project)
    assert later.raised_at == first.raised_at
    assert (first.repeats, later.repeats) == (3, 9)


def test_late_spans_withdraw_it_and_bring_it_back(project: Project) -> None:
    spans = run(1, ["nothing new"] * 4)
    late = run(1, ["nothing new", "sunshine", "nothing new", "hail"])
    tell(project, [spans[0], spans[2], spans[4]])
    assert of(project) == []
    tell(project, spans)
    assert of(project)[0].withdrawn_at is None
    for each in late[2:]:
        each.span.end_time_unix_nano += 10 * SECOND  # the later copy of a span wins
    tell(project, late)
    (found,) = of(project)
    assert found.withdrawn_at is not None
    assert marking(project.pk, found.trace_id) == []
    assert causes(project.pk, CauseFilters(state="all"), 0, 10).items == []


def level(number: int) -> list[Told]:
    """An agent inside of the one before, which asks for the same: itself, its model, its tool."""
    task = {"role": "user", "parts": [{"type": "text", "content": "Find out why."}]}
    asks = {"type": "tool_call", "name": "ask", "arguments": {"task": "Find out why."}}
    answer = {"role": "assistant", "parts": [asks]}
    chat = {
        "gen_ai.operation.name": "chat",
        "gen_ai.input.messages": json.dumps([task]),
        "gen_ai.output.messages": json.dumps([answer]),
    }
    agent = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "scout"}
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "ask"}
    own, at = 10 * number, 5 * number
    made = [(own, own - 8 if number > 1 else 0, agent), (own + 1, own, chat), (own + 2, own, tool)]
    return [Told("shop", "agents", span(1, each, above, at, said)) for each, above, said in made]


def test_what_runs_take_the_place_of_was_raised_once(project: Project) -> None:
    levels = [level(number) for number in range(1, 5)]
    tell(project, [each[1] for each in levels])
    (early,) = of(project)
    assert (early.code, early.severity, early.agent) == ("recursive_delegation", 1, "")
    Finding.objects.update(raised_at=early.raised_at - timedelta(minutes=1))
    tell(project, [spoken for each in levels for spoken in each])
    (late,) = of(project)
    assert (late.code, late.agent, late.span_ids) == (early.code, "scout", [10, 20, 30, 40])
    assert late.raised_at == early.raised_at - timedelta(minutes=1)


def test_what_goes_on_under_another_name_was_raised_once(project: Project) -> None:
    spans = run(1, ["nothing new"] * 6)
    tell(project, spans[2:4] + spans[5:])
    (early,) = of(project)
    assert (early.agent, early.first_span, early.repeats) == ("", 3, 4)
    Finding.objects.update(raised_at=early.raised_at - timedelta(minutes=1))
    tell(project, spans)  # whose agent they are, and what came first and between
    (late,) = of(project)
    assert (late.agent, late.first_span, late.repeats) == ("scout", 2, 6)
    assert (late.withdrawn_at, late.raised_at) == (None, early.raised_at - timedelta(minutes=1))
    assert late.fingerprint != early.fingerprint
    (cause,) = causes(project.pk, CauseFilters(state="all"), 0, 10).items
    assert cause.fingerprint == late.fingerprint


def test_the_same_cause_in_other_traces_is_one(project: Project) -> None:
    for trace in (1, 2, 3):
        tell(project, run(trace, ["nothing new"] * (2 + trace)))
    page = causes(project.pk, CauseFilters(), 0, 10)
    (cause,) = page.items
    assert (page.total, cause.findings, cause.traces) == (1, 3, 3)
    assert [each.repeats for each in findings_of_cause(project.pk, cause.fingerprint, 10)] == [
        *(5, 4, 3)
    ]


def test_a_project_sees_only_its_own(project: Project) -> None:
    other = Project.objects.create(name="another")
    tell(project, run(1, ["nothing new"] * 4))
    (found,) = of(project)
    assert causes(other.pk, CauseFilters(state="all"), 0, 10).items == []
    assert marking(other.pk, found.trace_id) == []
    assert decide(other.pk, found.fingerprint, EXPECTED, "eve") is None


def test_what_is_expected_stays_so_and_what_is_resolved_comes_back(project: Project) -> None:
    tell(project, run(1, ["nothing new"] * 4))
    (found,) = of(project)
    cause = decide(project.pk, found.fingerprint, EXPECTED, "ann", "it waits for the weather")
    assert cause
    assert state(cause) == "expected"
    assert causes(project.pk, CauseFilters(), 0, 10).items == []
    decide(project.pk, found.fingerprint, NONE, "ann")
    decide(project.pk, found.fingerprint, RESOLVED, "bob")
    assert causes(project.pk, CauseFilters(), 0, 10).items == []
    tell(project, run(2, ["nothing new"] * 4))
    (again,) = causes(project.pk, CauseFilters(), 0, 10).items
    assert state(again) == "reopened"
    said = [change.what for change in noted()]
    assert said == [
        "exact_repeat of search is expected here.",
        "exact_repeat of search is open again.",
        "exact_repeat of search is resolved.",
    ]


def test_what_goes_on_after_it_was_resolved_is_open_again(project: Project) -> None:
    tell(project, run(1, ["nothing new"] * 3))
    (found,) = of(project)
    decide(project.pk, found.fingerprint, RESOLVED, "bob")
    soon = found.last_at + timedelta(seconds=1)
    Finding.objects.update(raised_at=found.last_at)
    Cause.objects.update(decided_at=soon, raised_at=found.last_at)
    assert causes(project.pk, CauseFilters(), 0, 10).items == []
    tell(project, run(1, ["nothing new"] * 9))
    (again,) = causes(project.pk, CauseFilters(), 0, 10).items
    assert state(again) == "reopened"


def test_findings_go_with_their_traces(project: Project) -> None:
    tell(project, run(1, ["nothing new"] * 4))
    Trace.objects.all().delete()
    forget_findings()
    adding.add_up()
    assert not Finding.objects.exists()
    assert not Cause.objects.exists()


def test_burn_is_by_the_hour() -> None:
    spent = Finding(first_ns=0, last_ns=30 * 60 * SECOND, known_cost=2)
    assert burn_per_hour(spent) == 4
