"""Forms of a span to take along, of recorded runs: what is copied is what was recorded."""

import json
import shlex

import pytest
from django.test import Client

from agentscope.projects.models import Project
from agentscope.traces.models import Span
from agentscope.traces.read import span_detail
from agentscope.vocabulary import Message
from ingest.otlp import decode_traces
from tests.kit.corpus import WIRE, Case, replay
from tests.kit.otlp import JSON
from tests.ui.test_values import PART, called, of, planner, text
from tests.ui.traces import TRACE_ID, save_trace
from ui.copied import MOST, copies
from ui.document import document

pytestmark = pytest.mark.usefixtures("embedded")
PROVIDERS = ("openai", "anthropic")
CLIENTS = [f"openinference.instrumentation.{provider}" for provider in PROVIDERS]
LONG = "word " * (MOST // 5)


def recorded(name, project, **of_spans):
    """The spans of a recorded run, with what is known of each."""
    replay(Case(WIRE / name), project.pk)
    spans = Span.objects.filter(project_id=project.pk, **of_spans).order_by("span_id")
    found = [span_detail(project.pk, span.trace_id, span.span_id) for span in spans]
    assert found
    return found


def copied(detail, title):
    """The copy with this title; None if there is none."""
    found = copies(detail, "http://localhost/api", needs_key=True)
    return next((each for each in found if each.title.startswith(title)), None)


def body_of(command):
    """The body in a command that a shell reads."""
    words = shlex.split(command)
    return json.loads(words[words.index("--data-binary") + 1])


@pytest.mark.parametrize("name", ["openai-anthropic-openinference", "crewai-openinference"])
def test_a_call_that_was_recorded_is_copied_as_it_was(project, name):
    for detail in recorded(name, project, scope__in=CLIENTS):
        sent = json.loads(detail.attributes["input.value"])
        assert body_of(copied(detail, "curl: the same").text) == sent


@pytest.mark.parametrize("name", ["openai-otel-v2", "strands-native", "pydantic-ai-native-loop"])
def test_a_call_that_is_made_of_messages_says_all_of_them(project, name):
    said = []
    for detail in recorded(name, project, provider__in=PROVIDERS):
        command = copied(detail, "curl: the same")
        if command is None:
            continue
        body = json.dumps(body_of(command.text), ensure_ascii=False)
        assert detail.span.model.partition("-20")[0] in body
        for message in detail.content["input_messages"]:
            texts = [part["text"] for part in message["parts"] if part["type"] == "text"]
            said += texts
            assert all(json.dumps(each, ensure_ascii=False)[1:-1] in body for each in texts)
    assert said


@pytest.mark.parametrize(
    "name",
    ["langgraph-genai", "strands-native", "llamaindex-openinference", "vercel-ai6-native"],
)
def test_what_is_copied_as_otlp_is_the_same_span_when_it_is_sent(project, name):
    for detail in recorded(name, project):
        (again,) = decode_traces(copied(detail, "OTLP").text.encode(), JSON).items
        assert again.raw == detail.raw
        assert again.scope.envelope == detail.envelope
        assert (again.trace_id, again.start_ns) == (
            detail.span.trace_id.bytes,
            detail.span.start_ns,
        )


@pytest.mark.parametrize("name", ["google-adk-native", "smolagents-openinference"])
def test_what_is_copied_as_json_is_what_is_stored(project, name):
    for detail in recorded(name, project):
        found = copied(detail, "JSON")
        assert json.loads(found.text) == json.loads(json.dumps(document(detail)))


@pytest.fixture
def long_call(project: Project) -> None:
    """A call whose prompt is too long for a page and for a word of a command."""
    save_trace(project, planner(), called(2, [Message("user", [text(LONG)])], provider="openai"))


def test_a_long_call_reads_its_body_from_a_file(client: Client, long_call):
    page = client.get(of(2, "copies"), headers=PART).text
    assert "--data-binary @request.json" in page
    assert "kB: too much to copy from here" in page
    assert LONG not in page
    found = client.get(of(2, "copies"), {"form": "request"})
    assert found["Content-Disposition"] == 'attachment; filename="request.json"'
    assert json.loads(found.content)["messages"] == [{"role": "user", "content": LONG}]


@pytest.mark.parametrize("form", ["span", "otlp"])
def test_each_form_is_a_file(client: Client, long_call, form):
    assert f'href="{of(2, "copies")}?form={form}"' in client.get(of(2, "copies")).text
    found = client.get(of(2, "copies"), {"form": form})
    assert found["Content-Type"] == "application/octet-stream"
    assert found["X-Content-Type-Options"] == "nosniff"
    assert json.loads(found.content)


@pytest.mark.parametrize(("number", "form"), [(1, "request"), (2, "nothing")])
def test_there_is_no_other_file(client: Client, long_call, number, form):
    assert client.get(of(number, "copies"), {"form": form}).status_code == 404


def test_keys_are_the_readers_own(project):
    save_trace(project, planner())
    detail = span_detail(project.pk, TRACE_ID, 1)
    assert "Bearer $READ_KEY" in copied(detail, "curl: this span").text
