"""OpenTelemetry's GenAI conventions, all eras: 1.26 (`prompt_tokens`, content in span events),
1.27 to 1.36 (one event a message), and since 1.37 (`gen_ai.input.messages`)."""

from __future__ import annotations

from agentscope.vocabulary import Content, Kind, Message, Value, WireSpan
from ingest.reading.errors import rpc_code
from ingest.reading.flattened import Pieces
from ingest.reading.json_values import parsed
from ingest.reading.kinds import mcp_method, operation, ordinary_database
from ingest.reading.messages import conversation, from_event, instructions, messages
from ingest.reading.providers import provider_of_host
from ingest.reading.scalars import (
    always,
    count,
    equals,
    name,
    outcome,
    text,
    tier,
    usd,
    words,
)
from ingest.reading.source import (
    AGENTS,
    CALLS,
    EVIDENCE,
    GENERIC,
    JUDGES,
    MCP,
    MODEL_CALLS,
    OPERATION,
    Events,
    Facts,
    Fields,
    Flattened,
    Happening,
    Refinements,
    Source,
)
from ingest.reading.tools import arguments, call_id_in, definitions, result
from ingest.reading.verdicts import verdict
from ingest.reading.waits import milliseconds, seconds

NAME = "otel_genai"


def parameters(pieces: Pieces) -> Value:
    """`code.function.parameters.<name>.value`: one attribute a parameter."""
    return {
        ".".join(map(str, path[:-1])): parsed(value)
        for path, value in pieces
        if path[-1] == "value"
    } or None


def conversation_id(value: Value) -> str | None:
    """The id of a conversation. Some write there which answer of OpenAI's a call goes on from: that
    is another one each time, and no session."""
    said = text(value)
    return None if said is not None and said.startswith("resp_") else said


FIELDS: Fields = {
    "gen_ai.operation.name": Source("kind", OPERATION, operation),
    "mcp.method.name": Source("kind", MCP, mcp_method),
    "gen_ai.provider.name": Source("system", 10, name),
    "gen_ai.system": Source("system", 30, name),
    "gen_ai.openai.api_base": Source("provider", 80, provider_of_host),
    "server.address": Source("provider", 81, provider_of_host),
    "url.full": Source("provider", 82, provider_of_host),
    "gen_ai.response.model": Source("response_model", 10, name),
    "gen_ai.response_model": Source("response_model", 80, name),
    "gen_ai.request.model": Source("request_model", 10, name),
    "gen_ai.request_model": Source("request_model", 80, name),
    "gen_ai.response.id": Source("response_id", 10),
    "gen_ai.response.finish_reasons": Source("finish_reasons", 10, words),
    "gen_ai.response.finish_reason": Source("finish_reasons", 20, words),
    "gen_ai.response.stop_reason": Source("finish_reasons", 21, words),
    "gen_ai.agent.name": Source("agent", 20, name),
    "gen_ai.agent.id": (Source("agent_id", 10), Source("agent", 85, name, AGENTS)),
    "gen_ai.agent.version": Source("agent_version", 10),
    "gen_ai.conversation.id": Source("conversation", 20, conversation_id),
    "gen_ai.thread.id": Source("conversation", 70),
    "mcp.session.id": Source("transport_session", 90),
    "session.id": Source("session", 10),
    "user.id": Source("user", 10),
    "enduser.id": Source("user", 20),
    "enduser.pseudo.id": Source("user", 21),
    "gen_ai.user": Source("user", 60),
    # Usage. Newer names first; several may be there at once, and must never be added up.
    "gen_ai.usage.input_tokens": Source("input_tokens", 10, count),
    "gen_ai.usage.prompt_tokens": Source("input_tokens", 30, count),
    "gen_ai.usage.output_tokens": Source("output_tokens", 10, count),
    "gen_ai.usage.completion_tokens": Source("output_tokens", 30, count),
    "gen_ai.usage.total_tokens": Source("total_tokens", 10, count),
    "gen_ai.usage.cache_read.input_tokens": Source("cache_read_tokens", 10, count),
    "gen_ai.usage.cache_read_input_tokens": Source("cache_read_tokens", 20, count),
    "gen_ai.usage.details.cache_read_tokens": Source("cache_read_tokens", 50, count),
    "gen_ai.usage.prompt_tokens_details.cached_tokens": Source("cache_read_tokens", 60, count),
    "gen_ai.usage.cached_input_tokens": Source("cache_read_tokens", 70, count),
    "gen_ai.usage.cache_write.input_tokens": Source("cache_write_tokens", 10, count),
    "gen_ai.usage.cache_creation.input_tokens": Source("cache_write_tokens", 11, count),
    "gen_ai.usage.cache_creation_input_tokens": Source("cache_write_tokens", 20, count),
    "gen_ai.usage.cache_write_input_tokens": Source("cache_write_tokens", 21, count),
    "gen_ai.usage.details.cache_write_tokens": Source("cache_write_tokens", 50, count),
    "gen_ai.usage.reasoning.output_tokens": Source("reasoning_tokens", 10, count),
    "gen_ai.usage.reasoning_tokens": Source("reasoning_tokens", 20, count),
    "gen_ai.usage.details.reasoning_tokens": Source("reasoning_tokens", 60, count),
    "gen_ai.usage.completion_tokens_details.reasoning_tokens": Source(
        "reasoning_tokens", 50, count
    ),
    # By modality, which stands before the direction; the plain names have the sums.
    "gen_ai.usage.audio.input_tokens": Source("audio_input_tokens", 10, count),
    "gen_ai.usage.audio.output_tokens": Source("audio_output_tokens", 10, count),
    "gen_ai.usage.text.cache_read.input_tokens": Source("cache_read_tokens", 96, count),
    "gen_ai.response.service_tier": Source("service_tier", 10, tier),
    "openai.response.service_tier": Source("service_tier", 11, tier),
    "gen_ai.openai.response.service_tier": Source("service_tier", 12, tier),
    "gen_ai.request.service_tier": Source("service_tier", 90, tier),
    "openai.request.service_tier": Source("service_tier", 91, tier),
    "gen_ai.openai.request.service_tier": Source("service_tier", 92, tier),
    "gen_ai.usage.cost": Source("reported_cost", 40, usd),
    "gen_ai.usage.total_cost": Source("reported_cost", 41, usd),
    "gen_ai.cost.total_cost": Source("reported_cost", 50, usd),
    "operation.cost": Source("reported_cost", 30, usd),
    # Tools
    "gen_ai.tool.name": (
        Source("tool", 10, name, CALLS),
        Source("kind", EVIDENCE, always(Kind.TOOL)),
    ),
    "gen_ai.tool.call.id": (
        Source("tool_call_id", 10, text, CALLS),
        Source("kind", EVIDENCE, always(Kind.TOOL)),
    ),
    "gen_ai.tool.call_id": Source("tool_call_id", 20, text, CALLS),
    "gen_ai.tool.call.arguments": Source("arguments", 10, arguments),
    "gen_ai.tool.call.result": (
        Source("result", 10, result),
        Source("tool_call_id", 60, call_id_in, CALLS),
    ),
    "code.function.return.value": Source("result", 40, result),
    "gen_ai.tool.definitions": Source("tools", 10, definitions),
    "gen_ai.tool.status": Source("failed", 20, equals("error", result=True)),
    # Content
    # JSON that an SDK cut is no message any more: it is shown as the text that it is.
    "gen_ai.input.messages": (Source("input_messages", 10, messages), Source("input", 95)),
    "gen_ai.output.messages": (Source("output_messages", 10, messages), Source("output", 95)),
    "gen_ai.system_instructions": Source("instructions", 10, instructions),
    "gen_ai.retrieval.query.text": (
        Source("input", 10),
        Source("kind", EVIDENCE, always(Kind.RETRIEVAL)),
    ),
    "gen_ai.retrieval.documents": (
        Source("output", 10, parsed),
        Source("kind", EVIDENCE, always(Kind.RETRIEVAL)),
    ),
    "gen_ai.embeddings.dimension.count": Source("kind", EVIDENCE + 1, always(Kind.EMBEDDING)),
    "gen_ai.evaluation.name": Source("kind", EVIDENCE + 2, always(Kind.EVALUATOR)),
    "gen_ai.evaluation.score.label": (
        Source("outcome", 50, outcome),
        Source("verdict", 60, verdict, JUDGES),
    ),
    "gen_ai.evaluation.explanation": (
        Source("output", 17),
        Source("verdict_why", 60, text, JUDGES),
    ),
    "gen_ai.memory.query.text": (
        Source("input", 11),
        Source("kind", EVIDENCE + 8, always(Kind.MEMORY)),
    ),
    "gen_ai.memory.records": (
        Source("output", 11, parsed),
        Source("kind", EVIDENCE + 8, always(Kind.MEMORY)),
    ),
    # How many turns a run may take, as programs and several frameworks write it
    "gen_ai.conversation.max_turns": Source("step_limit", 10, count),
    "gen_ai.agent.max_iterations": Source("step_limit", 11, count),
    "max_turns": Source("step_limit", 20, count),
    "max_iterations": Source("step_limit", 21, count),
    "max_steps": Source("step_limit", 22, count),
    # Which experiment, suite or case of it a run is for
    "eval.id": Source("evaluation", 10, always(True)),
    "eval.name": Source("evaluation", 11, always(True)),
    "eval.suite": Source("evaluation", 12, always(True)),
    "evaluation.id": Source("evaluation", 13, always(True)),
    "evaluation.name": Source("evaluation", 14, always(True)),
    "experiment.id": Source("evaluation", 15, always(True)),
    "experiment.name": Source("evaluation", 16, always(True)),
    "test.case.name": Source("evaluation", 17, always(True)),
    "test.suite.name": Source("evaluation", 18, always(True)),
    "deployment.environment.name": Source("environment", 20),
    "deployment.environment": Source("environment", 21),
    "gen_ai.prompt": Source("input", GENERIC),
    "gen_ai.completion": Source("output", GENERIC),
    "gen_ai.request.previous_response_id": Source("continues", 10, text, MODEL_CALLS),
    "gen_ai.openai.request.previous_response_id": Source("continues", 20, text, MODEL_CALLS),
    # Errors
    "error.type": Source("error_type", 10),
    "exception.type": Source("error_type", 20),
    "error.message": Source("error_message", 20),
    "exception.message": Source("error_message", 10),
    "http.response.status_code": Source("http_status", 10, count),
    "http.status_code": Source("http_status", 20, count),
    "http.response.header.retry-after-ms": Source("retry_after", 10, milliseconds),
    "http.response.header.retry-after": Source("retry_after", 20, seconds),
    "http.response.header.retry_after": Source("retry_after", 30, seconds),
    "rpc.grpc.response.metadata.grpc-retry-pushback-ms": Source("retry_after", 40, milliseconds),
    "rpc.grpc.response.metadata.retry-after": Source("retry_after", 50, seconds),
    "rpc.status_code": Source("rpc_status", 10, rpc_code),
    "rpc.response.status_code": Source("rpc_status", 20, rpc_code),
    "rpc.grpc.status_code": Source("rpc_status", 30, rpc_code),
    "rpc.connect_rpc.error_code": Source("rpc_status", 40, rpc_code),
    # Not an agent's doing
    "http.request.method": Source("infrastructure", 10),
    "http.method": Source("infrastructure", 20),
    "db.system": Source("infrastructure", 30, ordinary_database),
    "db.system.name": Source("infrastructure", 31, ordinary_database),
    "rpc.system": Source("infrastructure", 40),
    "messaging.system": Source("infrastructure", 50),
    "messaging.operation": Source("infrastructure", 51),
}

FLATTENED: Flattened = {"code.function.parameters": Source("arguments", 40, parameters, CALLS)}


def refine_evaluation(span: WireSpan, facts: Facts) -> None:
    """A verdict over a part of the task is not the outcome of the task."""
    if span.parent_id:
        facts.candidates.pop("outcome", None)


REFINE: Refinements = {"gen_ai.evaluation.name": refine_evaluation}


def message_event(event: Happening, content: Content) -> None:
    """An event for each message, 1.28 to 1.36: as log record with a body, or as span event with the
    same in attributes (Strands), or as JSON in one of them (Azure)."""
    body = body_of(event)
    message = from_event(event.name, body)
    if message is None:
        return
    answer = event.name == "gen_ai.choice"
    (content.output_messages if answer else content.input_messages).append(message)


def body_of(event: Happening) -> dict[str, Value]:
    """What a message event says, wherever it says it."""
    if isinstance(event.body, dict):
        return event.body
    inside = parsed(event.attributes.get("gen_ai.event.content"))
    if isinstance(inside, dict):
        return inside
    if isinstance(event.body, str) and event.body:
        return {"content": event.body}
    said = {key: parsed(value) for key, value in event.attributes.items()}
    if event.name == "gen_ai.choice" and not isinstance(said.get("message"), dict):
        said["message"] = {"content": said.get("message")}
    return said


def content_event(event: Happening, content: Content) -> None:
    """`gen_ai.content.prompt` and `.completion`, 1.26: all messages in one attribute."""
    for key, said in {**event.attributes, "": event.body}.items():
        role = "assistant" if event.name.endswith("completion") else "user"
        if key in ("gen_ai.prompt", "gen_ai.completion", "") and said:
            found = conversation(parsed(said), 0, role)
            (content.output_messages if role == "assistant" else content.input_messages).extend(
                found
            )


def exchange(event: Happening, content: Content) -> None:
    """A record of AWS's distribution, whose event is named after the span's scope: told by its
    body `{"input": {"messages": …}, "output": {"messages": …}}`."""
    body = event.body
    if isinstance(body, dict) and ("input" in body or "output" in body):
        content.input_messages += unpacked(conversation(body.get("input"), 0))
        content.output_messages += unpacked(conversation(body.get("output"), 0, "assistant"))


def unpacked(found: list[Message]) -> list[Message]:
    """There, what was an attribute is one message: its text may be a whole conversation."""
    result: list[Message] = []
    for message in found:
        inside = messages(message.parts[0].text) if len(message.parts) == 1 else None
        result += inside or [message]
    return result


MESSAGE_EVENTS = "system user assistant tool"
EVENTS: Events = {
    **{f"gen_ai.{role}.message": message_event for role in MESSAGE_EVENTS.split()},
    "gen_ai.choice": message_event,
    "gen_ai.content.prompt": content_event,
    "gen_ai.content.completion": content_event,
    "": exchange,  # an event of any other name
}
