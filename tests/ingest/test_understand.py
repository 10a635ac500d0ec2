"""The driver: how the best source of each field is found, whatever the dialects."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentscope.vocabulary import ErrorClass, Flag, Kind, Meaning, Status, WireEvent, WireScope
from ingest.dialects import DIALECTS, understand, understand_log
from ingest.reading.scalars import count, name
from ingest.reading.source import AGENTS, Events, Fields, Flattened, Refinements, Scope, Source
from ingest.understand import Understanding
from tests.kit.spans import wire_log, wire_span

CHAT = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}


@dataclass
class Own:
    """A dialect that is no module: for example one that a user made."""

    FIELDS: Fields
    NAME: str = "own"
    FLATTENED: Flattened = field(default_factory=dict)
    REFINE: Refinements = field(default_factory=dict)
    EVENTS: Events = field(default_factory=dict)


def said(span_name: str = "step", **more: Any) -> Meaning:
    """What a span with these attributes means; underscores stand for dots."""
    return understand(wire_span(name=span_name, attributes=more.pop("attributes"), **more))


def test_the_lowest_rank_wins_whatever_the_order() -> None:
    names = {"llm.model_name": "third", "gen_ai.response.model": "first"}
    for attributes in (names, dict(reversed(names.items()))):
        meaning = said(attributes=attributes)
        assert (meaning.model, meaning.sources["model"]) == ("first", "gen_ai.response.model")


def test_a_source_that_cannot_be_understood_gives_way_to_the_next() -> None:
    usage = said(
        attributes={"gen_ai.usage.input_tokens": "many", "llm.token_count.prompt": 7}
    ).usage
    assert usage.input == 7


def test_fields_are_chosen_one_by_one_not_dialect_by_dialect() -> None:
    meaning = said(
        attributes={
            "openinference.span.kind": "LLM",
            "gen_ai.response.model": "gpt-4o",
            "llm.token_count.prompt": 3,
            "traceloop.association.properties.session_id": "s-1",
        }
    )
    assert (meaning.model, meaning.usage.input, meaning.session) == ("gpt-4o", 3, "s-1")


def test_where_two_disagree_the_total_decides() -> None:
    two = {"gen_ai.usage.input_tokens": 5, "llm.token_count.prompt": 90}
    whole = {"gen_ai.usage.output_tokens": 10, "gen_ai.usage.total_tokens": 100}
    assert said(attributes=two).usage.input == 5
    meaning = said(attributes={**two, **whole})
    assert (meaning.usage.input, meaning.sources["input_tokens"]) == (90, "llm.token_count.prompt")


def test_a_users_mapping_is_one_more_dialect() -> None:
    mine = Own(
        {
            "acme.bot": Source("agent", 0, name, AGENTS),
            "acme.tokens": Source("input_tokens", 0, count),
            "acme.kind": Source("kind", 0, lambda value: Kind.AGENT),
        }
    )
    attributes = {"acme.bot": "rosie", "acme.tokens": "12", "acme.kind": "robot", **CHAT}
    meaning = Understanding((*DIALECTS, mine)).span(wire_span(attributes=attributes))
    assert (meaning.kind, meaning.agent, meaning.usage.input) == (Kind.AGENT, "rosie", 12)


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ({"gen_ai.operation.name": "invoke_agent", "traceloop.span.kind": "task"}, Kind.CHAIN),
        ({"openinference.span.kind": "TOOL", "traceloop.span.kind": "agent"}, Kind.AGENT),
        ({"openinference.span.kind": "LLM", "gen_ai.operation.name": "invoke_agent"}, Kind.LLM),
        ({"openinference.span.kind": "retriever"}, Kind.RETRIEVAL),
        ({"traceloop.span.kind": "unknown", "llm.request.type": "embedding"}, Kind.EMBEDDING),
        ({"traceloop.span.kind": "task", "llm.request.type": "chat"}, Kind.LLM),
        ({"llm.request.type": "acompletion"}, Kind.LLM),
        ({"mcp.method.name": "elicitation/create"}, Kind.HUMAN),
        ({"gen_ai.operation.name": "create_agent", "gen_ai.agent.name": "x"}, Kind.OTHER),
        ({"gen_ai.operation.name": "search_memory"}, Kind.MEMORY),
        ({"gen_ai.tool.name": "add", "gen_ai.request.model": "gpt-4o"}, Kind.TOOL),
        ({"gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": 1}, Kind.LLM),
        ({"gen_ai.request.model": "gpt-4o"}, Kind.OTHER),
        ({"gen_ai.agent.name": "planner"}, Kind.OTHER),
        ({"gen_ai.operation.name": "never heard of"}, Kind.OTHER),
    ],
)
def test_kind_by_attributes(attributes: dict[str, Any], kind: Kind) -> None:
    assert said(attributes=attributes).kind is kind


def test_names_are_asked_last_and_not_about_infrastructure() -> None:
    assert said("chat gpt-4o", attributes={}).kind is Kind.LLM
    assert said("chat gpt-4o", attributes={"openinference.span.kind": "CHAIN"}).kind is Kind.CHAIN
    assert said("chat room", attributes={"http.request.method": "GET"}).kind is Kind.OTHER


def test_the_agent_of_a_span_that_is_none_is_its_owner() -> None:
    owned = said(attributes={"gen_ai.tool.name": "add", "gen_ai.agent.name": "planner"})
    assert (owned.kind, owned.agent) == (Kind.TOOL, "planner")
    # the name of a graph's node is an agent's only on an agent's span
    node = {"graph.node.id": "cycle_7", "openinference.span.kind": "CHAIN"}
    assert said(attributes=node).agent == ""


def test_agent_and_tool_from_the_span_name() -> None:
    operation = "gen_ai.operation.name"
    agent = said("invoke_agent planner", attributes={operation: "invoke_agent"})
    assert agent.agent == "planner"
    assert said("execute_tool add", attributes={operation: "execute_tool"}).tool == "add"


@pytest.mark.parametrize(
    ("attributes", "provider", "framework"),
    [
        ({"gen_ai.system": "az.ai.openai"}, "azure.ai.openai", ""),
        ({"gen_ai.system": "langchain", "llm.provider": "openai"}, "openai", "langchain"),
        ({"gen_ai.system": "strands-agents", **CHAT}, "openai", "strands-agents"),
        (
            {"gen_ai.request.model": "mine", "server.address": "api.anthropic.com"},
            "anthropic",
            "",
        ),
        ({"gen_ai.request.model": "in-house-7b"}, "", ""),
    ],
)
def test_a_framework_is_never_the_provider(
    attributes: dict[str, Any], provider: str, framework: str
) -> None:
    meaning = said(attributes=attributes)
    assert (meaning.provider, meaning.framework) == (provider, framework)


def test_the_session_ladder() -> None:
    steps = (
        ("metadata", '{"thread_id": "6"}'),
        ("traceloop.association.properties.thread_id", "4"),
        ("gen_ai.conversation.id", "3"),
        ("traceloop.association.properties.session_id", "2"),
        ("session.id", "1"),
    )
    attributes = {"openinference.span.kind": "CHAIN"}
    for key, session in steps:
        attributes[key] = session
        assert said(attributes=attributes).session in (session, "6")
    assert said(attributes=attributes).session == "1"


def test_a_reported_cost_is_exact() -> None:
    assert said(attributes={"llm.cost.total": 0.1}).reported_cost == Decimal("0.1")
    assert said(attributes={"llm.cost.total": -1}).reported_cost is None
    assert said(attributes={"llm.cost.total": float("nan")}).reported_cost is None


def test_messages_with_content_win_over_better_ranked_ones_without() -> None:
    meaning = said(
        attributes={
            **CHAT,
            "gen_ai.input.messages": '[{"role": "user", "parts": []}]',
            "gen_ai.prompt.0.role": "user",
            "gen_ai.prompt.0.content": "Hi",
        }
    )
    assert meaning.content.input_messages[0].parts[0].text == "Hi"
    assert meaning.sources["input_messages"] == "gen_ai.prompt"


def test_generic_input_is_left_aside_where_structure_was_found() -> None:
    attributes = {**CHAT, "input.value": "raw", "llm.input_messages.0.message.role": "user"}
    assert said(attributes=attributes).content.input == "raw"
    attributes["llm.input_messages.0.message.content"] = "Hi"
    assert said(attributes=attributes).content.input is None


def test_attributes_win_over_events_with_the_same_content() -> None:
    event = WireEvent("gen_ai.user.message", 0, {"content": "from the event"})
    told = '[{"role": "user", "parts": [{"type": "text", "content": "from the attribute"}]}]'
    both = said(attributes={**CHAT, "gen_ai.input.messages": told}, events=[event])
    assert [part.text for part in both.content.input_messages[0].parts] == ["from the attribute"]
    alone = said(attributes=CHAT, events=[event])
    assert [part.text for part in alone.content.input_messages[0].parts] == ["from the event"]


def test_arguments_may_be_empty_but_not_a_placeholder() -> None:
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.call.id": "<not specified>"}
    meaning = said(attributes={**tool, "gen_ai.tool.call.arguments": "{}"})
    assert (meaning.content.arguments, meaning.tool_call_id) == ({}, "")


def test_instructions_are_not_the_arguments_of_a_tool() -> None:
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.system_instructions": "Be kind."}
    content = said(attributes=tool).content
    assert (content.arguments, len(content.input_messages)) == (None, 1)


@pytest.mark.parametrize(
    ("attributes", "flags"),
    [
        ({"gen_ai.tool.call.result": "[REDACTED]"}, Flag.REDACTED),
        ({"gen_ai.tool.call.result": "[Scrubbed due to 'api[._ -]?key']"}, Flag.REDACTED),
        ({"gen_ai.tool.call.result": "a lot ...[truncated]"}, Flag.TRUNCATED),
        ({"gen_ai.tool.call.result": "…[TRUNCATED: original length 12345]"}, Flag.TRUNCATED),
        ({"gen_ai.tool.call.result.truncated": True}, Flag.TRUNCATED),
        ({"gen_ai.tool.call.result": "all of it"}, Flag(0)),
        ({"of.no.interest": "[REDACTED]"}, Flag(0)),
    ],
)
def test_what_the_sender_took_away_is_marked(attributes: dict[str, Any], flags: Flag) -> None:
    tool = {"gen_ai.operation.name": "execute_tool"}
    assert said(attributes={**tool, **attributes}).flags == flags


@pytest.mark.parametrize(
    ("code", "attributes", "exception", "status"),
    [
        (0, {}, None, Status.UNSET),
        (1, {}, None, Status.OK),
        (2, {}, None, Status.ERROR),
        (0, {"error.type": "timeout"}, None, Status.ERROR),
        (1, {"error.type": "timeout"}, None, Status.OK),
        (0, {"gen_ai.tool.status": "error"}, None, Status.ERROR),
        (0, {}, {"exception.type": "ValueError"}, Status.ERROR),
        (0, {}, {"exception.type": "ValueError", "exception.escaped": "False"}, Status.UNSET),
        (1, {}, {"exception.type": "ValueError"}, Status.OK),
        (2, {"error.type": "GraphInterrupt"}, None, Status.WAITING),
        (2, {"error.type": "StopIteration"}, None, Status.OK),
        (1, {}, {"exception.type": "langgraph.errors.GraphInterrupt"}, Status.WAITING),
    ],
)
def test_status(
    code: int, attributes: dict[str, Any], exception: dict[str, Any] | None, status: Status
) -> None:
    events = [WireEvent("exception", 0, exception)] if exception else []
    assert said(attributes=attributes, events=events, status_code=code).status is status


def test_an_error_is_named_by_whoever_names_it_best() -> None:
    failed: dict[str, Any] = {"status_code": 2, "attributes": {"error.type": "_OTHER"}}
    event = WireEvent("exception", 0, {"exception.type": "openai.RateLimitError"})
    meaning = said(**failed, events=[event])
    assert (meaning.error_type, meaning.error_class) == ("RateLimitError", ErrorClass.RATE_LIMIT)
    by_message = said(**failed, status_message="litellm.Timeout: httpx.ReadTimeout: too slow")
    assert by_message.error_class is ErrorClass.TIMEOUT


def test_a_log_says_what_happened_on_its_span() -> None:
    meaning = understand_log(wire_log(event_name="gen_ai.choice", body={"message": "Hello"}))
    assert meaning.content.output_messages[0].parts[0].text == "Hello"


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.sampled_from(
        (
            "[]",
            "{}",
            '[{"role": "user", "parts": 7}]',
            '{"messages": [[{"lc": 1, "kwargs": 3}]]}',
            '[{"role": ["x"], "content": {"type": []}, "tool_calls": [1, {"function": 2}]}]',
            '{"generations": [{"message": {"role": {}}}], "usage": {"input_tokens": []}}',
            '[{"type": "reasoning", "summary": [1]}, {"event.name": 5}, {"type": {}}]',
            "{'a': " * 300,
            "[" * 5000,
        )
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("role", "content", "parts", "type", "message", "data", "lc", "id")),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
KEYS = st.one_of(
    st.sampled_from(sorted({key for dialect in DIALECTS for key in dialect.FIELDS})),
    st.builds(
        "{}.{}.{}".format,
        st.sampled_from(sorted({key for dialect in DIALECTS for key in dialect.FLATTENED})),
        st.integers(0, 10**12),
        st.sampled_from(("role", "message", "message.role", "message.content", "content", "0.1")),
    ),
    st.text(max_size=30),
)
ATTRIBUTES = st.dictionaries(KEYS, VALUES, max_size=12)
EVENTS = sorted({name for dialect in DIALECTS for name in dialect.EVENTS} | {"exception"})


@settings(max_examples=60, deadline=None)
@given(ATTRIBUTES, st.sampled_from(EVENTS), ATTRIBUTES, VALUES, st.text(max_size=40))
def test_nothing_that_is_sent_is_too_odd(attributes, event, more, body, text) -> None:
    # read_span and read_log are asked, since span and log would hide an error
    reader = Understanding(DIALECTS)
    events = [WireEvent(event, 0, more)]
    span = wire_span(name=text, attributes=attributes, events=events, status_message=text, raw=b"x")
    assert isinstance(reader.read_span(span), Meaning)
    log = wire_log(event_name=event, attributes=attributes, body=body, raw=b"x")
    assert isinstance(reader.read_log(log), Meaning)


def test_an_error_of_ours_costs_the_meaning_not_the_span(caplog) -> None:
    broken = Own({"acme": Source("agent", 0, lambda value: 1 / 0)})
    reader = Understanding((broken,))
    meaning = reader.span(wire_span(attributes={"acme": 1}, status_code=2))
    assert (meaning.kind, meaning.status) == (Kind.OTHER, Status.ERROR)
    assert "not understood" in caplog.text
    assert reader.log(wire_log(attributes={"acme": 1})) == Meaning()


def test_a_dialect_may_know_a_scope_by_the_beginning_of_its_name() -> None:
    def refine(_: Any, facts: Any) -> None:
        facts.settle_kind(Kind.AGENT, "scope")

    known = Understanding([Own({}, REFINE={Scope("acme."): refine})])
    scopes = (
        WireScope({}, name, "", {}, "", b"") for name in ("acme.bots", "acme", "my.acme.bots")
    )
    found = [known.span(wire_span(scope=scope)) for scope in scopes]
    assert [meaning.kind for meaning in found] == [Kind.AGENT, Kind.OTHER, Kind.OTHER]
    assert found[0].sources == {"kind": "scope"}
