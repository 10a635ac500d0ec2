"""Plans, verdicts and what was turned down, as different instrumentations tell them."""

import pytest

from tests.kit.wired import (
    AGENT,
    ASKED,
    CHAT,
    EXECUTED,
    FOUND,
    INVOKED,
    LLM,
    MODEL,
    PROMPT,
    TOOL,
    USED,
    USER,
    answered,
    flattened,
    parts,
    received,
    sent,
    text,
)
from tests.ui.decisions import decision

pytestmark = pytest.mark.usefixtures("embedded")

GUARD = {"openinference.span.kind": "GUARDRAIL"}
OF_OPENAI = "openinference.instrumentation.openai"
OF_SMOLAGENTS = "openinference.instrumentation.smolagents"
OF_AGENTS = "openinference.instrumentation.openai_agents"


def test_a_plan_of_crewai(client, project):
    agent = {"crewai.event_name": "execute agent", "gen_ai.agent.name": "Researcher"}
    plan = {"crewai.event_name": "agent reasoning", "crewai.reasoning.plan": "1. Look. 2. Write."}
    call = {**CHAT, **PROMPT, **answered(parts("assistant", text("Done.")))}
    trace = received(
        project.pk,
        "crewai",
        sent(1, 0, "execute agent Researcher", agent),
        sent(2, 1, "agent reasoning", plan),
        sent(3, 2, "call llm", call),
        sent(4, 1, "call llm", call),
    )
    assert decision(client, trace, 4)["Considered"] == [
        "S step: agent reasoning 500 ms · $0.0035 The plan 1. Look. 2. Write."
    ]
    assert "Considered" not in decision(client, trace, 3)


def test_a_plan_of_plan_and_execute(client, project):
    chain = {"openinference.span.kind": "CHAIN"}
    steps = flattened("llm.output_messages", [{"role": "assistant", "content": "1. Look."}])
    done = flattened("llm.output_messages", [{"role": "assistant", "content": "Done."}])
    trace = received(
        project.pk,
        OF_OPENAI,
        sent(1, 0, "app", chain),
        sent(2, 1, "planner", chain),
        sent(3, 2, "ChatCompletion", {**LLM, **ASKED, **steps}),
        sent(4, 1, "executor", AGENT),
        sent(5, 4, "ChatCompletion", {**LLM, **ASKED, **done}),
    )
    assert decision(client, trace, 5) == {
        "Given": ["user Well?"],
        "Considered": ["S step: planner 500 ms · $0.0035 The plan 1. Look."],
        "Chose": ["Done."],
    }


def test_a_planning_step_of_smolagents_is_a_turn_that_does_nothing(client, project):
    plan = [{"role": "assistant", "content": "1. Look.\n<end_plan>"}]
    trace = received(
        project.pk,
        OF_SMOLAGENTS,
        sent(1, 0, "CodeAgent.run", AGENT),
        sent(2, 1, "Model.generate", {**LLM, **ASKED, **flattened("llm.output_messages", plan)}),
        sent(3, 1, "Step 1", {"openinference.span.kind": "CHAIN"}),
        sent(4, 3, "Model.generate", {**LLM, **flattened("llm.input_messages", [*USER, *plan])}),
        sent(5, 3, "search", {**TOOL, **FOUND}),
    )
    assert decision(client, trace, 2) == {"Given": ["user Well?"], "Chose": ["1. Look. <end_plan>"]}
    found = decision(client, trace, 4)
    assert found["Given"] == [
        "2 earlier messages, as of M model call: Model.generate ; nothing new"
    ]
    assert found["Did"] == ["T tool: search 500 ms → came to: three of them"]


def test_a_guardrail_whose_tripwire_was_tripped(client, project):
    tripped = {"tripwire_triggered": True, "output_info": {"reasoning": "off topic"}}
    why = "Guardrail InputGuardrail triggered tripwire"
    raised = ("exception", {"exception.type": "InputGuardrailTripwireTriggered"})
    said = flattened("llm.output_messages", [{"role": "assistant", "content": "Hello!"}])
    trace = received(
        project.pk,
        OF_AGENTS,
        sent(1, 0, "Triage", {**AGENT, "graph.node.id": "Triage"}, error=why, events=(raised,)),
        sent(2, 1, "topic_guardrail", {**GUARD, "output.value": tripped}),
        sent(3, 1, "response", {**LLM, **ASKED, **said}),
    )
    found = decision(client, trace, 3)
    assert found["Considered"] == ["G guardrail: topic_guardrail blocked 500 ms off topic"]
    assert found["Chose"] == ["Hello!"]
    assert found["Rejected"] == [
        "A agent: Triage rejected 500 ms · $0.0035 Content filtered. Discarded work: turned down "
        "(inferred from the shape of the trace).",
        "Spent in vain: $0.0035",
    ]


def test_verdicts_of_evaluators(client, project):
    told = {
        "gen_ai.evaluation.name": "relevance",
        "gen_ai.evaluation.score.label": "good",
        "gen_ai.evaluation.score.value": 0.9,
        "gen_ai.evaluation.explanation": "It answers.",
    }
    failed = {
        "langfuse.observation.type": "evaluator",
        "langfuse.observation.output": {"passed": False, "reason": "two of five sources"},
    }
    own = {**CHAT, **PROMPT, **answered(parts("assistant", text("Yes.")))}
    trace = received(
        project.pk,
        "shop",
        sent(1, 0, "invoke_agent desk", INVOKED),
        sent(2, 1, "chat gpt-4o", own, events=(("gen_ai.evaluation.result", told),)),
        sent(3, 1, "grounded", failed),
    )
    assert decision(client, trace, 2)["Considered"] == [
        "V evaluator: grounded turned down 500 ms two of five sources",
        "V relevance good, 0.9 It answers.",
    ]


def test_an_attempt_that_the_next_one_replaced(client, project):
    failed = {**CHAT, **PROMPT, "error.type": "429"}
    own = {**CHAT, **PROMPT, **answered(parts("assistant", text("Yes.")))}
    trace = received(
        project.pk,
        "shop",
        sent(1, 0, "invoke_agent desk", INVOKED),
        sent(2, 1, "chat gpt-4o", failed, error="Too many requests"),
        sent(3, 1, "chat gpt-4o", own),
    )
    assert decision(client, trace, 3)["Rejected"] == [
        "M model call: chat gpt-4o replaced 500 ms · $0.0035 Rate limited. Discarded work: done "
        "again afterwards (inferred from the shape of the trace).",
        "Spent in vain: $0.0035",
    ]


def test_what_an_instrumentation_does_not_tell_is_said_to_be_unknown(client, project):
    trace = received(
        project.pk,
        "gcp.vertex.agent",
        sent(1, 0, "invoke_agent desk", INVOKED),
        sent(2, 1, "generate_content", {"gen_ai.operation.name": "chat", **MODEL, **USED}),
        sent(3, 1, "execute_tool search", EXECUTED),
    )
    assert decision(client, trace, 2) == {
        "Given": ["What it was given is not known."],
        "Chose": ["What it answered is not known."],
        "Did": ["T tool: search 500 ms"],
    }
