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
from agentscope.vocabulary import ErrorClass, Value
from ingest.reading.error_names import BY_NAME, GRPC, JSON_RPC

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
        r"|input length and .?max_tokens.? exceed|request_too_large|string_above_max_length"
        r"|input is too long for requested model|exceeds the maximum number of tokens"
        r"|tokens in the prompt cannot exceed|GenerateContentRequest.{0,40}too large",
    ),
    (
        ErrorClass.CONTENT_FILTER,
        r"content_filter|ContentPolicyViolation|ResponsibleAIPolicyViolation|PROHIBITED_CONTENT"
        r"|guardrail_intervened|tripwire ?triggered|ModelRefusalError",
    ),
    (ErrorClass.SERVER, r"already has an active run"),
    (ErrorClass.TIMEOUT, r"configured HttpClient\.Timeout"),  # .NET calls it cancelled
)

# What is searched for in a message when the class says nothing: the class that a library put in
# front, a code inside a provider's answer, a status
IN_MESSAGE = (
    (ErrorClass.RATE_LIMIT, r"rate.?limit|RESOURCE_EXHAUSTED|Throttling|(requests|tokens) per min"),
    (ErrorClass.QUOTA, r"max(imum)? (turns|iterations|steps)|recursion limit"),
    (
        ErrorClass.OVERLOADED,
        r"overloaded|service unavailable|server (is )?busy|(at|over|exceeded) capacity"
        r"|maximum pending requests|high demand",
    ),
    (ErrorClass.TIMEOUT, r"timed? ?out|deadline exceeded"),
    (ErrorClass.CANCELLED, r"context canceled|operation was (aborted|cancell?ed)"),
    (
        ErrorClass.NETWORK,
        r"connection (error|reset|refused|closed|aborted)|fetch failed|ECONNRE|ENOTFOUND|EAI_AGAIN"
        r"|no such host|getaddrinfo|name resolution|network is unreachable|unexpected EOF"
        r"|socket hang up|server disconnected|remote end closed|broken pipe|TLS handshake",
    ),
    (
        ErrorClass.AUTH,
        r"invalid_api_key|authentication_error|unauthenticated|(invalid|incorrect) (x-)?api[- ]key"
        r"|api key (not valid|is invalid|expired)",
    ),
    (
        ErrorClass.PERMISSION,
        r"permission[_ ](error|denied)|access ?denied|(operation|is) not (permitted|allowed)"
        r"|(blocked|denied|rejected) by (the |an? |your )?(\w+ )?(policy|guard(rail)?|hook|rule)",
    ),
    (
        ErrorClass.NOT_FOUND,
        r"model_not_found|not_found_error|no such file or directory|command not found"
        r"|\bmodel .?[\w.:/-]{1,80}.? not found",
    ),
    (ErrorClass.VALIDATION, r"\d+ validation errors?\b|(input|schema) validation (error|failed)"),
    (ErrorClass.INVALID_REQUEST, r"invalid_request_error|INVALID_ARGUMENT"),
    (ErrorClass.SERVER, r"server_error|internal server error|api_error"),
    (ErrorClass.TOOL_REPORTED, r"error (running|executing) tool|tool '[^']+' failed"),
)
SEARCHES = [(wanted, re.compile(pattern, re.IGNORECASE)) for wanted, pattern in IN_MESSAGE]
OVERRIDING = [(wanted, re.compile(pattern, re.IGNORECASE)) for wanted, pattern in OVERRIDES]

STATUSES = {  # RFC 9110, 6585, 4918, 8470; 498 is said for too different things
    ErrorClass.INVALID_REQUEST: (
        *(400, 405, 406, 411, 412, 414, 415, 416, 417, 422, 426, 428, 431),
        *(501, 505),
    ),
    ErrorClass.AUTH: (401, 407, 511),
    ErrorClass.QUOTA: (402, 507),
    ErrorClass.PERMISSION: (403, 451),
    ErrorClass.NOT_FOUND: (404, 410),
    ErrorClass.TIMEOUT: (
        408,
        504,
        522,
        524,
        598,
        599,
    ),  # above 520: of Cloudflare, proxies
    ErrorClass.SERVER: (409, 421, 423, 424, 425),
    ErrorClass.CONTEXT_LENGTH: (413,),
    ErrorClass.RATE_LIMIT: (429,),
    ErrorClass.CANCELLED: (499,),
    ErrorClass.OVERLOADED: (503, 529),
}
BY_STATUS = {status: wanted for wanted, found in STATUSES.items() for status in found}
SERVER_ERRORS = range(500, 600)
STATUS_IN_MESSAGE = re.compile(
    r"(?:error code|status[_ ]?code|\"?statusCode\"?|HTTP(?:/[\d.]+)?(?: error)?|^status"
    r"|(?:client|server) error|indicate success)\W{0,3}(\d{3})\b"
    r"|^(\d{3}) [A-Z_]{4,}|^(\d{3}), message=",
    re.IGNORECASE,
)
# A code in what libraries write around it: gRPC in Python, Go, Java and Node; botocore; MCP.
CODE_IN_MESSAGE = (
    re.compile(r"StatusCode\.([A-Z_]+)"),
    re.compile(r"\bcode = ([A-Z]\w+) desc\b"),
    re.compile(r"^(?:\d{1,2} )?([A-Z]+(?:_[A-Z]+)*): "),
    re.compile(r"\bAn error occurred \((\w+)\) when calling"),
    re.compile(r"^(?:McpError: )?MCP error (-\d{5})\b"),
)
# Names of whatever came back over HTTP: a status says more.
CARRIERS = frozenset("api server httprequest web url".split())
# What waits for a person, among control flow: interrupts of LangGraph and Strands, pydantic-ai's
# deferred calls
WAITING = frozenset(
    "graphinterrupt nodeinterrupt interrupt calldeferred approvalrequired "
    "humanfeedbackpending urlelicitationrequired".split()
)
CONTROL_IN_MESSAGE = re.compile(
    r"^\(?(?P<name>GraphInterrupt|NodeInterrupt|Interrupt|ParentCommand|Command)\("
)
CLASS_IN_MESSAGE = re.compile(r"^(?:[\w]+\.)*(?P<name>[A-Z]\w*(?:Error|Exception|Exceeded))\b")


NAME = re.compile(r"\*?[\w.$]+")
QUALIFIED = re.compile(r"^\*|.*[.$](?=.)")


@lru_cache(4096)
def error_name(raw: str) -> str:
    """The bare name of an error: `<class 'openai.RateLimitError'>` → RateLimitError. Go writes
    `*net.OpError`, Java `Outer$Inner`."""
    bare = raw.strip().removeprefix("<class '").removesuffix("'>")
    return QUALIFIED.sub("", bare) if NAME.fullmatch(bare) else bare


def name_in_message(message: str) -> str:
    """The class that a message begins with, else empty."""
    found = CONTROL_IN_MESSAGE.match(message) or CLASS_IN_MESSAGE.match(message)
    return found["name"] if found else ""


class Verdict(NamedTuple):
    """The class of a failure, and what told it: `name`, `HTTP 429`, `message`, …; empty if
    nothing did."""

    error_class: ErrorClass
    rule: str


def classify(
    name: str, message: str = "", http_status: int | None = None, rpc_status: str = ""
) -> Verdict:
    """The class of a failure. The name is as `error_name` gives it; `rpc_status` is a code of gRPC,
    or of JSON-RPC."""
    message = message[:LONGEST_SEARCHED]
    if overriding := overridden(name, message):
        return overriding
    status = int(name) if name.isdecimal() else http_status
    if stem(name) in CARRIERS and (found := by_code(status or status_in(message))):
        said = f"HTTP {status}" if status else f"HTTP {status_in(message)} in the message"
        return Verdict(found, said)
    if found := BY_NAME.get(stem(name)):
        return Verdict(found, "name")
    if found := JSON_RPC.get(name):
        return Verdict(found, "JSON-RPC code")
    if found := named(rpc_status):
        return Verdict(found, f"RPC {rpc_status}")
    if found := by_code(status):
        return Verdict(found, f"HTTP {status}")
    return by_message(name, message)


def overridden(name: str, message: str) -> Verdict | None:
    """The class that a word in the name or in the message gives, whatever else is said."""
    for wanted, pattern in OVERRIDING:
        if pattern.search(name):
            return Verdict(wanted, "name")
        if pattern.search(message):
            return Verdict(wanted, "message")
    return None


def named(code: str) -> ErrorClass | None:
    """The class of a code that has a name, or of one of JSON-RPC."""
    return BY_NAME.get(stem(code)) or JSON_RPC.get(code)


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


def status_in(message: str) -> int | None:
    """The HTTP status that a message gives away."""
    found = STATUS_IN_MESSAGE.search(message)
    return next((int(said) for said in found.groups() if said), None) if found else None


def by_message(name: str, message: str) -> Verdict:
    """The class that a message gives away."""
    codes = (found[1] for pattern in CODE_IN_MESSAGE if (found := pattern.search(message)))
    if known := next(((said, code) for code in codes if (said := named(code))), None):
        return Verdict(known[0], f"{known[1]} in the message")
    status = status_in(message)
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


def rpc_code(value: Value) -> str | None:
    """A status of an RPC: the name of a number of gRPC, a name, a code of JSON-RPC. None for one
    that is no error."""
    said = str(value).strip()
    if said.isdecimal():
        return GRPC[int(said)][0] if 0 < int(said) < len(GRPC) else None
    return said if said and said.upper() != GRPC[0][0] else None


def error_code(value: Value) -> str | None:
    """A code that is a name: numbers are statuses."""
    return value if isinstance(value, str) and value.strip("-").isidentifier() else None
