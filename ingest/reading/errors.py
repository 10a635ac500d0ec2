"""Why something failed, from a class name, a message and an HTTP status.

The class answers one question: can trying again help? Where the classes of `ErrorClass` are coarser
than what is known, the nearest that gives the same answer is taken:

- a conflict (409, "already has an active run") is `server`: it passes;
- a stream that broke off is `network`;
- an answer that could not be parsed or validated is `validation`: asking again may help;
- a step or turn limit that was reached is `quota`: nothing helps until somebody raises it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from agentscope.signatures.unknown_tools import names_no_tool
from agentscope.vocabulary import ErrorClass

LONGEST_SEARCHED = 4000  # characters of a message

# What overrides the class that a library raises: a quota that is used up is a 429 too.
OVERRIDES = (
    (
        ErrorClass.QUOTA,
        r"insufficient_quota|billing_hard_limit_reached|credit balance is too low|payment_required"
        r"|quota exceeded.{0,200}per day|BudgetExceeded",
    ),
    (
        ErrorClass.CONTEXT_LENGTH,
        r"context_length_exceeded|ContextWindowExceeded|prompt is too long|maximum context length"
        r"|input length and .?max_tokens.? exceed|request_too_large|string_above_max_length",
    ),
    (
        ErrorClass.CONTENT_FILTER,
        r"content_filter|ContentPolicyViolation|ResponsibleAIPolicyViolation|PROHIBITED_CONTENT"
        r"|guardrail_intervened|tripwire ?triggered|ModelRefusalError",
    ),
    (ErrorClass.SERVER, r"already has an active run"),
)

# Class names and provider codes, in lower case and without a trailing "error" or "exception"
NAMES = {
    ErrorClass.RATE_LIMIT: "ratelimit rate_limit rate_limit_exceeded rate_limited throttling "
    "toomanyrequests resource_exhausted resourceexhausted",
    ErrorClass.QUOTA: "graphrecursion recursion maxturnsexceeded usagelimitexceeded "
    "llmcallslimitexceeded recursionlimit maxiterations max_turns agentexecutionmaxsteps "
    "agentmaxsteps insufficient_quota payment_required budgetexceeded",
    ErrorClass.OVERLOADED: "overloaded serviceunavailable unavailable modelnotready",
    ErrorClass.SERVER: "internalserver internal_server api server server_error internal "
    "modelerror conflict",
    ErrorClass.TIMEOUT: "apitimeout timeout readtimeout connecttimeout deadlineexceeded "
    "deadline_exceeded modeltimeout tooltimeout pooltimeout writetimeout",
    ErrorClass.NETWORK: "apiconnection connect connection connectionreset connectionrefused "
    "remoteprotocol econnreset econnrefused enotfound ssl incompleteread chunkedencoding "
    "modelstreamerror modelstream invalid_chunk gaierror brokenpipe readerror writeerror",
    ErrorClass.AUTH: "authentication unauthenticated unrecognizedclient expiredtoken "
    "invalid_api_key unauthorized",
    ErrorClass.PERMISSION: "permissiondenied permission permission_denied accessdenied forbidden "
    "unsupported_country_region_territory",
    ErrorClass.NOT_FOUND: "notfound not_found model_not_found resourcenotfound deploymentnotfound "
    "filenotfound enoent toolnotfound unknowntool",
    ErrorClass.CONTEXT_LENGTH: "contextwindowexceeded context_length_exceeded request_too_large",
    ErrorClass.CONTENT_FILTER: "content_filter contentpolicyviolation safety recitation refusal "
    "prohibited_content guardrail_intervened inputguardrailtripwiretriggered "
    "outputguardrailtripwiretriggered modelrefusal",
    ErrorClass.VALIDATION: "jsondecode outputparser modelbehavior unexpectedmodelbehavior "
    "malformed_function_call instructorretry validation ai_noobjectgenerated "
    "ai_invalidtoolarguments ai_nosuchtool",
    ErrorClass.INVALID_REQUEST: "badrequest invalid_request unprocessableentity "
    "invalid_argument unsupportedparams failed_precondition",
    ErrorClass.TOOL_REPORTED: "tool tool_error ai_toolexecution toolexecution toolexecutionfailed "
    "tool_execution_failed "
    "agenttoolexecution toolretry execution "
    "codeexecution mcp_tool http_error mcp_tool_error",
    ErrorClass.CANCELLED: "cancelled canceled abort keyboardinterrupt clientdisconnect user_abort",
    ErrorClass.CONTROL_FLOW: "graphinterrupt nodeinterrupt graphbubbleup parentcommand "
    "graphdrained calldeferred approvalrequired modelretry skiptoolexecution "
    "humanfeedbackpending interrupt stopiteration stopasynciteration generatorexit agentfinish",
}
BY_NAME = {name: wanted for wanted, names in NAMES.items() for name in names.split()}

# What is searched for in a message when the class says nothing: the class that a library put in
# front, a code inside a provider's answer, a status
IN_MESSAGE = (
    (ErrorClass.RATE_LIMIT, r"rate.?limit|RESOURCE_EXHAUSTED|Throttling|(requests|tokens) per min"),
    (ErrorClass.QUOTA, r"max(imum)? (turns|iterations|steps)|recursion limit"),
    (ErrorClass.OVERLOADED, r"overloaded|service unavailable"),
    (ErrorClass.TIMEOUT, r"timed? ?out|deadline exceeded"),
    (ErrorClass.NETWORK, r"connection (error|reset|refused)|fetch failed|ECONNRE"),
    (ErrorClass.AUTH, r"invalid_api_key|authentication_error|unauthenticated"),
    (
        ErrorClass.PERMISSION,
        r"permission[_ ](error|denied)|access ?denied|(operation|is) not (permitted|allowed)"
        r"|(blocked|denied|rejected) by (the |an? |your )?(\w+ )?(policy|guard(rail)?|hook|rule)",
    ),
    (
        ErrorClass.NOT_FOUND,
        r"model_not_found|not_found_error|no such file or directory|command not found",
    ),
    (ErrorClass.VALIDATION, r"\d+ validation errors?\b|(input|schema) validation (error|failed)"),
    (ErrorClass.INVALID_REQUEST, r"invalid_request_error|INVALID_ARGUMENT"),
    (ErrorClass.SERVER, r"server_error|internal server error|api_error"),
    (ErrorClass.TOOL_REPORTED, r"error (running|executing) tool|tool '[^']+' failed"),
)
SEARCHES = [(wanted, re.compile(pattern, re.IGNORECASE)) for wanted, pattern in IN_MESSAGE]
OVERRIDING = [(wanted, re.compile(pattern, re.IGNORECASE)) for wanted, pattern in OVERRIDES]

BY_STATUS = {
    400: ErrorClass.INVALID_REQUEST,
    401: ErrorClass.AUTH,
    402: ErrorClass.QUOTA,
    403: ErrorClass.PERMISSION,
    404: ErrorClass.NOT_FOUND,
    408: ErrorClass.TIMEOUT,
    409: ErrorClass.SERVER,
    413: ErrorClass.CONTEXT_LENGTH,
    422: ErrorClass.INVALID_REQUEST,
    429: ErrorClass.RATE_LIMIT,
    499: ErrorClass.CANCELLED,
    503: ErrorClass.OVERLOADED,
    504: ErrorClass.TIMEOUT,
    529: ErrorClass.OVERLOADED,
}
SERVER_ERRORS = range(500, 600)
JSON_RPC = {
    "-32700": ErrorClass.INVALID_REQUEST,
    "-32600": ErrorClass.INVALID_REQUEST,
    "-32601": ErrorClass.NOT_FOUND,
    "-32602": ErrorClass.INVALID_REQUEST,
    "-32603": ErrorClass.SERVER,
    "-32800": ErrorClass.CANCELLED,
    "-32002": ErrorClass.NOT_FOUND,
}
STATUS_IN_MESSAGE = re.compile(
    r"(?:error code|status[_ ]?code|\"?statusCode\"?|HTTP(?:/[\d.]+)?)\W{0,3}(\d{3})\b"
    r"|^(\d{3}) [A-Z_]{4,}",
    re.IGNORECASE,
)
# What waits for a person, among control flow: interrupts of LangGraph and Strands, pydantic-ai's
# deferred calls
WAITING = frozenset(
    "graphinterrupt nodeinterrupt interrupt calldeferred approvalrequired "
    "humanfeedbackpending".split()
)
CONTROL_IN_MESSAGE = re.compile(
    r"^\(?(?P<name>GraphInterrupt|NodeInterrupt|Interrupt|ParentCommand|Command)\("
)
CLASS_IN_MESSAGE = re.compile(r"^(?:[\w]+\.)*(?P<name>[A-Z]\w*(?:Error|Exception|Exceeded))\b")


@lru_cache(4096)
def error_name(raw: str) -> str:
    """The bare name of an error: `<class 'openai.RateLimitError'>` → RateLimitError."""
    bare = raw.strip().removeprefix("<class '").removesuffix("'>")
    return bare.rsplit(".", 1)[-1] if bare.replace(".", "").replace("_", "").isalnum() else bare


def name_in_message(message: str) -> str:
    """The class that a message begins with, else empty."""
    found = CONTROL_IN_MESSAGE.match(message) or CLASS_IN_MESSAGE.match(message)
    return found["name"] if found else ""


class Verdict(NamedTuple):
    """The class of a failure, and what told it: `name`, `HTTP 429`, `message`, …; empty if
    nothing did."""

    error_class: ErrorClass
    rule: str


def classify(name: str, message: str = "", http_status: int | None = None) -> Verdict:
    """The class of a failure. The name is as `error_name` gives it."""
    message = message[:LONGEST_SEARCHED]
    for wanted, pattern in OVERRIDING:
        if pattern.search(name):
            return Verdict(wanted, "name")
        if pattern.search(message):
            return Verdict(wanted, "message")
    if found := BY_NAME.get(stem(name)):
        return Verdict(found, "name")
    if found := JSON_RPC.get(name):
        return Verdict(found, "JSON-RPC code")
    status = int(name) if name.isdecimal() else http_status
    if found := by_code(status):
        return Verdict(found, f"HTTP {status}")
    return by_message(name, message)


@lru_cache(4096)
def stem(name: str) -> str:
    """A name as `BY_NAME` has it."""
    low = name.lower()
    if low in BY_NAME:
        return low
    for ending in ("error", "exception"):
        if low.endswith(ending) and low != ending:
            return low.removesuffix(ending).rstrip("_")
    return low


def by_code(status: int | None) -> ErrorClass | None:
    """The class of an HTTP status; None for one that is no error."""
    if status is None:
        return None
    return BY_STATUS.get(status) or (ErrorClass.SERVER if status in SERVER_ERRORS else None)


def by_message(name: str, message: str) -> Verdict:
    """The class that a message gives away."""
    found = STATUS_IN_MESSAGE.search(message)
    status = int(found[1] or found[2]) if found else None
    if by_status := by_code(status):
        return Verdict(by_status, f"HTTP {status} in the message")
    if names_no_tool(name, message):
        return Verdict(ErrorClass.NOT_FOUND, "message")
    told = (wanted for wanted, pattern in SEARCHES if pattern.search(message))
    said = next(told, ErrorClass.UNKNOWN)
    return Verdict(said, "message" if said is not ErrorClass.UNKNOWN else "")


def is_control_flow(name: str, message: str) -> bool:
    """Whether what looks like an error is how a framework jumps or pauses."""
    if BY_NAME.get(stem(name)) is ErrorClass.CONTROL_FLOW:
        return True
    return CONTROL_IN_MESSAGE.match(message) is not None


def is_waiting(name: str, message: str) -> bool:
    """Whether control flow means that a person is waited for."""
    inside = CONTROL_IN_MESSAGE.match(message)
    return stem(name) in WAITING or bool(inside and "Interrupt" in inside["name"])
