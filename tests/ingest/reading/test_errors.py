import pytest

from agentscope.vocabulary import ErrorClass
from ingest.reading.errors import classify, error_name, is_control_flow, is_waiting, name_in_message

BAD_REQUEST = "BadRequestError"


@pytest.mark.parametrize(
    ("name", "message", "status", "wanted"),
    [
        ("RateLimitError", "", None, "rate_limit"),
        ("ThrottlingException", "", None, "rate_limit"),
        ("429", "", None, "rate_limit"),
        ("_OTHER", "Error code: 429 - {'error': {'type': 'tokens'}}", None, "rate_limit"),
        ("ClientError", "429 RESOURCE_EXHAUSTED. {}", None, "rate_limit"),
        ("ClientError", "An error occurred (ThrottlingException) when calling", None, "rate_limit"),
        ("RateLimitError", "code: insufficient_quota", 429, "quota"),
        ("BudgetExceededError", "", None, "quota"),
        ("GraphRecursionError", "", None, "quota"),
        ("_OTHER", "Max turns exceeded", None, "quota"),
        ("OverloadedError", "", None, "overloaded"),
        ("APIStatusError", "", 529, "overloaded"),
        ("ServiceUnavailableError", "", None, "overloaded"),
        ("InternalServerError", "", None, "server"),
        ("ConflictException", "", None, "server"),
        (BAD_REQUEST, "thread already has an active run", 400, "server"),
        ("APIError", "", None, "server"),
        ("ModelHTTPError", "status_code: 502, model_name: gpt-4o", None, "server"),
        ("-32603", "", None, "server"),
        ("APITimeoutError", "", None, "timeout"),
        ("Timeout", "", None, "timeout"),
        ("DEADLINE_EXCEEDED", "", None, "timeout"),
        ("APIConnectionError", "", None, "network"),
        ("ECONNRESET", "", None, "network"),
        ("IncompleteRead", "", None, "network"),
        ("AuthenticationError", "", None, "auth"),
        ("Exception", "invalid_api_key", None, "auth"),
        ("PermissionDeniedError", "", None, "permission"),
        ("AccessDeniedException", "", None, "permission"),
        ("NotFoundError", "", None, "not_found"),
        ("-32601", "", None, "not_found"),
        (BAD_REQUEST, "", None, "invalid_request"),
        ("UnknownError", "", 422, "invalid_request"),
        (BAD_REQUEST, "This model's maximum context length is 128000", 400, "context_length"),
        ("ContextWindowExceededError", "", None, "context_length"),
        (BAD_REQUEST, "code: content_filter", 400, "content_filter"),
        ("InputGuardrailTripwireTriggered", "", None, "content_filter"),
        ("JSONDecodeError", "", None, "validation"),
        ("UnexpectedModelBehavior", "", None, "validation"),
        ("ToolException", "", None, "tool_reported"),
        ("tool_error", "", None, "tool_reported"),
        ("", "Error running tool (non-fatal)", None, "tool_reported"),
        ("", "Guardrail tripwire triggered", None, "content_filter"),
        ("CancelledError", "", None, "cancelled"),
        ("-32800", "", None, "cancelled"),
        ("GraphInterrupt", "", None, "control_flow"),
        ("ValueError", 'column "revenu" does not exist', None, "unknown"),
        ("", "", None, "unknown"),
        ("", "", 200, "unknown"),
        ("", "Tool call blocked by the workspace policy", None, "permission"),
        ("", "bash: line 1: foo: command not found", None, "not_found"),
        ("", "Unknown tool: run_shell", None, "not_found"),
        ("ToolNotFoundError", "", None, "not_found"),
        ("", "2 validation errors for Report", None, "validation"),
    ],
)
def test_classes(name: str, message: str, status: int | None, wanted: str) -> None:
    assert classify(name, message, status).error_class is ErrorClass(wanted)


@pytest.mark.parametrize(
    ("raw", "bare"),
    [
        ("openai.RateLimitError", "RateLimitError"),
        ("<class 'openai.RateLimitError'>", "RateLimitError"),
        ("RateLimitError", "RateLimitError"),
        ("429", "429"),
        ("-32602", "-32602"),
        ("Something went wrong. Sorry.", "Something went wrong. Sorry."),
    ],
)
def test_names_are_bare(raw: str, bare: str) -> None:
    assert error_name(raw) == bare


def test_the_class_that_a_message_begins_with() -> None:
    assert name_in_message("litellm.RateLimitError: AnthropicException - slow") == "RateLimitError"
    assert name_in_message("GraphInterrupt((Interrupt(value=1),))") == "GraphInterrupt"
    assert name_in_message("It failed with ValueError") == ""


def test_control_flow_is_no_failure_and_a_pause_waits() -> None:
    assert is_control_flow("ParentCommand", "")
    assert is_control_flow("Exception", "GraphInterrupt((Interrupt(value='?'),))")
    assert not is_control_flow("ValueError", "interrupted")
    assert is_waiting("ApprovalRequired", "")
    assert is_waiting("", "(Interrupt(value='?'),)")
    assert not is_waiting("ParentCommand", "Command(goto='x')")


@pytest.mark.parametrize(
    ("name", "message", "status", "rule"),
    [
        ("RateLimitError", "", None, "name"),
        ("RateLimitError", "insufficient_quota", 429, "message"),
        ("-32603", "", None, "JSON-RPC code"),
        ("429", "", None, "HTTP 429"),
        ("APIStatusError", "", 529, "HTTP 529"),
        ("_OTHER", "Error code: 429 - no", None, "HTTP 429 in the message"),
        ("_OTHER", "connection reset", None, "message"),
        ("ValueError", "no", None, ""),
    ],
)
def test_what_told_the_class(name: str, message: str, status: int | None, rule: str) -> None:
    assert classify(name, message, status).rule == rule
