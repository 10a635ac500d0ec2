"""What one stored span means, read again: its own self, its resource and its log records."""

import pytest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord

from agentscope.projects.models import Project
from agentscope.traces.detail import span_detail
from agentscope.traces.meant import meant
from agentscope.traces.models import Span
from agentscope.traces.write import save_logs, save_records, save_spans
from agentscope.vocabulary import Kind, Meaning
from ingest.dialects import understand, understand_log
from ingest.from_logs import with_spans
from ingest.otlp import decode_logs, decode_traces
from tests.kit.otlp import PROTOBUF, SPAN_ID, START, TRACE_ID, a_span, logs, pair, traces

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return Project.objects.create(name="shop")


def of_resource(sent, resource):
    """A request whose only resource is the shop of that name."""
    resource.attributes.append(pair("shop.name", string_value="corner"))
    return sent.SerializeToString()


def detail_of(shop):
    span = Span.objects.get(project_id=shop.pk)
    return span_detail(shop.pk, span.trace_id, span.span_id)


@pytest.fixture
def span(shop):
    """A span with a log record."""
    sent = traces(a_span())
    body = of_resource(sent, sent.resource_spans[0].resource)
    save_spans(shop.pk, [(each, understand(each)) for each in decode_traces(body, PROTOBUF).items])
    record = LogRecord(
        trace_id=TRACE_ID,
        span_id=SPAN_ID,
        time_unix_nano=START,
        event_name="acme.said",
        attributes=[pair("acme.who", string_value="eve")],
    )
    found = decode_logs(logs(record).SerializeToString(), PROTOBUF).items
    save_logs(shop.pk, [(each, understand_log(each)) for each in found])
    return detail_of(shop)


@pytest.fixture
def made(shop):
    """A span that is made of a log record."""
    record = LogRecord(
        time_unix_nano=START,
        body=AnyValue(string_value="claude_code.api_request"),
        attributes=[
            pair("event.name", string_value="api_request"),
            pair("session.id", string_value="s-1"),
            pair("model", string_value="claude-sonnet-4-5"),
            pair("acme.who", string_value="eve"),
        ],
    )
    sent = logs(record)
    body = of_resource(sent, sent.resource_logs[0].resource)
    found = decode_logs(body, PROTOBUF).items
    save_records(shop.pk, *with_spans((each, understand_log(each)) for each in found))
    return detail_of(shop)


def test_a_span_by_its_resource(span):
    found = meant(span, [("shop.name", "agent")])
    assert (found.span.agent, found.span.sources["agent"]) == (
        "corner",
        "resource shop.name (mapping)",
    )
    assert meant(span).span.agent == ""


def test_a_record_of_a_span(span):
    (told,) = meant(span, [("acme.who", "user")]).told
    assert (told[0], told[1].user) == ("acme.said", "eve")


def test_a_span_that_was_made_of_a_record_is_made_again(made):
    assert (meant(made).span.kind, meant(made).span.model) == (Kind.LLM, "claude-sonnet-4-5")
    found = meant(made, [("shop.name", "agent"), ("acme.who", "user")])
    assert (found.span.agent, found.span.user) == ("corner", "eve")
    assert found.span.sources["agent"] == "resource shop.name (mapping)"


def test_a_mapping_that_moves_it_to_another_trace_is_shown_too(made):
    assert meant(made, [("acme.who", "session")]).span.session == "eve"


def test_a_span_that_nothing_makes_any_more_means_nothing(made):
    made.logs = []
    assert meant(made).span == Meaning()
