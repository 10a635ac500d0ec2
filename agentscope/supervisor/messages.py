"""What the supervisor says to the person at the terminal."""

import sys
from contextlib import suppress

SHELL_SNIPPET = """\
trace=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \\n'); now=$(date +%s)
curl -sS http://127.0.0.1:HTTP_PORT/v1/traces -H 'content-type: application/json' -d @- <<END
{"resourceSpans": [{"scopeSpans": [{"spans": [
  {"traceId": "$trace", "spanId": "00000000000000a1", "name": "invoke_agent planner",
   "startTimeUnixNano": "$((now-2))000000000", "endTimeUnixNano": "${now}000000000",
   "attributes": [
    {"key": "gen_ai.operation.name", "value": {"stringValue": "invoke_agent"}},
    {"key": "gen_ai.agent.name", "value": {"stringValue": "planner"}}]},
  {"traceId": "$trace", "spanId": "00000000000000a2", "parentSpanId": "00000000000000a1",
   "name": "chat gpt-4o",
   "startTimeUnixNano": "$((now-2))000000000", "endTimeUnixNano": "$((now-1))000000000",
   "attributes": [
    {"key": "gen_ai.operation.name", "value": {"stringValue": "chat"}},
    {"key": "gen_ai.provider.name", "value": {"stringValue": "openai"}},
    {"key": "gen_ai.request.model", "value": {"stringValue": "gpt-4o"}},
    {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "1200"}},
    {"key": "gen_ai.usage.output_tokens", "value": {"intValue": "80"}}]}
]}]}]}
END"""
PYTHON_SNIPPET = """\
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider()
exporter = OTLPSpanExporter("http://127.0.0.1:HTTP_PORT/v1/traces")
provider.add_span_processor(BatchSpanProcessor(exporter))
tracer = provider.get_tracer("first")
with tracer.start_as_current_span("invoke_agent planner") as agent:
    agent.set_attribute("gen_ai.operation.name", "invoke_agent")
    agent.set_attribute("gen_ai.agent.name", "planner")
    with tracer.start_as_current_span("chat gpt-4o") as call:
        call.set_attribute("gen_ai.operation.name", "chat")
        call.set_attribute("gen_ai.provider.name", "openai")
        call.set_attribute("gen_ai.request.model", "gpt-4o")
        call.set_attribute("gen_ai.usage.input_tokens", 1200)
        call.set_attribute("gen_ai.usage.output_tokens", 80)
provider.shutdown()"""
READY = """
AgentScope is ready after SECONDS s: http://127.0.0.1:HTTP_PORT
OTLP/HTTP at http://127.0.0.1:HTTP_PORT, OTLP/gRPC at 127.0.0.1:GRPC_PORT.
Hooks that ask before each call do so at http://127.0.0.1:DECIDE_PORT. Ctrl-C stops all of it.
"""
FIRST_TRACE = f"""
Load the sample traces by `make demo` in a second terminal, or send a first trace of your own:

{SHELL_SNIPPET}

The same by Python (pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http):

{PYTHON_SNIPPET}
"""
FIRST_LOGIN = """
People log in here, and programs show a key (AGENTSCOPE_EMBEDDED is 0). The first of both:

.venv/bin/python manage.py createsuperuser --username alice
.venv/bin/python manage.py create_project shop
.venv/bin/python manage.py add_member shop alice --role owner
.venv/bin/python manage.py create_key shop

docs/access.md says who may do what, docs/login.md how people log in.
"""


class CannotStart(SystemExit):
    """Why a start cannot work: what, where, what to do. The exit code is 1."""


def say(text: str) -> None:
    """Say it at once, even through a pipe; to nobody if the terminal is gone."""
    with suppress(OSError):
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()


def ready(
    http_port: int, grpc_port: int, decide_port: int, seconds: float, *, is_embedded: bool = True
) -> str:
    """Where AgentScope is, and how to send it a first trace, or who may come in first."""
    text = READY + (FIRST_TRACE if is_embedded else FIRST_LOGIN)
    text = text.replace("HTTP_PORT", str(http_port)).replace("GRPC_PORT", str(grpc_port))
    text = text.replace("DECIDE_PORT", str(decide_port))
    return text.replace("SECONDS", f"{seconds:.1f}")
