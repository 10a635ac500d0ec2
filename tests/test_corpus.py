"""Recorded runs of real agent programs, from the bodies that they sent to the totals of a trace."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from genai_prices import Usage, calc_price

from agentscope.traces.models import Trace
from tests.kit.corpus import Case, cases, differences, measured, misattributed, replay
from tests.kit.table import PAGE, answers, row

pytestmark = pytest.mark.django_db

PROJECT = 1
NO_SPAN = "the instrumentation writes no span for it"
NOT_SAID = "no attribute of any span says it"
NOT_COUNTED = "the provider does not count it, so nobody on the wire can say it"
TOKENS = ("input_tokens", "output_tokens", "cache_read_tokens")

# Figures that cannot be told from the bodies, or not yet, each with the reason. A figure that does
# match must not stand here.
UNTOLD: dict[str, dict[str, str]] = {
    "anthropic-otel-genai-loop": {"tool_calls": NO_SPAN},
    "anthropic-sdk-native": {"tool_calls": NO_SPAN, "reasoning_tokens": NOT_SAID},
    "autogen-openinference": {"cache_read_tokens": NOT_SAID},
    "crewai-openinference-only-loop": dict.fromkeys(["llm_calls", *TOKENS], NO_SPAN),
    "distributed-openinference-traceloop": dict.fromkeys(["tool_calls", "agents"], NO_SPAN),
    "dspy-openinference": dict.fromkeys(TOKENS, NOT_SAID),
    "langgraph-genai-loop": {"agents": NO_SPAN},
    "langgraph-openlit": {
        "reasoning_tokens": NOT_SAID,
        "agents": "the supervisor goes by the name of its graph",
    },
    "llamaindex-traceloop-loop": dict.fromkeys(["llm_calls", *TOKENS], NO_SPAN),
    "mastra-otel-loop": {"tool_calls": "the tool goes by the name that its agent has for it"},
    "openai-agents-openlit": dict.fromkeys(["llm_calls", *TOKENS], "streams have no span"),
    "openai-anthropic-openinference": {"tool_calls": NO_SPAN, "reasoning_tokens": NOT_SAID},
    "pydantic-ai-logfire": {"reasoning_tokens": NOT_COUNTED},
    "semantic-kernel-native-stream-loop": {"cache_read_tokens": NOT_SAID},
    "smolagents-genai": dict.fromkeys(["llm_calls", "tool_calls", *TOKENS], NO_SPAN),
    "strands-native": {"reasoning_tokens": NOT_COUNTED},
    "strands-openinference": {"reasoning_tokens": NOT_COUNTED},
    "vercel-ai6-native": {"reasoning_tokens": NOT_SAID},
    "vercel-ai7-otel": {"reasoning_tokens": NOT_SAID},
}


# Model calls whose agent cannot be told: (who made it, who is shown) → how many.
UNKNOWN_AGENTS: dict[str, dict[tuple[str, str], int]] = {
    "distributed-openinference-traceloop": {("coder", "Tech Lead"): 4},  # no span of the service
    "langgraph-genai-loop": {("writer", ""): 11, ("critic", ""): 11},  # no span of a node
    "langgraph-openlit": {("supervisor", "team"): 4},  # the graph's name
    "langgraph-openlit-loop": {("searcher", "lead"): 15},  # told in OpenLIT's words only
}

# Costs that differ from those of the true tokens, each with the reason.
UNKNOWN_COSTS = {
    **dict.fromkeys(
        ["autogen-openinference", "semantic-kernel-native-stream-loop"],
        "no attribute says how many tokens came from the cache",
    ),
    **dict.fromkeys(
        ["crewai-openinference-only-loop", "llamaindex-traceloop-loop", "smolagents-genai"], NO_SPAN
    ),
    "dspy-openinference": NOT_SAID,
    "openai-agents-openlit": "streams have no span",
    "langgraph-openlit-loop": "the sender reports a cost of its own making",
    "openai-agents-traceloop-both": "two calls do not say what they used",
}


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_what_is_understood_is_what_happened(case: Case):
    replay(case, PROJECT)
    check_figures(case)
    assert misattributed(PROJECT, case.truth) == UNKNOWN_AGENTS.get(case.name, {})
    found = sum(trace.known_cost for trace in Trace.objects.all())
    assert (found == cost(case)) is (case.name not in UNKNOWN_COSTS)


def check_figures(case: Case) -> None:
    """Each figure is true, or known to be untold; and the page of the docs says so."""
    found = differences(case.truth, measured(PROJECT, case.truth))
    unexplained = {at: odd for at, odd in found.items() if at not in UNTOLD.get(case.name, {})}
    assert unexplained == {}
    assert found.keys() == UNTOLD.get(case.name, {}).keys()
    told = row(case, answers(case, PROJECT))
    assert told in PAGE.read_text(), "docs/corpus.md is old: make corpus ARGS=--write"


def cost(case: Case) -> Decimal:
    """What genai-prices itself makes of the tokens that the model server counted."""
    return sum(
        (
            calc_price(
                Usage(
                    input_tokens=used["input"],
                    output_tokens=used["output"],
                    cache_read_tokens=used["cached"],
                    cache_write_tokens=used["cache_creation"],
                ),
                model_ref=call.get("response_model") or call["model"],
                genai_request_timestamp=datetime.fromtimestamp(call["t_unix_ms"] / 1000, UTC),
            ).total_price
            for call in case.truth["llm_calls"]
            if (used := call.get("usage")) and not call.get("abandoned")
        ),
        Decimal(0),
    )
