"""Failures that only the result of a tool tells of, while the status says nothing; and what came to
less than was asked for: empty results, answers that were cut.

By its shape alone: a field that says so, or a text that begins as errors do. A text in which errors
are mentioned is none: what was found in documents, logs and pages is no failure of the search.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from agentscope.signatures.nothing import says_nothing
from agentscope.signatures.outputs import finish_of
from agentscope.signatures.signature import CUT
from agentscope.signatures.unknown_tools import names_no_tool
from agentscope.vocabulary import ErrorClass, Flag, Kind, Meaning, Status, Value
from ingest.reading.errors import classify, error_name, is_control_flow, name_in_message
from ingest.reading.failures import LONGEST_MESSAGE
from ingest.reading.json_values import parsed
from ingest.reading.parts import joined
from ingest.reading.source import Facts
from ingest.reading.waits import say_wait

Fields = dict[str, Any]
FINDERS = frozenset((Kind.TOOL, Kind.RETRIEVAL))  # whose result may be empty
HIDDEN = Flag.REDACTED | Flag.TRUNCATED
LONGEST = 4000  # characters of a text that is an error; longer ones are documents
LONGEST_NAME = 80
DEEPEST = 3  # envelopes around a result
YES = ("isError", "is_error")
NO = ("ok", "success", "succeeded")
REFUSALS = ("denied", "blocked")
# What stands beside a refusal. In an object with more in it, it is told of somebody: of a user.
BESIDE_REFUSALS = frozenset({*REFUSALS, "reason", "message", "error", "type", "policy", "rule"})
ENVELOPES = frozenset("result output response data content text".split())
ENVELOPED = 2  # the envelope, and its type
EXITS = ("exit_code", "exitCode", "returncode", "return_code")
NOT_RUN = (126, 127)  # of a shell; what other programs end with is often an answer: grep, tests
MESSAGES = ("message", "error", "error_message", "detail", "reason", "stderr", "content", "text")
OUTER_TYPES = ("error_type", "errorType", "error_code", "errorCode")
TYPES = ("type", "code", "name", *OUTER_TYPES)
CODES = ("status_code", "statusCode", "http_status", "code", "status")
HTTP_ERRORS = range(400, 600)
NO_ERROR = re.compile(r"(?:none|no|null|nil|false|ok|n/a|0)?\W*", re.IGNORECASE)
BEGINS = re.compile(
    r"(?:<tool_use_error>)?(?:"
    r"(?i:(?:tool |fatal )?error|fatal) ?: +"
    r"(?!(?i:none|null|n/a|0\b.*|no(?: errors?)?)\W*$)\S"
    r"|(?:[a-z]\w*\.)*[A-Z]\w*(?:Error|Exception): ?\S"  # Python, Java, JavaScript
    r"|Traceback \(most recent call last\)"
    r"|(?i:error (?:executing|calling|running|invoking) (?:the )?(?:tool|function))\b"
    r"|(?i:failed to (?:execute|call|run|invoke) (?:the )?(?:tool|function))\b"
    r"|I encountered an error while trying to use the tool"  # CrewAI
    r"|MCP error -?\d+:"
    r"|Error code: \d{3}\b"
    r"|HTTP(?:/[\d.]+)? (?:error )?[45]\d\d\b"
    r"|(?i:permission denied|access denied|operation not permitted)\b"
    r"|(?:/\S+/)?\w*sh: .{0,200}: (?:command )?not found(?m:$)"
    r")"
)
# Several lines of a log are a log, which somebody asked for.
LOGGED = re.compile(r"(?im)^\W{0,2}(?:error|warn|warning|info|debug|fatal)\b\W")
# A LangChain `ToolMessage` says it beside its content.
MARKED = re.compile(r'"status": ?"error"|\bstatus=.error.')


class Complaint(NamedTuple):
    """A failure that a result tells of."""

    shape: str  # what tells it
    name: str = ""  # the class of the error, if it is named
    message: str = ""
    http_status: int | None = None
    otherwise: ErrorClass = ErrorClass.TOOL_REPORTED  # if neither name, status nor message tell
    value: Value = None  # the object that tells it


def say_silent_failure(meaning: Meaning, facts: Facts) -> None:
    """Say why a call of a tool failed, where its result tells. The status stays: who sent it was
    content with that. A status of error without a reason gets its reason. `facts` know the kind of
    a log record that leaves its own to the span."""
    has_failed = meaning.status is Status.ERROR
    if (meaning.kind or facts.kind) is not Kind.TOOL or meaning.status is Status.WAITING:
        return
    if (meaning.error_class and not has_failed) or meaning.error_message:
        return
    found = complaint_of(meaning, facts)
    if found is None or is_control_flow(found.name, found.message):
        return
    said, rule = classify(found.name, found.message, found.http_status)
    if not has_failed:
        meaning.flags |= Flag.SILENT_FAILURE
    elif meaning.error_class not in {ErrorClass.UNKNOWN, ErrorClass.TOOL_REPORTED}:
        return
    meaning.error_class = found.otherwise if said is ErrorClass.UNKNOWN else said
    meaning.error_type = meaning.error_type or found.name
    meaning.error_message = found.message[:LONGEST_MESSAGE]
    say_wait(meaning, facts, found.message, found.value)
    source = facts.sources.get("result") or facts.sources.get("output", "")
    meaning.sources["error_class"] = f"{source}: {found.shape}{rule and f', {rule}'}"


def say_shortfall(meaning: Meaning, facts: Facts) -> None:
    """Mark what is no failure and still came to less than was asked for: an answer that was cut at
    its limit of tokens, a result that is empty or says so."""
    kind = meaning.kind or facts.kind
    if kind is Kind.LLM:
        said = facts.best("finish_reasons") or [finish_of(meaning.content.output_messages)]
        if not CUT.isdisjoint(said):
            meaning.flags |= Flag.CUT_ANSWER
    elif kind in FINDERS and not meaning.error_class and meaning.status is not Status.ERROR:
        result = came_back(meaning)
        if result is not None and not meaning.flags & HIDDEN and says_nothing(result):
            meaning.flags |= Flag.EMPTY_RESULT


def came_back(meaning: Meaning) -> Value:
    """What a call gave back, if that is known."""
    content = meaning.content
    return content.result if content.result is not None else content.output


def complaint_of(meaning: Meaning, facts: Facts) -> Complaint | None:
    """The failure that the result of a call tells of; None if it tells of none."""
    result = came_back(meaning)
    found = complaint(parsed(result))
    if found is None and is_marked(facts):
        text = result if isinstance(result, str) else ""
        return Complaint("status: error", name_in_message(text), text)
    return found


def is_marked(facts: Facts) -> bool:
    """Whether a serialised message with the result is marked as that of a failure."""
    sent = (each[2] for name in ("result", "output") for each in facts.candidates.get(name, ()))
    return any(
        isinstance(value, str) and "tool_call_id" in value and MARKED.search(value)
        for value in sent
    )


def complaint(value: Value, depth: int = 0) -> Complaint | None:
    """The failure that a result tells of; None if it tells of none."""
    if isinstance(value, list):
        value = joined(value)
    if isinstance(value, str):
        return in_text(value)
    return in_fields(value, depth) if isinstance(value, dict) else None


def in_text(said: str) -> Complaint | None:
    """The failure that a text is."""
    text = said.strip() if len(said) <= LONGEST else ""
    if not BEGINS.match(text) and not names_no_tool("", text):
        return None
    if len(LOGGED.findall(text)) > 1:
        return None
    bare = text.removeprefix("<tool_use_error>").removeprefix("Error: ")
    last = text.splitlines()[-1]
    name = name_in_message(last if text.startswith("Traceback") else bare)
    return Complaint("it begins as errors do", name, text)


def in_fields(fields: Fields, depth: int) -> Complaint | None:
    """The failure that an object tells of, or what is in it if it is an envelope only."""
    if shape := flagged(fields):
        return told(shape, fields)
    if any(isinstance(fields.get(key), bool) for key in YES + NO):
        return None  # a flag says that all is well
    if shape := described(fields):
        return told(shape, fields)
    inside = [key for key in fields if key in ENVELOPES]
    if len(inside) != 1 or len(fields) > ENVELOPED or depth == DEEPEST:
        return None
    return complaint(parsed(fields[inside[0]]), depth + 1)


def told(shape: str, fields: Fields) -> Complaint:
    """The failure of an object, in its own words."""
    error = fields.get("error")
    inner: Fields = error if isinstance(error, dict) else {}
    message = message_in(inner) or message_in(fields)
    name = name_in(inner, TYPES) or name_in(fields, OUTER_TYPES) or name_in_message(message)
    is_refused = shape.split(":")[0] in REFUSALS
    otherwise = ErrorClass.PERMISSION if is_refused else ErrorClass.TOOL_REPORTED
    status = status_in(inner) or status_in(fields)
    return Complaint(shape, name, message, status, otherwise, fields)


def flagged(fields: Fields) -> str:
    """The flag of an object that says that it is a failure; "" if there is none."""
    for key in YES + NO:
        if fields.get(key) is (key in YES):
            return f"{key}: {str(key in YES).lower()}"
    for key in REFUSALS:
        if fields.get(key) is True and BESIDE_REFUSALS.issuperset(fields):
            return f"{key}: true"
    code = next((fields[key] for key in EXITS if key in fields), 0)
    return f"exit code {code}" if code in NOT_RUN else ""


def described(fields: Fields) -> str:
    """What in an object describes a failure; "" if nothing does."""
    if is_error(fields.get("error")):
        return "error"
    if fields.get("status") == "error" and message_in(fields):
        return "status: error"
    if fields.get("errors") and fields.get("data", fields) is None:  # GraphQL
        return "errors without data"
    return ""


def is_error(value: Value) -> bool:
    """Whether a field named `error` tells of one. A number is a deviation, a list may be what was
    looked for."""
    if isinstance(value, str):
        return NO_ERROR.fullmatch(value.strip()) is None
    return value is True or (
        isinstance(value, dict) and bool(message_in(value) or name_in(value, TYPES))
    )


def message_in(fields: Fields) -> str:
    """What an object says in words."""
    said = (joined(fields[key]) for key in MESSAGES if key in fields)
    return next((text for text in said if isinstance(text, str) and text), "")


def name_in(fields: Fields, keys: Sequence[str]) -> str:
    """The class or the code of an error that an object names under one of these keys."""
    said = (fields[key] for key in keys if isinstance(fields.get(key), str))
    names = (error_name(text) for text in said if len(text) <= LONGEST_NAME and " " not in text)
    return next((name for name in names if name and name != "error"), "")


def status_in(fields: Fields) -> int | None:
    """The HTTP status of an error that an object names."""
    said = (fields[key] for key in CODES if key in fields)
    return next((code for code in said if type(code) is int and code in HTTP_ERRORS), None)
