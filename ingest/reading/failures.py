"""Whether a record failed, and why; and what only looks like a failure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agentscope.vocabulary import ErrorClass, Meaning, Status, Value, WireEvent
from ingest.reading.errors import (
    classify,
    error_name,
    is_control_flow,
    is_waiting,
    name_in_message,
)
from ingest.reading.source import Facts
from ingest.reading.waits import say_wait

EXCEPTIONS = ("exception", "gen_ai.client.operation.exception")
# They say less than the message does; the last ones are Go's.
NAMELESS = {"_OTHER", "Exception", "Error", "", "errorString", "wrapError", "joinError"}
LONGEST_MESSAGE = 10_000  # characters; the whole is in the span's own status and events
ERROR, OK = int(Status.ERROR), int(Status.OK)


def say_failure(
    meaning: Meaning, facts: Facts, code: int, message: str, events: Sequence[WireEvent]
) -> None:
    """Set status and error of a meaning from a span's status code and message, its attributes and
    its exception events."""
    meaning.status = STATUSES.get(code, Status.UNSET)
    event = last_exception(events) if events else None
    if code != ERROR and event is None and not facts.has("error_type") and not facts.has("failed"):
        return
    exception = event.attributes if event else {}
    said = message or str(exception.get("exception.message") or facts.best("error_message") or "")
    name = name_of(facts, exception, said)
    if is_control_flow(name, said):
        say_control_flow(meaning, name, said)
    elif has_failed(facts, code, exception):
        meaning.status = Status.ERROR
        meaning.error_type = name
        meaning.error_message = said[:LONGEST_MESSAGE]
        say_wait(meaning, facts, said)
        codes = facts.best("http_status"), facts.best("rpc_status") or ""
        meaning.error_class, rule = classify(name, said, *codes)
        if rule:
            meaning.sources["error_class"] = told_by(rule, name, facts, exception)
    elif code == ERROR:
        meaning.status = Status.OK


STATUSES = {int(status): status for status in (Status.UNSET, Status.OK, Status.ERROR)}


def last_exception(events: Sequence[WireEvent]) -> WireEvent | None:
    """The exception that was recorded last: the others were caught on the way to it."""
    return next((event for event in reversed(events) if event.name in EXCEPTIONS), None)


def name_of(facts: Facts, exception: Mapping[str, Value], message: str) -> str:
    """The class of the error, from whoever names it."""
    named = facts.best("error_type"), exception.get("exception.type")
    names = [error_name(str(said)) for said in named if said]
    telling = (name for name in names if name not in NAMELESS)
    return next(telling, "") or name_in_message(message) or next(iter(names), "")


def told_by(rule: str, name: str, facts: Facts, exception: Mapping[str, Value]) -> str:
    """What told the class of a failure, with the attribute that says it: `error.type
    RateLimitError`, `http.response.status_code: HTTP 429`, `message`."""
    if rule.endswith("message"):
        return rule
    if rule.startswith("RPC"):
        return f"{facts.sources['rpc_status']}: {rule}"
    if rule.startswith("HTTP") and not name.isdecimal():
        return f"{facts.sources['http_status']}: {rule}"
    said = facts.values.get("error_type")
    if said and error_name(str(said)) == name:
        source = facts.sources["error_type"]
    else:
        is_event = error_name(str(exception.get("exception.type", ""))) == name
        source = "exception.type" if is_event else "message"
    return f"{source} {name}" if rule == "name" else f"{source} {name}: {rule}"


def say_control_flow(meaning: Meaning, name: str, message: str) -> None:
    """A jump is no failure, whatever the status says; a pause waits for a person."""
    meaning.error_class = ErrorClass.CONTROL_FLOW
    meaning.sources["error_class"] = f"{name}, which is no failure" if name else "message"
    meaning.error_type = name
    meaning.error_message = message[:LONGEST_MESSAGE]
    waits = is_waiting(name, message)
    meaning.status = Status.WAITING if waits else Status.OK


def has_failed(facts: Facts, code: int, exception: Mapping[str, Value]) -> bool:
    """A status that says so; else an error type, a failure mark, or an exception that got away.

    A status of OK is believed: exceptions are recorded on spans that handle them too. One of ERROR
    is not, where a dialect knows that it is another span's.
    """
    if code == ERROR:
        return facts.best("failed") is not False
    if code == OK:
        return facts.best("failed") is True
    escaped = str(exception.get("exception.escaped", True)).lower() != "false"
    return (
        facts.best("error_type") is not None
        or facts.best("failed") is True
        or bool(exception and escaped)
    )
