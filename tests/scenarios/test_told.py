"""What each sender tells of a scenario is understood as what its program did."""

from __future__ import annotations

from collections import Counter

import pytest

from agentscope.inbox.models import DeadLetter, Inbox
from agentscope.pipeline import examine
from agentscope.traces.models import Trace
from agentscope.vocabulary import ErrorClass, Flag, Kind, Meaning, Status, WireSpan
from ingest.dialects import TOGETHER
from ingest.drain import drain
from ingest.otlp import decode_traces
from tests.kit.otlp import PROTOBUF
from tests.scenarios.catalogue import scenarios
from tests.scenarios.scenario import Scenario
from tests.scenarios.senders import SENDERS
from tests.scenarios.senders.sender import Sender
from tests.scenarios.steps import Step

KINDS = {"agent": Kind.AGENT, "model": Kind.LLM, "tool": Kind.TOOL, "handoff": Kind.HANDOFF}
DOING = frozenset(KINDS.values())
EVERY = pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.name)


@EVERY
def test_every_span_is_understood_as_what_was_done(scenario: Scenario):
    told = {span.span_id: span for body in scenario.bodies() for span in spans_of(body)}
    done = {step.id: step for step in scenario.played.steps}
    assert done.keys() <= told.keys()
    for span_id, span in told.items():
        meaning = TOGETHER.read_span(span)
        if step := done.get(span_id):
            check(step, span, meaning, scenario)
        else:
            assert span.name == "POST"
            assert meaning.kind is Kind.OTHER


def spans_of(body: bytes) -> list[WireSpan]:
    """The spans of a body, of which none is rejected."""
    decoded = decode_traces(body, PROTOBUF)
    assert not decoded.rejected
    assert not decoded.notes
    return decoded.items


def check(step: Step, span: WireSpan, meaning: Meaning, scenario: Scenario) -> None:
    """The span of a step says what the step was, and where it belongs."""
    assert (span.trace_id, span.parent_id) == (step.trace, step.parent)
    assert meaning.status is Status.ERROR if step.failure else meaning.status is not Status.ERROR
    if step.failure and step.failure.is_a is not ErrorClass.UNKNOWN:
        assert meaning.error_class is step.failure.is_a
    if step.kind not in KINDS:
        assert meaning.kind not in DOING
        return
    assert meaning.session == step.session
    is_function = step.kind == "agent" and scenario.sender.name == "vercel"  # seen in the tree
    assert meaning.kind is (Kind.CHAIN if is_function else KINDS[step.kind])
    if step.kind == "agent":
        assert meaning.agent == step.agent
    elif step.kind == "model":
        check_model(step, meaning, bool(scenario.hidden))
    elif step.kind == "tool":
        check_tool(step, meaning, bool(scenario.hidden))


def check_model(step: Step, meaning: Meaning, is_hidden: bool) -> None:
    """A model call: who answered, what it used, what was said."""
    assert (meaning.model, meaning.provider) == (step.model, step.provider)
    usage, content = meaning.usage, meaning.content
    assert (usage.input, usage.output) == (step.input_tokens, step.output_tokens)
    assert (usage.cache_read or 0, usage.reasoning or 0) == (
        step.cached_tokens,
        step.reasoning_tokens,
    )
    assert len(content.tools) == len(step.offered)
    assert (Flag.CACHED_ANSWER in meaning.flags) is ("litellm.cache_hit" in step.extra)
    if is_hidden:
        return
    assert [said.role for said in content.input_messages] == [turn.role for turn in step.asked]
    asked_for = [part.name for said in content.output_messages for part in said.parts if part.name]
    assert asked_for == [call.tool for call in (step.answer.calls if step.answer else ())]


def check_tool(step: Step, meaning: Meaning, is_hidden: bool) -> None:
    """A tool call: which, with what, and what came of it."""
    assert (meaning.tool, meaning.tool_call_id) == (step.name, step.call_id)
    if is_hidden:
        assert meaning.content.arguments is None
        assert meaning.content.result is None
    else:
        assert meaning.content.arguments == step.arguments
        assert (meaning.content.result or "") == (step.result or "")


@pytest.mark.django_db
@pytest.mark.parametrize("sender", SENDERS, ids=lambda sender: sender.name)
def test_the_traces_are_those_of_the_programs(sender: Sender):
    """Through the inbox, without a dead letter, to trees with the agents, calls and tokens."""
    chosen = [scenario for scenario in scenarios() if scenario.sender is sender][::15]
    steps = [step for scenario in chosen for step in scenario.played.steps]
    for scenario in chosen:
        for body in scenario.bodies():
            Inbox.objects.create(project_id=1, signal="traces", content_type=PROTOBUF, body=body)
    while drain():
        pass
    assert not DeadLetter.objects.exists()
    for trace in list(Trace.objects.all()):
        examine(trace.project_id, trace.trace_id)
    traces = list(Trace.objects.all())
    assert {trace.trace_id.bytes for trace in traces} == {step.trace for step in steps}
    for trace in traces:
        check_trace(trace, [step for step in steps if step.trace == trace.trace_id.bytes])


def check_trace(trace: Trace, steps: list[Step]) -> None:
    """The totals of a trace are the sums of what was done in it."""
    kinds = Counter(step.kind for step in steps)
    models = [step for step in steps if step.kind == "model"]
    answered = [step for step in models if "litellm.cache_hit" not in step.extra]  # by no cache
    assert trace.llm_calls == len(answered)
    assert trace.tool_calls == kinds["tool"]
    assert {*trace.agents} == {step.agent for step in steps if step.kind == "agent"}
    assert trace.session == steps[0].session
    assert (trace.input_tokens or 0) == sum(step.input_tokens or 0 for step in answered)
    assert (trace.output_tokens or 0) == sum(step.output_tokens or 0 for step in answered)
