"""Results that tell of a failure though the status does not, and results that only look so."""

import orjson
import pytest

from agentscope.vocabulary import ErrorClass, Flag, Kind, Status, WireEvent
from ingest.dialects import understand
from ingest.reading.silent import complaint
from tests.kit.spans import wire_span

RESULT = "gen_ai.tool.call.result"


@pytest.mark.parametrize(
    ("result", "shape", "name"),
    [
        ({"isError": True, "content": [{"type": "text", "text": "no"}]}, "isError: true", ""),
        ({"is_error": True, "content": "no"}, "is_error: true", ""),
        ({"ok": False}, "ok: false", ""),
        ({"success": False, "error": {"code": "not_found"}}, "success: false", "not_found"),
        ({"denied": True, "reason": "a rule"}, "denied: true", ""),
        ({"error": "no such city"}, "error", ""),
        ({"error": {"type": "RateLimitError", "message": "slow"}}, "error", "RateLimitError"),
        ({"error": True, "message": "no"}, "error", ""),
        ({"status": "error", "message": "no"}, "status: error", ""),
        ({"errors": [{"message": "no"}], "data": None}, "errors without data", ""),
        ({"stdout": "", "stderr": "sh: foo: not found", "exit_code": 127}, "exit code 127", ""),
        ({"output": {"error": "no city"}}, "error", ""),
        ([{"type": "text", "text": "Error: no city"}], "it begins as errors do", ""),
        ({"content": [{"type": "text", "text": '{"error": "no city"}'}]}, "error", ""),
        ("Error: city not found", "it begins as errors do", ""),
        ("ERROR:  relation does not exist", "it begins as errors do", ""),
        ("ValueError: no", "it begins as errors do", "ValueError"),
        ("Error: KeyError: 'x'", "it begins as errors do", "KeyError"),
        ("requests.exceptions.ConnectionError: no", "it begins as errors do", "ConnectionError"),
        (
            "Traceback (most recent call last):\n  File 'x'\nZeroDivisionError: division by zero",
            "it begins as errors do",
            "ZeroDivisionError",
        ),
        ("Error executing tool search: no", "it begins as errors do", ""),
        ("MCP error -32602: Tool x not found", "it begins as errors do", ""),
        ("Unknown tool: run_shell", "it begins as errors do", ""),
        ("bash: line 1: foo: command not found", "it begins as errors do", ""),
        ("HTTP 503 Service Unavailable", "it begins as errors do", ""),
        ("Permission denied", "it begins as errors do", ""),
        ("<tool_use_error>Error: no</tool_use_error>", "it begins as errors do", ""),
    ],
)
def test_failures(result, shape, name):
    found = complaint(result)
    assert found is not None
    assert (found.shape, found.name) == (shape, name)


@pytest.mark.parametrize(
    "result",
    [
        None,
        "",
        [],
        {},
        "Error handling in Go returns values of type error.",
        "Errors: 0, warnings: 2",
        "Error: none",
        "Error: no errors.",
        "Error: 0 problems",
        "error: null",
        "The server said: Error: no route to host",
        "How to fix 'command not found' in bash",
        "I found an article: Traceback (most recent call last) explained",
        "Tool use in language models was not found to help",
        "ERROR: disk full\nINFO: retrying\nERROR: disk full",
        "2026-11-26 ERROR disk full",
        "Error: " + "a long document " * 400,
        {"ok": True, "error": "ignored"},
        {"isError": False, "content": [{"type": "text", "text": "Error: as an example"}]},
        {"success": True},
        {"success": "false"},
        {"error": None, "data": 1},
        {"error": ""},
        {"error": "none"},
        {"error": 0.02, "mean": 3.1},
        {"error": [], "errors": 0},
        {"errors": ["unused import"], "warnings": []},
        {"errors": [{"line": 3}], "data": {"x": 1}},
        {"status": "error"},
        {"status": "failed", "job": 7},
        {"name": "Ann", "blocked": True, "mail": "a@example.org"},
        {"exit_code": 1, "stdout": "3 failed"},
        {"rows": [{"error": "no"}]},
        {"valid": False, "violations": ["x"]},
    ],
)
def test_what_only_looks_so(result):
    assert complaint(result) is None


def call(result, **said):
    """What a call of a tool with this result means."""
    named = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "search"}
    return understand(wire_span(attributes=named | {RESULT: result}, **said))


@pytest.mark.parametrize(
    ("result", "wanted"),
    [
        ('{"isError": true, "content": [{"type": "text", "text": "no"}]}', "tool_reported"),
        ('{"ok": false, "error": "permission denied: needs the role editor"}', "permission"),
        ('{"denied": true, "reason": "no"}', "permission"),
        ('{"error": {"type": "RateLimitError", "message": "slow down"}}', "rate_limit"),
        ('{"success": false, "status_code": 404}', "not_found"),
        ("Error: Tool call blocked by the workspace policy", "permission"),
        ("Unknown tool: run_shell", "not_found"),
        ("2 validation errors for Report", ""),
        ("Error: 2 validation errors for Report", "validation"),
    ],
)
def test_the_class_and_its_source(result, wanted):
    meaning = call(result)
    assert meaning.error_class is ErrorClass(wanted)
    assert meaning.status is Status.UNSET, "it stays as it was sent"
    assert bool(meaning.flags & Flag.SILENT_FAILURE) is bool(wanted)
    assert meaning.sources.get("error_class", "").startswith(RESULT) is bool(wanted)


def test_what_told_it():
    meaning = call('{"error": {"type": "RateLimitError", "message": "slow down"}}')
    assert meaning.sources["error_class"] == "gen_ai.tool.call.result: error, name"
    assert (meaning.error_type, meaning.error_message) == ("RateLimitError", "slow down")


def test_a_status_of_error_without_a_reason_gets_its_reason():
    meaning = call("Error: permission denied", status_code=2)
    assert (meaning.status, meaning.error_class) == (Status.ERROR, ErrorClass.PERMISSION)
    assert not meaning.flags & Flag.SILENT_FAILURE
    reported = call("Error: permission denied", status_code=2, status_message="ValueError: no")
    assert (reported.error_class, reported.error_message) == (ErrorClass.UNKNOWN, "ValueError: no")


def test_control_flow_is_no_failure():
    event = WireEvent("exception", 1, {"exception.type": "GraphInterrupt"})
    meaning = call("Error: no", status_code=2, events=[event])
    assert meaning.error_class is ErrorClass.CONTROL_FLOW
    assert not meaning.flags & Flag.SILENT_FAILURE


def test_a_marked_message_of_langchain():
    message = {
        "output": {
            "lc": 1,
            "kwargs": {"content": "no such city", "tool_call_id": "1", "status": "error"},
        }
    }
    attributes = {"openinference.span.kind": "TOOL", "tool.name": "search"}
    sent = orjson.dumps(message).decode()
    meaning = understand(wire_span(attributes=attributes | {"output.value": sent}))
    assert meaning.kind is Kind.TOOL
    assert meaning.flags & Flag.SILENT_FAILURE
    fine = sent.replace('"error"', '"success"')
    meaning = understand(wire_span(attributes=attributes | {"output.value": fine}))
    assert not meaning.flags & Flag.SILENT_FAILURE


def test_only_tools_fail_silently():
    meaning = understand(
        wire_span(attributes={"gen_ai.operation.name": "chat", RESULT: "Error: no"})
    )
    assert meaning.error_class is ErrorClass.NONE


@pytest.mark.parametrize(
    ("result", "marked"),
    [
        ("[]", True),
        ('{"hits": [], "total": 0}', True),
        ("No results found for rain.", True),
        ("[REDACTED]", False),
        ('{"hits": ["rain"]}', False),
        ('{"ok": false}', False),  # this one failed
    ],
)
def test_a_result_that_is_empty_is_marked_and_is_no_failure(result, marked):
    meaning = call(result)
    assert bool(meaning.flags & Flag.EMPTY_RESULT) is marked
    assert (meaning.error_class is ErrorClass.NONE) is ("false" not in result)


@pytest.mark.parametrize(
    ("reason", "marked"), [("length", True), ("MAX_TOKENS", True), ("stop", False)]
)
def test_an_answer_that_was_cut_is_marked_whether_or_not_it_is_recorded(reason, marked):
    said = {"gen_ai.operation.name": "chat", "gen_ai.response.finish_reasons": [reason]}
    answer = [{"role": "assistant", "parts": [], "finish_reason": reason}]
    for attributes in (
        said,
        {"gen_ai.operation.name": "chat", "gen_ai.output.messages": orjson.dumps(answer).decode()},
    ):
        meaning = understand(wire_span(attributes=attributes))
        assert bool(meaning.flags & Flag.CUT_ANSWER) is marked
        assert meaning.error_class is ErrorClass.NONE
