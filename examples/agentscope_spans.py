"""What calls use, as spans: AgentScope counts what it is told by them, and budgets hold by that.

`record` sends what the instrumentations of OpenTelemetry that are installed see; `report` tells of
one call where there is none, and needs nothing but Python. Both send to OTEL_EXPORTER_OTLP_ENDPOINT
and do nothing where it is not set.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import entry_points
from typing import Any
from urllib import request

ENDPOINT = os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT", "").rstrip("/")
KEY, PROJECT = os.environ.get("AGENTSCOPE_KEY"), os.environ.get("AGENTSCOPE_PROJECT")
HEADERS = {"authorization": KEY and f"Bearer {KEY}", "x-agentscope-project": PROJECT}
TIME_LIMIT = 1.0  # seconds for one span to be taken
CLIENT = 3  # the kind of a span that calls somebody else
NAMES = {
    "session": "session.id",
    "agent": "gen_ai.agent.name",
    "model": "gen_ai.request.model",
    "user": "user.id",
    "prompt_tokens": "gen_ai.usage.input_tokens",
    "completion_tokens": "gen_ai.usage.output_tokens",
}
log = logging.getLogger(__name__)
_sender = ThreadPoolExecutor(1, "agentscope-spans")  # whatever waits is sent before the end


def record(session: str) -> None:
    """Records what happens from now on by each instrumentation that is installed, as part of this
    session. Of OpenTelemetry's own settings all hold: OTEL_BSP_SCHEDULE_DELAY is how many ms a span
    waits for others."""
    if not ENDPOINT:
        return
    from opentelemetry import trace
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    class OfSession(SpanProcessor):
        def on_start(self, span: Any, parent_context: Any = None) -> None:
            span.set_attribute(NAMES["session"], session)

    provider = TracerProvider()
    provider.add_span_processor(OfSession())
    headers = {name: value for name, value in HEADERS.items() if value}
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(headers=headers)))
    trace.set_tracer_provider(provider)
    for each in entry_points(group="opentelemetry_instrumentor"):
        each.load()().instrument()


def report(
    about: Mapping[str, Any], usage: Mapping[str, Any], began_ns: int, trace: str = ""
) -> None:
    """Tells of a call of a model that is over: whose it was, and what it used as OpenAI says it.
    `began_ns` is since 1970; `trace` has 32 hex digits. Nobody waits for it; raises nothing."""
    if ENDPOINT:
        _sender.submit(send, span({**about, **usage}, began_ns, trace))


def span(known: Mapping[str, Any], began_ns: int, trace: str) -> dict[str, Any]:
    """A call as a span of OTLP/JSON, by OpenTelemetry's conventions for GenAI."""
    said = {NAMES[name]: known[name] for name in NAMES if known.get(name) is not None}
    said |= {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai"}
    return {
        "traceId": trace or secrets.token_hex(16),
        "spanId": secrets.token_hex(8),
        "name": f"chat {known.get('model')}",
        "kind": CLIENT,
        "startTimeUnixNano": str(began_ns),
        "endTimeUnixNano": str(time.time_ns()),
        "attributes": [{"key": name, "value": value(each)} for name, each in said.items()],
    }


def value(each: Any) -> dict[str, str]:
    """A value as OTLP/JSON has it."""
    return {"intValue": str(each)} if isinstance(each, int) else {"stringValue": str(each)}


def send(one: dict[str, Any]) -> None:
    """Sends a span. One that nobody takes is lost, and said so."""
    body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [one]}]}]}).encode()
    headers = {"content-type": "application/json", **{k: v for k, v in HEADERS.items() if v}}
    try:
        asked = request.Request(f"{ENDPOINT}/v1/traces", body, headers)  # noqa: S310 (the owner's own)
        request.urlopen(asked, timeout=TIME_LIMIT).close()  # noqa: S310
    except Exception as failure:  # noqa: BLE001 (no span is a reason to fail)
        log.warning("%s takes no span: %r", ENDPOINT, failure)
