"""CrewAI: its own tracer (scope `crewai`), and what its instrumentations tell in its words.

Its own tracer puts a digest where the agent's name should be; the role is the name."""

from __future__ import annotations

import re
from typing import Any, cast

from agentscope.vocabulary import Kind, Message, Part, Value, WireSpan
from ingest.reading.json_values import mapping, parsed
from ingest.reading.own_words import not_ok
from ingest.reading.reprs import usage_numbers
from ingest.reading.scalars import always, name, text
from ingest.reading.source import (
    CALLS,
    JUDGES,
    MODEL_CALLS,
    Events,
    Facts,
    Fields,
    Flattened,
    Refinements,
    Scope,
    Source,
)
from ingest.reading.tools import arguments, result
from ingest.reading.usage_objects import usage_inside
from ingest.reading.verdicts import passed_if, verdict

NAME = "crewai"
OF_CREW = 86  # rank of a crew's totals, which are told in its answer only
OF_TASK = 60  # rank of a task's answer, before what else its value seems to say
DIGEST = re.compile(r"[0-9a-f]{32}")

# How the name of a span or of an event begins → what it is; the first that fits
BEGINNINGS = (
    (Kind.CHAIN, "execute crew", "crew kickoff", "crew train", "crew test"),
    (Kind.CHAIN, "execute task", "task "),
    (Kind.AGENT, "execute agent", "execute lite agent", "agent execution", "lite agent"),
    (Kind.CHAIN, "agent reasoning", "execute flow", "call method", "method execution"),
    (Kind.LLM, "call llm", "llm call"),
    (Kind.GUARDRAIL, "evaluate guardrail", "llm guardrail", "policy", "evaluate policy"),
    (Kind.TOOL, "call tool", "tool usage", "execute mcp tool", "mcp tool execution"),
    (Kind.HUMAN, "request human feedback", "receive human feedback", "human feedback"),
    (Kind.CHAIN, "flow "),
    (Kind.MEMORY, "query memory", "retrieve memory", "save memory", "memory "),
    (Kind.RETRIEVAL, "query knowledge", "search knowledge", "knowledge "),
    (Kind.HANDOFF, "a2a "),
    (Kind.OTHER, "connect mcp", "mcp connection", "discover skills", "skill"),
)
DELEGATIONS = {
    f"{words} coworker".replace(" ", gap)
    for words in ("Delegate work to", "Ask question to", "delegate work to", "ask question to")
    for gap in (" ", "_")
}

FIELDS: Fields = {
    "crewai.mcp.tool_name": Source("tool", 45, name, CALLS),
    "crewai.mcp.tool_args": Source("arguments", 67, arguments, CALLS),
    "crewai.mcp.tool_result": Source("result", 67, result, CALLS),
    "crewai.a2a.agent_name": Source("agent", 27, name),
    "crewai.a2a.result": Source("output", 91, parsed),
    "crewai.mcp.error_type": Source("error_type", 45),
    "crewai.tool.failure.reason": (
        Source("failed", 50, always(True)),
        Source("error_message", 48),
    ),
    "crewai.tool.failure.message": Source("error_message", 46),
    "crewai.tool.failure.code": (Source("failed", 48, always(True)), Source("error_type", 48)),
    "crewai.guardrail.success": (
        Source("failed", 49, not_ok),
        Source("verdict", 30, passed_if, JUDGES),
    ),
    "crewai.guardrail.error": (
        Source("error_message", 49),
        Source("verdict_why", 30, text, JUDGES),
    ),
    "crewai.guardrail.result": Source("output", 61, parsed),
    "crewai.policy.decision": Source("verdict", 31, verdict, JUDGES),
    "crewai.policy.reason": (
        Source("output", 62),
        Source("verdict_why", 31, text, JUDGES),
    ),
    "crewai.llm.call_id": Source("response_id", 96, text, MODEL_CALLS),
    "crewai.memory.query": Source("input", 61),
    "crewai.memory.value": Source("input", 62, parsed),
    "crewai.memory.results": Source("output", 74, parsed),
    "crewai.memory.content": Source("output", 70, parsed),
    "crewai.knowledge.retrieved_knowledge": Source("output", 84, parsed),
    "crewai.knowledge.query": Source("input", 70),
    "crewai.human_feedback.message": Source("input", 76),
    "crewai.human_feedback.feedback": Source("output", 85),
    "crewai.flow.inputs": Source("input", 72, parsed),
    "crewai.flow.result": Source("output", 76, parsed),
    "crewai.method.params": Source("input", 74, parsed),
    "crewai.method.result": Source("output", 77, parsed),
    "crewai.crew.inputs": Source("input", 77, parsed),
    "crewai.crew.output": Source("output", 86, parsed),
    "crewai.task.output": Source("output", 81),
    "crewai.reasoning.plan": Source("output", 82),
}


def refine_native(span: WireSpan, facts: Facts) -> None:
    """A span of CrewAI's own tracer. Its anonymous statistics come under a scope of their own, and
    are no part of a run."""
    if span.scope.name == "crewai.telemetry":
        facts.settle_kind(Kind.OTHER, "scope")
        return
    event = str(span.attributes.get("crewai.event_name", "")).replace("_", " ")
    for said, source in ((span.name, "name"), (event, "crewai.event_name")):
        if (kind := kind_of_event(said)) is not None:
            facts.settle_kind(kind, source)
            break
    told = facts.candidates.get("agent", [])
    facts.candidates["agent"] = [at for at in told if not DIGEST.fullmatch(str(at[2]))]
    delegate(span, facts)


def kind_of_event(said: str) -> Kind | None:
    """What a span of this name, or of an event of this name, is."""
    low = said.lower()
    return next((kind for kind, *begin in BEGINNINGS if low.startswith(tuple(begin))), None)


def refine_openinference(span: WireSpan, facts: Facts) -> None:
    """A span of OpenInference's instrumentation. A crew's answer has the totals of its run."""
    delegate(span, facts)
    said = span.attributes.get("output.value")
    if isinstance(said, str) and '"raw"' in said and '"messages"' in said:
        answer_of_task(said, facts)
    is_crew = facts.kind is Kind.CHAIN and "crew_key" in span.attributes
    if is_crew and isinstance(said, str) and "token_usage" in said:
        add_totals(facts, "output.value", usage_inside(parsed(said)) or {})


def answer_of_task(said: str, facts: Facts) -> None:
    """What came of a task is `{"raw": "The paragraph is right.", "messages": […], …}`, where the
    messages are those that the model was sent."""
    raw = (mapping(said) or {}).get("raw")
    if isinstance(raw, str) and raw:
        answer = [Message("assistant", [Part("text", raw)])]
        facts.add("output_messages", OF_TASK, "output.value", cast(Value, answer))


def refine_crew(span: WireSpan, facts: Facts) -> None:
    """The same as OpenLLMetry has it: the `repr` of a model of Pydantic's, `total_tokens=71 …`."""
    said = span.attributes.get("crewai.crew.token_usage")
    if facts.kind is Kind.CHAIN and isinstance(said, str):
        numbers = usage_numbers(said.replace("cached_prompt_tokens", "cached_tokens"))
        add_totals(facts, "crewai.crew.token_usage", numbers)


def add_totals(facts: Facts, source: str, numbers: dict[str, Any]) -> None:
    """What a whole crew used. It counts where no call of it is told of, and else repeats them."""
    for field, number in numbers.items():
        facts.add(cast(Any, field), OF_CREW, source, number)


def delegate(span: WireSpan, facts: Facts) -> None:
    """The agent that another one hands work to is an argument of a tool."""
    if facts.kind is not Kind.TOOL:
        return
    called = next(facts.ranked("tool"), ("", span.name))[1]
    if str(called).removesuffix(".run") not in DELEGATIONS:
        return
    for key, given in facts.ranked("arguments"):
        if agent := coworker(given):
            facts.add("agent", 5, key, agent)
            return


def coworker(given: Value) -> str | None:
    """The coworker among the arguments of a delegation."""
    found = mapping(given) or {}
    return name(found.get("coworker") or found.get("co_worker"))


FLATTENED: Flattened = {}
EVENTS: Events = {}
REFINE: Refinements = {
    Scope("crewai"): refine_native,
    Scope("openinference.instrumentation.crewai"): refine_openinference,
    Scope("openlit.instrumentation.crewai"): delegate,
    "crewai.crew.token_usage": refine_crew,
}
