import pytest

from agentscope.vocabulary import Kind
from ingest.reading.kinds import (
    AGENT_IN_NAME,
    TOOL_IN_NAME,
    is_handoff,
    kind_by_name,
    mcp_method,
    name_inside,
)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("chat gpt-4o", "llm"),
        ("ChatCompletion", "llm"),
        ("openai.chat", "llm"),
        ("ChatOpenAI.chat", "llm"),
        ("embeddings text-embedding-3-small", "embedding"),
        ("openai.embeddings", "embedding"),
        ("execute_tool add", "tool"),
        ("add.tool", "tool"),
        ("invoke_agent planner", "agent"),
        ("planner.agent", "agent"),
        ("crew.workflow", "chain"),
        ("Triage → Billing.handoff", "handoff"),
        ("transfer_to_billing", "handoff"),
        ("chroma.query", "retrieval"),
        ("topic_guardrail", "guardrail"),
        ("await_human_input", "human"),
        ("compact_events", "checkpoint"),
        ("search_memory", "memory"),
        ("judge_answer", "evaluator"),
    ],
)
def test_by_name(name: str, kind: str) -> None:
    assert kind_by_name(name) is Kind[kind.upper()]


@pytest.mark.parametrize(
    "name", ["chat", "agent_run", "GET /chat", "planner.step", "safeguard_all", "", "toolbox"]
)
def test_ordinary_names_say_nothing(name: str) -> None:
    assert kind_by_name(name) is None


def test_tools_that_pass_control_on() -> None:
    for tool in ("transfer_to_billing", "transfer_back_to_boss", "handoff_to_agent", "handoff"):
        assert is_handoff(tool)
    for tool in ("transfer_money", "transfer", "handoffs", "take_handoff_notes"):
        assert not is_handoff(tool)


def test_names_inside_names() -> None:
    names = ("invoke_agent planner", "agent_run [planner]", "planner.agent", "planner.run")
    assert {name_inside(AGENT_IN_NAME, name) for name in names} == {"planner"}
    assert name_inside(TOOL_IN_NAME, "tools/call add") == "add"
    assert name_inside(TOOL_IN_NAME, "something else") == ""


def test_mcp() -> None:
    assert mcp_method("tools/call") is Kind.TOOL
    assert mcp_method("notifications/progress") is Kind.OTHER
    assert mcp_method(None) is Kind.OTHER
