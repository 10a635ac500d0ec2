"""Interrupts, approvals and deferred tools are no errors: not in the trace that waits, and what is
executed after the decision is not done twice."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from agentscope.findings.earlier import Ended
from agentscope.findings.models import Finding, KeptOutline
from agentscope.findings.severity import Severity
from agentscope.traces.models import Trace
from agentscope.traces.read import trace_tree
from agentscope.vocabulary import Status, WireEvent, WireScope, WireSpan
from ingest.dialects import understand
from tests.kit.corpus import WIRE, Case, cases, replay
from tests.kit.costs import store, trace_id
from tests.kit.resumed import Run, lines, settle, tell
from tests.kit.spans import wire_span

pytestmark = pytest.mark.django_db

ACROSS = ("duplicate_side_effect", "lost_state", "stale_checkpoint", "rescheduled_work")
STATUS = {"unset": 0, "ok": 1, "error": 2}
INTERRUPTED = [case for case in cases() if case.truth["notes"].get("interrupts")]
PAIRS = (
    "openinference/langgraph-interrupt",
    "openllmetry/langgraph-interrupt",
    "langsmith/langgraph-interrupt",
    "langfuse/langgraph-interrupt",
    "otel_genai/langgraph-interrupt",
    "strands/interrupt",
    "strands/newest-interrupt",
    "pydantic_ai/2-deferral",
    "pydantic_ai/5-deferral",
)


def wire(said: dict[str, Any], trace: int = 1) -> WireSpan:
    """A span as a pair of tests/wire describes it."""
    return wire_span(
        trace_id=trace_id(trace),
        name=said["name"],
        scope=WireScope({}, said.get("scope", ""), "", {}, "", b""),
        attributes=said.get("attributes", {}),
        events=[
            WireEvent(event["name"], 0, event.get("attributes", {}))
            for event in said.get("events", [])
        ],
        status_code=STATUS[said.get("status", "unset")],
        status_message=said.get("status_message", ""),
    )


def assert_it_waits(told: WireSpan) -> None:
    """Stored and examined, the span waits, nothing failed and nothing is found."""
    store(7, (told, understand(told)))
    settle(7, 1)
    trace = Trace.objects.get()
    tree = trace_tree(7, trace.trace_id)
    assert tree is not None
    assert [row.status for row in tree.rows()] == [Status.WAITING]
    assert (trace.errors, trace.outcome) == (0, "")
    assert KeptOutline.objects.get().ended == Ended.PAUSED
    assert lines(7) == []


@pytest.mark.parametrize("pair", PAIRS)
def test_what_waits_for_a_person_by_its_dialect(pair: str) -> None:
    assert_it_waits(wire(json.loads((WIRE / f"{pair}.json").read_text())["span"]))


def test_a_flow_of_crewai_that_waits_for_feedback() -> None:
    raised = {
        "exception.type": "crewai.flow.async_feedback.types.HumanFeedbackPending",
        "exception.message": "Human feedback pending",
    }
    assert_it_waits(
        wire(
            {
                "name": "method review",
                "scope": "crewai",
                "status": "error",
                "attributes": {"crewai.event_name": "method_execution_started"},
                "events": [{"name": "exception", "attributes": raised}],
            }
        )
    )


@pytest.mark.parametrize("case", INTERRUPTED, ids=lambda case: case.name)
def test_recorded_runs_that_were_approved(case: Case) -> None:
    """The tool is entered twice, before and after the approval, and finishes once."""
    replay(case, 7)
    ended = dict(KeptOutline.objects.values_list("trace_id", "ended"))
    waiting = {trace for trace in ended if Status.WAITING in statuses(trace)}
    assert len(waiting) == case.truth["notes"]["interrupts"]
    if len(ended) > 1:  # else the pause is in the middle of the only trace
        assert {trace for trace, how in ended.items() if how == Ended.PAUSED} == waiting
    found = Finding.objects.filter(withdrawn_at__isnull=True)
    assert [each.sentence for each in found if each.severity >= Severity.WARNING] == []
    assert not found.filter(code__in=ACROSS).exists()


def statuses(trace: UUID) -> set[Status]:
    """Of the spans of a trace."""
    tree = trace_tree(7, trace)
    assert tree is not None
    return {row.status for row in tree.rows()}


def test_a_tool_of_the_openai_agents_that_is_approved() -> None:
    """The run ends with a call that is asked for but not made; the next one makes it."""
    asked = Run(1).use("get_order", {"order": 7}, "paid").think("May I pay it back?")
    approved = Run(2, 600)
    approved.history, approved.tokens = [*asked.history], asked.tokens
    tell(asked, approved.use("issue_refund", {"order": 7}).think("Done."))
    assert lines(7) == []


def test_what_was_done_before_the_pause_and_again_after_it_is_done_twice() -> None:
    """A graph executes the interrupted node again from its beginning."""
    first = Run(1).use("send_email", {"to": "ann"}).pause()
    resumed = Run(2, 600, task="").call("send_email", {"to": "ann"})
    resumed.call("publish_report", {"id": 1})
    tell(first, resumed)
    assert [line[1] for line in lines(7)] == ["duplicate_side_effect"]


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_no_recorded_run_is_done_twice(case: Case) -> None:
    if case.truth["loop"] is None:
        replay(case, 7)
        assert not Finding.objects.filter(code__in=ACROSS, withdrawn_at__isnull=True).exists()
