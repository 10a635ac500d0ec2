"""LlamaIndex: its own exporter, whose spans are named `Class.method` and say the rest in events,
and agents that only the events of a workflow name, whoever writes its spans."""

from __future__ import annotations

import re
from typing import Any, cast

from agentscope.vocabulary import Kind, Value, WireEvent, WireSpan
from ingest.reading.json_values import parsed
from ingest.reading.messages import messages, outputs
from ingest.reading.scalars import name
from ingest.reading.source import Events, Facts, Fields, Flattened, Refinements, Scope
from ingest.reading.usage_objects import usage_inside

NAME = "llamaindex"
OF_EVENT = 45  # rank of what its own exporter says in events

# An agent's step is given an AgentSetup and gives an AgentOutput; both say whose turn it is, as
# JSON or as the `repr` of the event, in which a conversation comes before that.
CURRENT = re.compile(r"""current_agent_name\\?["']?[=:] ?\\?["']([^"'\\]+)""")
STEP = ".run_agent_step"
SAID = (
    *("input.value", "output.value"),
    *("traceloop.entity.input", "traceloop.entity.output"),
    *("mlflow.spanInputs", "mlflow.spanOutputs"),
)
OWN_METHOD = re.compile(r"^\w+\._\w+$")
OF_OUTPUT = ('"response"', '"current_agent_name"')  # both are in an AgentOutput alone
METHODS = (
    (
        Kind.LLM,
        r"\w*(LLM|OpenAI\w*|Anthropic|Gemini|GenAI|Bedrock\w*|Ollama|Mistral\w*|Groq|Cohere)"
        r"\.(a?chat|a?complete|a?stream_chat|a?stream_complete)",
    ),
    (Kind.EMBEDDING, r"\w*Embedding\w*\.\w+"),
    (Kind.RETRIEVAL, r"\w*Retriever\.(a?retrieve|_a?retrieve)"),
    (Kind.RERANK, r"\w*Rerank\w*\.a?postprocess_nodes"),
    (Kind.TOOL, r"\w*Tool\.a?call"),
    (Kind.AGENT, r"\w*Agent\w*(?<!Workflow)\.(run|a?chat|a?stream_chat)"),
)
# The step in which a tool is called repeats on all spans below it what it was given.
SUMMARY = "llamaindex.step.input_summary"
TOOL_CALL = re.compile(r"ToolCall\(tool_name='([^']+)', tool_kwargs=.*, tool_id='([^']+)'\)")
BY_METHOD = [(kind, re.compile(f"^{pattern}$")) for kind, pattern in METHODS]


def refine(span: WireSpan, facts: Facts) -> None:
    """The agent of a workflow's step."""
    if facts.kind not in (Kind.CHAIN, Kind.OTHER):
        return
    for key in SAID:
        agent = current_agent(span.attributes.get(key))
        if agent and is_agents_step(span, key):
            facts.settle_kind(Kind.AGENT, key)
            facts.add("agent", 12, key, agent)
            return


def current_agent(said: Value) -> str | None:
    """The agent that a workflow's event names."""
    if not isinstance(said, str) or "current_agent_name" not in said:
        return None
    found = CURRENT.findall(said)
    return name(found[-1]) if found else None


def is_agents_step(span: WireSpan, key: str) -> bool:
    """Whether a span is the step in which an agent's model is asked. OpenLLMetry names all steps
    alike, so there the event tells."""
    said = str(span.attributes[key])
    return span.name.endswith(STEP) or (
        key == "traceloop.entity.output" and all(word in said for word in OF_OUTPUT)
    )


def refine_own_method(span: WireSpan, facts: Facts) -> None:
    """MLflow tells the kind by the class that a method belongs to, so that what a model does for
    itself, as preparing a request, looks like a call."""
    of_llamaindex = "llamaindex" in str(span.attributes["mlflow.message.format"])
    if of_llamaindex and facts.kind is Kind.LLM and OWN_METHOD.match(span.name):
        facts.settle_kind(Kind.CHAIN, "name")


def refine_native(span: WireSpan, facts: Facts) -> None:
    """A span of LlamaIndex's own exporter: the name tells the kind, events all else."""
    found = (kind for kind, pattern in BY_METHOD if pattern.match(span.name))
    facts.settle_kind(next(found, Kind.CHAIN), "name")
    if facts.kind is Kind.AGENT:
        facts.add("agent", 96, "name", span.name.partition(".")[0])
    elif facts.kind is Kind.TOOL and (given := TOOL_CALL.match(str(span.attributes.get(SUMMARY)))):
        facts.add("tool", 46, SUMMARY, given[1])
        facts.add("tool_call_id", 46, SUMMARY, given[2])
    for event in span.events:
        if read := BY_EVENT.get(event.name):
            read(event, nested(event), facts)


def nested(event: WireEvent) -> dict[str, Any]:
    """The attributes of an event as the object that they were made of: `response.raw.usage`."""
    tree: dict[str, Any] = {}
    for key, value in event.attributes.items():
        *path, last = key.split(".")
        node = tree
        for step in path:
            below = node.get(step)
            node[step] = node = below if isinstance(below, dict) else {}
        node[last] = parsed(value)
    return tree


def asked(event: WireEvent, said: dict[str, Any], facts: Facts) -> None:
    """A model is asked, or turns text into vectors."""
    details = said.get("model_dict")
    if isinstance(details, dict):
        model = name(details.get("model")) or name(details.get("model_name"))
        if model:
            facts.add("request_model", OF_EVENT, event.name, model)
    if found := messages(said.get("messages")):
        facts.add("input_messages", OF_EVENT, event.name, found)
    if prompt := said.get("prompt"):
        facts.add("input", OF_EVENT, event.name, prompt)


def answered(event: WireEvent, said: dict[str, Any], facts: Facts) -> None:
    """A model has answered; what it used is in the provider's own answer."""
    response = said.get("response")
    if not isinstance(response, dict):
        return
    given = response.get("message") or response.get("text")
    if found := outputs(given):
        facts.add("output_messages", OF_EVENT, event.name, found)
    raw = response.get("raw")
    if isinstance(raw, dict):
        for field, key in (("response_id", "id"), ("response_model", "model")):
            if text := name(raw.get(key)):
                facts.add(cast(Any, field), OF_EVENT, event.name, text)
    for field, number in (usage_inside(response) or {}).items():
        facts.add(cast(Any, field), OF_EVENT, event.name, number)


def called(event: WireEvent, said: dict[str, Any], facts: Facts) -> None:
    """An agent calls a tool."""
    tool = said.get("tool")
    if isinstance(tool, dict) and (named := name(tool.get("name"))):
        facts.add("tool", OF_EVENT, event.name, named)
    if "arguments" in said:
        facts.add("arguments", OF_EVENT, event.name, said["arguments"])


def searched(event: WireEvent, said: dict[str, Any], facts: Facts) -> None:
    """A retriever has found something."""
    for field, key in (("input", "str_or_query_bundle"), ("output", "nodes")):
        if key in said:
            facts.add(cast(Any, field), OF_EVENT, event.name, said[key])


BY_EVENT = {
    **dict.fromkeys(("LLMChatStartEvent", "LLMCompletionStartEvent", "EmbeddingStartEvent"), asked),
    **dict.fromkeys(("LLMChatEndEvent", "LLMCompletionEndEvent"), answered),
    "AgentToolCallEvent": called,
    "RetrievalEndEvent": searched,
}

FIELDS: Fields = {}
FLATTENED: Flattened = {}
EVENTS: Events = {}
REFINE: Refinements = {
    Scope("openinference.instrumentation.llama_index"): refine,
    Scope("opentelemetry.instrumentation.llamaindex"): refine,
    Scope("llamaindex.opentelemetry.tracer"): refine_native,
    "mlflow.spanType": refine,
    "mlflow.message.format": refine_own_method,
}
