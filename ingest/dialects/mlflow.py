"""MLflow: `mlflow.*`. Every value is JSON, texts too: a type arrives as `"LLM"` with the quotes.

Autologging writes usage on parents as well, so a call counts where it is told innermost. The
tracing of OpenAI's Agents SDK tells each call twice: by the SDK, and by the client inside it.
"""

from __future__ import annotations

import re

from agentscope.vocabulary import Kind, Message, Value, WireSpan
from ingest.reading.answers import response_id_in
from ingest.reading.asked import model_asked
from ingest.reading.json_values import mapping, parsed
from ingest.reading.kinds import spelled
from ingest.reading.langgraph import GRAPH, is_of_graph, refine_langgraph
from ingest.reading.messages import messages
from ingest.reading.scalars import kind_of, name, text, usd, yes
from ingest.reading.source import (
    CALLS,
    CONVERSATIONS,
    GENERIC,
    MODEL_CALLS,
    VENDOR,
    Events,
    Facts,
    Fields,
    Flattened,
    Refinements,
    Source,
    kinds,
)
from ingest.reading.tools import arguments, definitions, result
from ingest.reading.usage_whole import add_numbers, parts_only, usage_object, usage_of_answer

NAME = "mlflow"

KINDS = spelled(
    llm="llm chat_model",
    chain="chain workflow task parser",
    agent="agent",
    tool="tool",
    retrieval="retriever",
    embedding="embedding",
    rerank="reranker",
    memory="memory",
    guardrail="guardrail",
    evaluator="evaluator",
)
known_kind = kind_of(KINDS)
SILENT = {"", "unknown", "null"}  # types that say nothing, so that others are asked
METHOD = re.compile(r"^\w+\.\w+$")
USING = kinds(Kind.LLM, Kind.EMBEDDING, Kind.RERANK)
USAGE, RAW_USAGE, OUTPUTS, INPUTS = (
    *("mlflow.chat.tokenUsage", "usage"),
    *("mlflow.spanOutputs", "mlflow.spanInputs"),
)


def said_back(value: Value) -> Value | None:
    """What a step gave back. Agents of OpenAI's Agents SDK tell only of which type that was."""
    found = parsed(value)
    return None if isinstance(found, dict) and found.keys() == {"output_type"} else found


def span_type(value: Value) -> Kind | None:
    """The kind; a type that a user made up is some step."""
    if type(value) is not str:
        return None
    said = value.strip('" ').lower()
    return None if said in SILENT else known_kind(said) or Kind.CHAIN


def total_cost(value: Value) -> Value:
    """The sum in `{"input_cost": …, "output_cost": …, "total_cost": …}`, USD."""
    return usd((mapping(value) or {}).get("total_cost"))


def answer_id(value: Value) -> str | None:
    """The id of an answer; not that of an item in a list of them."""
    return None if isinstance(value, str) and value.startswith("[") else response_id_in(value)


def answered(value: Value) -> list[Message] | None:
    """What was answered. OpenAI's responses repeat the instructions that they were given."""
    return [said for said in messages(value) or () if said.role != "system"] or None


def quoted(value: Value) -> str | None:
    """A text that may be JSON."""
    return text(parsed(value))


FIELDS: Fields = {
    "mlflow.spanType": Source("kind", VENDOR + 1, span_type),
    "mlflow.llm.model": Source("response_model", 37, name),
    "mlflow.llm.provider": Source("system", 47, name),
    "mlflow.spanFunctionName": Source("tool", 67, name, CALLS),
    "mlflow.chat.tools": Source("tools", 47, definitions),
    "mlflow.llm.cost": Source("reported_cost", 67, total_cost),
    "mlflow.trace.session": Source("session", 47, quoted),
    "mlflow.trace.user": Source("user", 47, quoted),
    INPUTS: (
        Source("arguments", 87, arguments, CALLS),
        Source("request_model", 97, model_asked, MODEL_CALLS),
        Source("input_messages", GENERIC + 7, messages, CONVERSATIONS),
        Source("input", 37, parsed),
    ),
    OUTPUTS: (
        Source("result", 87, result, CALLS),
        Source("response_id", 87, answer_id, MODEL_CALLS),
        Source("output_messages", GENERIC + 7, answered, CONVERSATIONS),
        Source("output", 37, said_back),
    ),
}

FLATTENED: Flattened = {}
EVENTS: Events = {}


def refine(span: WireSpan, facts: Facts) -> None:
    """Usage, which is an object, and what the names of spans say."""
    if USING >> facts.kind & 1 or USAGE in span.attributes:
        say_usage(span, facts)
    if "metadata" in span.attributes:
        refine_by_metadata(span, facts)
    if facts.kind is Kind.TOOL:
        refine_tool(span, facts)
    elif facts.kind is Kind.AGENT:
        refine_agent(span, facts)
    elif facts.kind is Kind.CHAIN and span.name == "Handoff":
        refine_handoff(span, facts)


def refine_agent(span: WireSpan, facts: Facts) -> None:
    """An agent is named by its span; the run of OpenAI's Agents SDK as a whole is none."""
    if yes(parsed(span.attributes.get("mlflow.openai.agent_run_root"))):
        facts.settle_kind(Kind.CHAIN, "mlflow.openai.agent_run_root")
        say_group(span, facts)
        return
    if not span.name.startswith("haystack."):  # the name of an operation, not of an agent
        facts.add("agent", GENERIC + 7, "name", own_name(span))
    if METHOD.match(span.name) and (said := name(span.attributes.get("name"))):
        facts.add("agent", 27, "name", said)  # `agent_name` is that of smolagents' class


def say_group(span: WireSpan, facts: Facts) -> None:
    """The conversation of a run is the group of its traces, as the program configured it."""
    given = span.attributes.get("kwargs")
    if isinstance(given, str) and '"group_id"' in given:
        configured = mapping((mapping(given) or {}).get("run_config")) or {}
        if said := text(configured.get("group_id")):
            facts.add("conversation", 66, "kwargs", said)


def own_name(span: WireSpan) -> str:
    """The name of an agent or tool. Where a method is traced, `Agent.run`, an attribute may tell
    the name of the object; else it is what the method was called on."""
    called_on, dot, _ = span.name.partition(".")
    if not dot or not METHOD.match(span.name):
        return span.name
    return name(span.attributes.get("name")) or called_on


def refine_tool(span: WireSpan, facts: Facts) -> None:
    """A tool's name; CrewAI's are told with name and arguments as inputs."""
    facts.add("tool", GENERIC + 7, "name", own_name(span))
    given = span.attributes.get(INPUTS)
    if isinstance(given, str) and '"tool_args"' in given:
        found = mapping(given) or {}
        if found.keys() == {"tool_name", "tool_args"}:
            facts.add("arguments", 67, INPUTS, arguments(found["tool_args"]))


def refine_by_metadata(span: WireSpan, facts: Facts) -> None:
    """What LangChain and LangGraph say in the metadata of a run."""
    found = mapping(span.attributes["metadata"]) or {}
    for rank, key in enumerate(("session_id", "conversation_id", "thread_id"), 67):
        if said := text(found.get(key)):
            facts.add("conversation", rank, "metadata", said)
    if said := text(found.get("checkpoint_id")):
        facts.add("continues", 54, "metadata", said)
    if is_of_graph(found):
        facts.flags |= GRAPH
        refine_langgraph(span, facts, found)


def refine_handoff(span: WireSpan, facts: Facts) -> None:
    """Who hands off is in the inputs, to whom in the outputs."""
    given = mapping(span.attributes.get(INPUTS)) or {}
    if said := name(given.get("from_agent")):
        facts.settle_kind(Kind.HANDOFF, INPUTS)
        facts.add("agent", 67, INPUTS, said)


def say_usage(span: WireSpan, facts: Facts) -> None:
    """Tokens from MLflow's own object; what it has no place for from the answer of the provider."""
    told = usage_object(span.attributes.get(USAGE))
    add_numbers(facts, 67, USAGE, told)
    if not USING >> facts.kind & 1:
        return
    if RAW_USAGE in span.attributes:
        key, native = RAW_USAGE, usage_object(span.attributes[RAW_USAGE])
        say_response(span, facts)
    else:
        key, native = OUTPUTS, usage_of_answer(span.attributes.get(OUTPUTS))
    add_numbers(facts, 68, key, parts_only(native) if told else native)


def say_response(span: WireSpan, facts: Facts) -> None:
    """OpenAI's Agents SDK: what the attributes say that are the fields of a response."""
    if said := name(span.attributes.get("id")):
        facts.add("response_id", 57, "id", said)
    if said := name(span.attributes.get("model")):
        facts.add("response_model", 97, "model", said)


REFINE: Refinements = {"mlflow.spanType": refine}
