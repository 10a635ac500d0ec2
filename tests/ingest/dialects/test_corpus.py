"""Recorded runs of real programs, as far as single spans can tell.

What a program really did was counted outside of it; see tests/wire/README.md. Whether a call that
two instrumentations report counts once or twice is decided later, over the whole trace.
"""

from collections import Counter
from dataclasses import dataclass, field

import pytest

from agentscope.vocabulary import Kind, Meaning
from ingest.dialects import understand
from ingest.otlp import decode_traces
from tests.kit.corpus import Case, cases

OURS = ("openinference", "traceloop", "genai", "openai-v2")
CASES = [case for case in cases() if any(name in case.truth["instrumentation"] for name in OURS)]
TOKENS = {
    "input": "input",
    "output": "output",
    "cached": "cache_read",
    "cache_creation": "cache_write",
    "reasoning": "reasoning",
}


@dataclass
class Odd:
    """How the spans of a run differ from the truth, and why."""

    why: str
    llm: int | None = None  # spans of model calls
    tools: dict[str, int] = field(default_factory=dict)  # spans by tool
    unseen: set[str] = field(default_factory=set)  # agents that no span names
    tokens: dict[str, int] = field(default_factory=dict)


ODD = {
    "anthropic-otel-genai-loop": Odd(
        "the SDK and the instrumentation report each call; the program's tools have no spans",
        llm=30,
        tools={"run_sql": 0},
        tokens={"input": 19144, "output": 510, "cached": 16512, "cache_creation": 384},
    ),
    "autogen-openinference": Odd(
        "AutoGen and the instrumentation report each tool call; cached tokens are not sent",
        tools={"get_stock_price": 2, "get_news": 4},
        tokens={"cached": 0},
    ),
    "crewai-openinference-only-loop": Odd(
        "only CrewAI is instrumented, not the model client",
        llm=0,
        tokens={"input": 0, "output": 0, "cached": 0},
    ),
    "distributed-openinference-traceloop": Odd(
        "the SDK and the instrumentation report each Anthropic call; the service has only these",
        llm=11,
        tools={"apply_patch": 0},
        unseen={"coder"},
        tokens={"input": 650, "output": 102},
    ),
    "dspy-openinference": Odd(
        "no tokens are sent",
        tokens={"input": 0, "output": 0, "cached": 0},
    ),
    "langgraph-genai": Odd(
        "the tool that waits for approval is entered twice", tools={"publish_report": 2}
    ),
    "langgraph-genai-loop": Odd("nodes have no spans", unseen={"writer", "critic"}),
    "langgraph-openinference": Odd(
        "the tool that waits for approval is entered twice", tools={"publish_report": 2}
    ),
    "langgraph-traceloop": Odd(
        "the tool that waits for approval is entered twice", tools={"publish_report": 2}
    ),
    "langgraphjs-openinference": Odd(
        "JavaScript's LangGraph does not tell agents from other nodes",
        unseen={"planner", "reviewer"},
    ),
    "langgraphjs-openinference-loop": Odd(
        "JavaScript's LangGraph does not tell agents from other nodes",
        unseen={"legal", "finance"},
    ),
    "llamaindex-traceloop-loop": Odd(
        "model calls have no spans",
        llm=0,
        tokens={"input": 0, "output": 0, "cached": 0},
    ),
    "openai-agents-traceloop-both": Odd(
        "two instrumentations report each call, the outer one without tokens", llm=17
    ),
    "openai-anthropic-openinference": Odd(
        "the SDK and the instrumentation report each Anthropic call; one agent's tools have no "
        "spans; Anthropic does not count reasoning",
        tools={"run_sql": 2},
        tokens={
            "input": 2763,
            "output": 218,
            "cached": 1536,
            "cache_creation": 384,
            "reasoning": 0,
        },
    ),
    "smolagents-genai": Odd(
        "only agents have spans",
        llm=0,
        tools={"visit_page": 0},
        tokens={"input": 0, "output": 0, "cached": 0},
    ),
    "strands-openinference": Odd("reasoning tokens are not sent", tokens={"reasoning": 0}),
}


def test_the_runs_of_our_dialects_are_here() -> None:
    assert len(CASES) >= 30
    assert {case.name for case in CASES} >= ODD.keys()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_model_calls(case: Case) -> None:
    spans = len(of_kind(case, Kind.LLM))
    truth = case.truth["llm"]
    odd = ODD.get(case.name)
    if odd and odd.llm is not None:
        assert spans == odd.llm
    else:  # what a client tries again by itself is one span
        assert truth["calls"] - truth["errors"] <= spans <= truth["calls"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_tokens(case: Case) -> None:
    usages = [meaning.usage for meaning in of_kind(case, Kind.LLM)]
    sums = {
        name: sum(getattr(usage, bucket) or 0 for usage in usages)
        for name, bucket in TOKENS.items()
    }
    assert sums == case.truth["llm"]["tokens"] | odd_of(case).tokens


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_tool_executions(case: Case) -> None:
    calls = Counter(meaning.tool for meaning in of_kind(case, Kind.TOOL))
    really = {name: tool["calls"] for name, tool in case.truth["tools"].items()}
    assert {name: calls[name] for name in really} == really | odd_of(case).tools


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_agents(case: Case) -> None:
    seen = {meaning.agent for meaning in meanings(case)}
    assert set(case.truth["agents"]) - seen == odd_of(case).unseen


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_session(case: Case) -> None:
    sent = case.truth["observed"]["session_id_in_attributes"]
    seen = {meaning.session for meaning in meanings(case)} - {""}
    assert seen == ({case.truth["session"]["id"]} if sent else set())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_model_call_that_used_tokens_has_model_and_provider(case: Case) -> None:
    used = [meaning for meaning in of_kind(case, Kind.LLM) if meaning.usage]
    without = [meaning for meaning in used if not (meaning.model and meaning.provider)]
    assert without == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_ids_of_answers_are_the_provider_s(case: Case) -> None:
    ids = {meaning.response_id for meaning in of_kind(case, Kind.LLM)} - {""}
    assert ids <= {call.get("response_id") for call in case.truth["llm_calls"]}


def odd_of(case: Case) -> Odd:
    return ODD.get(case.name, Odd("as it was"))


def of_kind(case: Case, kind: Kind) -> list[Meaning]:
    return [meaning for meaning in meanings(case) if meaning.kind is kind]


def meanings(case: Case) -> list[Meaning]:
    """What each span means, of spans that came twice once."""
    if case.name not in UNDERSTOOD:
        spans = {
            (span.trace_id, span.span_id): span
            for body, content_type in case.bodies("traces")
            for span in decode_traces(body, content_type).items
        }
        UNDERSTOOD[case.name] = [understand(span) for span in spans.values()]
    return UNDERSTOOD[case.name]


UNDERSTOOD: dict[str, list[Meaning]] = {}
