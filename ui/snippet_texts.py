"""What the empty list shows: title, what to install, code. snippets.py fills in words in <…>."""

ENVIRONMENT = """
export OTEL_EXPORTER_OTLP_ENDPOINT=<ADDRESS>
export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf<ENV_HEADERS>
"""

CURL = """
curl <ADDRESS>/v1/traces -H 'content-type: application/json' \\<CURL_HEADERS>
  -d '{"resourceSpans": [{"scopeSpans": [{"spans": [{
    "traceId": "'$(openssl rand -hex 16)'", "spanId": "'$(openssl rand -hex 8)'",
    "name": "invoke_agent hello", "kind": 1,
    "startTimeUnixNano": "'$(($(date +%s) - 2))'000000000",
    "endTimeUnixNano": "'$(date +%s)'000000000",
    "attributes": [
      {"key": "gen_ai.operation.name", "value": {"stringValue": "invoke_agent"}},
      {"key": "gen_ai.agent.name", "value": {"stringValue": "hello"}}]}]}]}]}'
"""

PYTHON = """
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(
    OTLPSpanExporter("<ADDRESS>/v1/traces"<PY_HEADERS>)))
trace.set_tracer_provider(provider)

with trace.get_tracer("hello").start_as_current_span("invoke_agent hello") as span:
    span.set_attribute("gen_ai.operation.name", "invoke_agent")
    span.set_attribute("gen_ai.agent.name", "hello")

provider.shutdown()
"""

OPENINFERENCE = """
from openinference.instrumentation.langchain import LangChainInstrumentor
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(
    OTLPSpanExporter("<ADDRESS>/v1/traces"<PY_HEADERS>)))
LangChainInstrumentor().instrument(tracer_provider=provider)

# … your LangChain or LangGraph program, unchanged
"""

OPENLLMETRY = """
from traceloop.sdk import Traceloop

Traceloop.init(app_name="hello", api_endpoint="<ADDRESS>"<PY_HEADERS>)

# … your program, unchanged
"""

SNIPPETS = (
    ("Any OpenTelemetry SDK: environment variables", "", ENVIRONMENT),
    (
        "Python, OpenTelemetry SDK",
        "pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http",
        PYTHON,
    ),
    (
        "OpenInference: LangChain, LangGraph, LlamaIndex, CrewAI, …",
        "pip install openinference-instrumentation-langchain opentelemetry-sdk"
        " opentelemetry-exporter-otlp-proto-http",
        OPENINFERENCE,
    ),
    ("OpenLLMetry", "pip install traceloop-sdk", OPENLLMETRY),
    ("curl, nothing installed", "", CURL),
)
