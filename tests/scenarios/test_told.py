"""What each sender tells of a scenario is understood as what its program did."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from agentscope.inbox.models import DeadLetter, Inbox
from agentscope.pipeline import examine
from agentscope.traces.models import Trace
from agentscope.vocabulary import ErrorClass, Flag, Kind, Meaning, Status, WireLog, WireSpan
from ingest.dialects import TOGETHER
from ingest.drain import drain
from ingest.otlp import decode_logs, decode_traces
from tests.kit.otlp import PROTOBUF
from tests.scenarios.catalogue import scenarios
from tests.scenarios.scenario import Scenario
from tests.scenarios.senders import SENDERS
from tests.scenarios.senders.sender import Sender
from tests.scenarios.steps import Step

KINDS = {"agent": Kind.AGENT, "model": Kind.LLM, "tool": Kind.TOOL, "handoff": Kind.HANDOFF}
DOING = frozenset(KINDS.values())
COPIED = "is-told-twice"  # its copy of a call is none
EVERY = pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.name)


@EVERY
def test_every_span_is_understood_as_what_was_done(scenario: Scenario):
    told = {span.span_id: span for span in spans_of(scenario)}
    recorded = records_of(scenario)
    done = {step.id: step for step in scenario.played.steps}
    assert done.keys() <= told.keys()
    assert recorded.keys() <= done.keys()
    for span_id, span in told.items():
        meaning = TOGETHER.read_span(span)
        if step := done.get(span_id):
            fill(meaning, recorded.get(span_id, ()))
            check(step, span, meaning, scenario)
        else:
            assert span.name == "POST"
            assert meaning.kind is Kind.OTHER


def spans_of(scenario: Scenario) -> list[WireSpan]:
    """The spans of a scenario, of which none is rejected."""
    sent = [each.body for each in scenario.bodies() if each.signal == "traces"]
    decoded = [decode_traces(body, PROTOBUF) for body in sent]
    assert not any(each.rejected or each.notes for each in decoded)
    return [span for each in decoded for span in each.items]


def records_of(scenario: Scenario) -> dict[bytes, list[WireLog]]:
    """The log records of each of its spans, in order, likewise."""
    sent = [each.body for each in scenario.bodies() if each.signal == "logs"]
    decoded = [decode_logs(body, PROTOBUF) for body in sent]
    assert not any(each.rejected or each.notes for each in decoded)
    found: dict[bytes, list[WireLog]] = {}
    for record in sorted((at for each in decoded for at in each.items), key=lambda at: at.time_ns):
        found.setdefault(record.span_id, []).append(record)
    return found


def fill(meaning: Meaning, records: Sequence[WireLog]) -> None:
    """Add the content that is told by records."""
    for record in records:
        said = TOGETHER.read_log(record).content
        meaning.content.input_messages += said.input_messages
        meaning.content.output_messages += said.output_messages
        meaning.content.tools += said.tools


def check(step: Step, span: WireSpan, meaning: Meaning, scenario: Scenario) -> None:
    """The span of a step says what the step was, and where it belongs."""
    untold = scenario.sender.leaves_out
    assert (span.trace_id, span.parent_id) == (step.trace, step.parent)
    assert meaning.status is Status.ERROR if step.failure else meaning.status is not Status.ERROR
    if step.failure and step.failure.is_a is not ErrorClass.UNKNOWN:
        assert meaning.error_class is step.failure.is_a
    if step.kind not in KINDS:
        assert meaning.kind not in DOING
        return
    if not ("session" in untold and step.parent):
        assert meaning.session == step.session
    is_function = step.kind == "agent" and scenario.sender.name == "vercel"  # seen in the tree
    assert meaning.kind is (Kind.CHAIN if is_function else KINDS[step.kind])
    if step.kind == "agent":
        assert meaning.agent == step.agent
        assert meaning.step_limit == (step.limit or None) or "limit" in untold
    elif step.kind == "model":
        check_model(step, meaning, scenario)
    elif step.kind == "tool":
        check_tool(step, meaning, scenario)


def check_model(step: Step, meaning: Meaning, scenario: Scenario) -> None:
    """A model call: who answered, what it used, what was said."""
    untold = scenario.sender.leaves_out
    assert (meaning.model, meaning.provider) == (step.model, step.provider)
    usage, content = meaning.usage, meaning.content
    assert (usage.input, usage.output) == (step.input_tokens, step.output_tokens)
    if step.input_tokens is not None:
        assert (usage.cache_read or 0) == ("cached" not in untold and step.cached_tokens)
        assert (usage.reasoning or 0) == ("reasoning" not in untold and step.reasoning_tokens)
    assert (Flag.CACHED_ANSWER in meaning.flags) is ("litellm.cache_hit" in step.extra)
    if scenario.hidden or scenario.cut:
        return
    assert len(content.tools) == ("tools" not in untold and len(step.offered))
    said = [message.role for message in content.input_messages]
    assert said == [turn.role for turn in step.asked]
    asked_for = [part.name for said in content.output_messages for part in said.parts if part.name]
    assert asked_for == [call.tool for call in (step.answer.calls if step.answer else ())]


def check_tool(step: Step, meaning: Meaning, scenario: Scenario) -> None:
    """A tool call: which, with what, and what came of it."""
    assert meaning.tool == step.name
    assert meaning.tool_call_id == step.call_id or "call_id" in scenario.sender.leaves_out
    content = meaning.content
    if scenario.hidden:
        assert content.arguments is None
        assert content.result is None
    elif not scenario.cut:
        assert content.arguments == step.arguments
        assert (content.result or "") == (step.result or "")


@pytest.mark.django_db
@pytest.mark.parametrize("sender", SENDERS, ids=lambda sender: sender.name)
def test_the_traces_are_those_of_the_programs(sender: Sender):
    """Through the inbox, without a dead letter, to trees with the agents, calls and tokens."""
    of_it = [at for at in scenarios() if at.sender is sender and at.program.shape != COPIED]
    chosen = of_it[::15]
    steps = [step for scenario in chosen for step in scenario.played.steps]
    for scenario in chosen:
        for signal, body in scenario.bodies():
            Inbox.objects.create(project_id=1, signal=signal, content_type=PROTOBUF, body=body)
    while drain():
        pass
    assert not DeadLetter.objects.exists()
    for trace in list(Trace.objects.all()):
        examine(trace.project_id, trace.trace_id)
    traces = list(Trace.objects.all())
    assert {trace.trace_id.bytes for trace in traces} == {step.trace for step in steps}
    for trace in traces:
        check_trace(trace, [at for at in steps if at.trace == trace.trace_id.bytes], sender)


def check_trace(trace: Trace, steps: list[Step], sender: Sender) -> None:
    """The totals of a trace are the sums of what was done in it."""
    models = [step for step in steps if step.kind == "model"]
    answered = [step for step in models if "litellm.cache_hit" not in step.extra]  # by no cache
    tools = [step for step in steps if step.kind == "tool"]
    # Attempts at one call count once where the sender tells which call it is.
    calls = tools if "call_id" in sender.leaves_out else {step.call_id for step in tools}
    assert trace.llm_calls == len(answered)
    assert trace.tool_calls == len(calls)
    assert {*trace.agents} == {step.agent for step in steps if step.kind == "agent"}
    assert trace.session == steps[0].session
    assert (trace.input_tokens or 0) == sum(step.input_tokens or 0 for step in answered)
    assert (trace.output_tokens or 0) == sum(step.output_tokens or 0 for step in answered)
