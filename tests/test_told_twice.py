"""Calls that frameworks tell more than once, from the attributes they send to a trace's totals.

Each program is a list of spans in the order in which they started: how deep, scope, name and
attributes. What it comes to: model calls, input, output.
"""

import json
from typing import Any

import pytest

from agentscope.pipeline import examine
from agentscope.traces.models import Trace
from agentscope.traces.write import save_spans
from agentscope.vocabulary import WireScope, WireSpan
from ingest.dialects import understand
from tests.kit.spans import NOON, wire_span

pytestmark = pytest.mark.django_db

Sent = tuple[int, str, str, dict[str, Any]]


def usage(given: int, made: int, **more: int) -> dict[str, Any]:
    return {"gen_ai.usage.input_tokens": given, "gen_ai.usage.output_tokens": made} | more


def record(kind: str, given: int, made: int) -> Sent:
    """AG2 1.x: a record of usage beside the calls."""
    said = {"ag2.span.type": "usage", "ag2.usage.kind": kind, "gen_ai.response.model": "gpt-4o"}
    return 1, AG2, f"record_usage {kind}", said | usage(given, made)


AG2 = "opentelemetry.instrumentation.ag2"
ADK, MAF = "gcp.vertex.agent", "agent_framework"
STRANDS, PYDANTIC, MLFLOW = "strands.telemetry.tracer", "pydantic-ai", "mlflow.tracing.provider"
LOGFIRE, AZURE = "logfire.openai", "azure.ai.agents"
CHAT = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}
AGENT = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "lead"}
GEMINI = {"gen_ai.request.model": "gemini-2.5-flash"}
SERVER = {"az.namespace": "Microsoft.CognitiveServices", "gen_ai.request.model": "gpt-4o"}
OBJECT = json.dumps({"input_tokens": 10, "output_tokens": 2, "total_tokens": 12})

PROGRAMS: dict[str, tuple[list[Sent], tuple[int, int, int]]] = {
    "AG2 1.x: a record repeats the call beside it, a worker's repeats the worker": (
        [
            (0, AG2, "invoke_agent lead", AGENT | {"ag2.span.type": "agent"}),
            (1, AG2, "chat gpt-4o", CHAT | {"ag2.span.type": "llm"} | usage(10, 2)),
            record("model_call", 10, 2),
            record("subtask", 10, 2),
        ],
        (1, 10, 2),
    ),
    "AG2 1.x: a compaction and an aggregation have no other span": (
        [
            (0, AG2, "invoke_agent lead", AGENT | {"ag2.span.type": "agent"}),
            (1, AG2, "chat gpt-4o", CHAT | {"ag2.span.type": "llm"} | usage(10, 2)),
            record("compaction", 300, 20),
            record("aggregation", 50, 5),
        ],
        (1, 360, 27),
    ),
    "AG2 0.x: conversations inside one another carry all tokens so far": (
        [
            (0, AG2, "conversation lead", {"ag2.span.type": "conversation"} | usage(30, 5)),
            (1, AG2, "chat gpt-4o", CHAT | {"ag2.span.type": "llm"} | usage(10, 2)),
            (1, AG2, "conversation helper", {"ag2.span.type": "conversation"} | usage(30, 5)),
            (2, AG2, "chat gpt-4o", CHAT | {"ag2.span.type": "llm"} | usage(20, 3)),
        ],
        (2, 30, 5),
    ),
    "ADK 1.x: a call around the call itself": (
        [
            (0, ADK, "invocation", {}),
            (1, ADK, "call_llm", GEMINI | {"gen_ai.system": "gcp.vertex.agent"} | usage(10, 2)),
            (
                *(2, ADK, "generate_content gemini-2.5-flash"),
                GEMINI | {"gen_ai.operation.name": "generate_content"} | usage(10, 2),
            ),
        ],
        (1, 10, 2),
    ),
    "Agent Framework: an agent adds up its calls": (
        [
            (0, MAF, "invoke_agent lead", AGENT | usage(30, 5)),
            (1, MAF, "chat gpt-4o", CHAT | usage(10, 2)),
            (1, MAF, "chat gpt-4o", CHAT | usage(20, 3)),
        ],
        (2, 30, 5),
    ),
    "Strands: an agent adds up all its invocations": (
        [
            (0, STRANDS, "invoke_swarm", {"gen_ai.operation.name": "invoke_swarm"}),
            (1, STRANDS, "invoke_agent lead", AGENT | usage(10, 2)),
            (2, STRANDS, "chat", CHAT | usage(10, 2)),
            (1, STRANDS, "invoke_agent lead", AGENT | usage(30, 5)),
            (2, STRANDS, "chat", CHAT | usage(20, 3)),
        ],
        (2, 30, 5),
    ),
    "Pydantic AI: an answer that was refused is paid beside the one that was taken": (
        [
            (0, PYDANTIC, "agent run", {"agent_name": "lead"} | usage(30, 5)),
            (1, PYDANTIC, "chat gpt-4o", CHAT | usage(20, 3)),
            (
                *(2, PYDANTIC, "model request attempt gpt-4o-mini"),
                {"gen_ai.request.model": "gpt-4o-mini", "pydantic_ai.model_request.attempt": 0}
                | usage(10, 2),
            ),
        ],
        (1, 30, 5),
    ),
    "MLflow: parents repeat what is below": (
        [
            (
                0,
                MLFLOW,
                "Agent.run",
                {"mlflow.spanType": '"AGENT"', "mlflow.chat.tokenUsage": OBJECT},
            ),
            (1, MLFLOW, "Predict", {"mlflow.spanType": '"LLM"', "mlflow.chat.tokenUsage": OBJECT}),
        ],
        (1, 10, 2),
    ),
    "Logfire: a stream is a request and a log": (
        [
            (0, LOGFIRE, "Chat Completion with {…}", CHAT | {"request_data": '{"model":"gpt-4o"}'}),
            (0, LOGFIRE, "streaming response from {…}", CHAT | usage(10, 2)),
        ],
        (1, 10, 2),
    ),
    "Azure: a run on the server is fetched again and again": (
        [
            (
                *(0, AZURE, "process_thread_run"),
                SERVER | {"gen_ai.operation.name": "process_thread_run"} | usage(30, 5),
            ),
            (
                *(1, AZURE, "get_thread_run"),
                SERVER | {"gen_ai.operation.name": "get_thread_run"} | usage(30, 5),
            ),
        ],
        (0, 30, 5),
    ),
}


@pytest.mark.parametrize("step", [1, -1], ids=["in order", "backwards"])
@pytest.mark.parametrize(("sent", "wanted"), PROGRAMS.values(), ids=PROGRAMS.keys())
def test_it_counts_once(sent: list[Sent], wanted: tuple[int, int, int], step: int) -> None:
    for span in spans_of(sent)[::step]:
        save_spans(1, [(span, understand(span))])
    trace = Trace.objects.get()
    examine(1, trace.trace_id)
    trace.refresh_from_db()
    assert (trace.llm_calls, trace.input_tokens, trace.output_tokens) == wanted


def spans_of(sent: list[Sent]) -> list[WireSpan]:
    """The spans, each a second after the one before and as long as what is inside it."""
    above: list[int] = []
    spans = []
    for number, (depth, scope, name, attributes) in enumerate(sent, 1):
        del above[depth:]
        parent = above[-1].to_bytes(8, "big") if above else b""
        inside = next(
            (at for at, s in enumerate(sent[number:]) if s[0] <= depth), len(sent) - number
        )
        above.append(number)
        spans.append(
            wire_span(
                number,
                parent_id=parent,
                name=name,
                scope=WireScope({}, scope, "", {}, "", b""),
                attributes=attributes,
                start_ns=NOON + number * 10**9,
                end_ns=NOON + (number + inside) * 10**9 + 10**9 - number,
            )
        )
    return spans
