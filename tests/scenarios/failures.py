"""How tools and models fail, in the words of their libraries."""

from __future__ import annotations

from agentscope.vocabulary import ErrorClass
from tests.scenarios.steps import Failure

RATE_LIMITED = Failure(
    "RateLimitError", "Error code: 429 - Rate limit reached", 429, ErrorClass.RATE_LIMIT
)
OVERLOADED = Failure(
    "OverloadedError", "Error code: 529 - overloaded_error", 529, ErrorClass.OVERLOADED
)
SERVER = Failure(
    "InternalServerError", "Error code: 500 - internal server error", 500, ErrorClass.SERVER
)
TIMEOUT = Failure("ReadTimeout", "The read operation timed out", None, ErrorClass.TIMEOUT)
TRANSIENT = (RATE_LIMITED, OVERLOADED, SERVER, TIMEOUT)

UNAUTHORIZED = Failure(
    "AuthenticationError", "Error code: 401 - invalid_api_key", 401, ErrorClass.AUTH
)
BAD_REQUEST = Failure(
    "BadRequestError",
    "Error code: 400 - invalid_request_error: a tool_use block has no matching tool_result",
    400,
    ErrorClass.INVALID_REQUEST,
)
NO_CREDIT = Failure(
    "APIStatusError", "Error code: 402 - Your credit balance is too low", 402, ErrorClass.QUOTA
)
CANCELLED = Failure(
    "CancelledError", "The tool call was cancelled before it finished", None, ErrorClass.CANCELLED
)


def forbidden(tool: str) -> Failure:
    """A policy or a missing right."""
    return Failure(
        "PermissionDeniedError",
        f"Error code: 403 - permission_denied: {tool} is blocked by the policy of this workspace",
        403,
        ErrorClass.PERMISSION,
    )


def missing(thing: str) -> Failure:
    """Something that is not there."""
    return Failure(
        "NotFoundError", f"Error code: 404 - {thing} does not exist", 404, ErrorClass.NOT_FOUND
    )


def unreachable(host: str) -> Failure:
    """A host that does not answer."""
    return Failure("ConnectError", f"connection refused by {host}", None, ErrorClass.NETWORK)


def invalid(what: str, problems: int, detail: str) -> Failure:
    """Arguments or an answer that do not fit their schema."""
    plural = "s" * (problems > 1)
    message = f"{problems} validation error{plural} for {what}: {detail}"
    return Failure("ValidationError", message, None, ErrorClass.VALIDATION)


def no_such_tool(tool: str, offered: list[str]) -> Failure:
    """The model asked for a tool that it was not given."""
    known = ", ".join(offered)
    return Failure("ToolNotFoundError", f"Tool '{tool}' not found. Available tools: {known}")


def step_limit(steps: int) -> Failure:
    """The framework's own limit ended the run."""
    return Failure(
        "GraphRecursionError",
        f"Recursion limit of {steps} reached without hitting a stop condition.",
        None,
        ErrorClass.QUOTA,
    )
