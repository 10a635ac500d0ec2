"""The spans of the hook: what they say, and that nobody waits for them or fails by them."""

import json
import subprocess
import sys
from dataclasses import dataclass

from tests.examples.installed import EXAMPLES
from tests.examples.stubs import USAGE, Stub, nowhere

REPORT = """
import json, sys
from agentscope_spans import report
about, usage, trace = json.loads(sys.argv[1])
report(about, usage, 1_000_000_000, trace)
"""
ABOUT = {"session": "s-1", "agent": "clerk", "model": "gpt-4o", "user": None}


@dataclass
class Taker(Stub):
    """An OTLP server."""

    def answer(self, path: str, body: object) -> tuple[int, bytes, str]:
        assert path == "/v1/traces"
        return 200, b"{}", "application/json"


def reported(url, *what):
    """The errors of a program that tells of one call."""
    run = [sys.executable, "-c", REPORT, json.dumps(what)]
    told_by = {"OTEL_EXPORTER_OTLP_ENDPOINT": url, "AGENTSCOPE_KEY": "as_secret"}
    done = subprocess.run(run, cwd=EXAMPLES, env=told_by, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_a_call_is_told_by_whose_it_was_and_what_it_used():
    with Taker() as taker:
        assert reported(f"{taker.url}/", ABOUT, USAGE, "ab" * 16) == ""
    (sent,) = taker.asked
    (span,) = sent["resourceSpans"][0]["scopeSpans"][0]["spans"]
    assert (span["traceId"], span["name"]) == ("ab" * 16, "chat gpt-4o")
    assert span["startTimeUnixNano"] == "1000000000" < span["endTimeUnixNano"]
    assert {each["key"]: each["value"] for each in span["attributes"]} == {
        "session.id": {"stringValue": "s-1"},
        "gen_ai.agent.name": {"stringValue": "clerk"},
        "gen_ai.request.model": {"stringValue": "gpt-4o"},
        "gen_ai.usage.input_tokens": {"intValue": "100"},
        "gen_ai.usage.output_tokens": {"intValue": "10"},
        "gen_ai.operation.name": {"stringValue": "chat"},
        "gen_ai.provider.name": {"stringValue": "openai"},
    }


def test_a_call_of_no_trace_has_one_of_its_own():
    with Taker() as taker:
        reported(taker.url, ABOUT, USAGE, "")
        reported(taker.url, ABOUT, USAGE, "")
    spans = [sent["resourceSpans"][0]["scopeSpans"][0]["spans"][0] for sent in taker.asked]
    assert len({each["traceId"] for each in spans}) == 2


def test_where_nobody_takes_it_the_program_goes_on_and_says_so():
    with nowhere() as url:
        assert "takes no span" in reported(url, ABOUT, USAGE, "")


def test_nothing_is_sent_where_it_is_not_said_where_to():
    assert reported("", ABOUT, USAGE, "") == ""
