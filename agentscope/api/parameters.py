"""What can be asked for in the query string. A bad value is named, with what would be good."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import InvalidOperation
from http import HTTPStatus
from typing import TypeVar

from django.http import QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from agentscope.api.json_body import check_known
from agentscope.api.money import usd
from agentscope.api.refused import BAD_REQUEST, Refused
from agentscope.projects.roles import HELD, Right, Role, who_may
from agentscope.reviews.listed import with_decision, wrong_in_traces
from agentscope.reviews.models import Verdict
from agentscope.traces.models import Trace
from agentscope.traces.read import BadCursor, Cursor, TraceFilters

T = TypeVar("T")
STATUSES, SIGNALS = ("error", "ok"), ("traces", "logs")
DAY, AMOUNT = "2026-11-25T12:00:00Z", "0.25"
MOST_DIGITS = 12  # of a whole number
LARGEST_ID = 2**63 - 1
TRACES_AT_ONCE, SPANS_AT_ONCE = 500, 10_000

PROJECT = [
    OpenApiParameter(
        "x-agentscope-project",
        str,
        OpenApiParameter.HEADER,
        description="the project to read; a key has only one",
    ),
    OpenApiParameter("project", str, description="the same, for links, which carry no header"),
]
FILTERS = [
    *PROJECT,
    OpenApiParameter("since", OpenApiTypes.DATETIME, description="started at or after"),
    OpenApiParameter("until", OpenApiTypes.DATETIME, description="started before"),
    OpenApiParameter("agent", str, description="an agent of this name took part"),
    OpenApiParameter("model", str, description="a model of this name was called"),
    OpenApiParameter("tool", str, description="a tool of this name was called"),
    OpenApiParameter("key", str, description="the key of this name, `ci #7`, sent some of it"),
    OpenApiParameter("status", str, enum=STATUSES, description="whether anything failed"),
    OpenApiParameter("state", str, enum=Trace.State.values),
    OpenApiParameter("session", str, description="exactly this session"),
    OpenApiParameter("min_cost", OpenApiTypes.DECIMAL, description="known cost in USD, at least"),
    OpenApiParameter("name", str, description="part of the name, any case"),
    OpenApiParameter(
        "review",
        str,
        enum=Verdict.values,
        description="that is the worst that people think of one of its decisions; for those who "
        "may see reviews",
    ),
    OpenApiParameter("cursor", str, description="`next` of the page before"),
    OpenApiParameter("limit", int, description=f"traces on a page, 1 to {TRACES_AT_ONCE}, else 50"),
]
PAGING = [
    *PROJECT,
    OpenApiParameter("offset", int, description="position of the first span, from 0"),
    OpenApiParameter("limit", int, description=f"spans on a page, 1 to {SPANS_AT_ONCE}"),
]
EXPORT = [
    *PROJECT,
    OpenApiParameter("signal", str, enum=SIGNALS, description="what to export, else traces"),
]


def check_names(said: QueryDict, known: Sequence[OpenApiParameter]) -> None:
    """A misspelt filter would find everything. Raises Refused for what is not known."""
    names = [each.name for each in known if each.location == OpenApiParameter.QUERY]
    check_known(said, names, "parameter")


def trace_filters(said: QueryDict, role: Role) -> TraceFilters:
    """The filters of a trace list, and what it tells besides to whom. Raises Refused."""
    return TraceFilters(
        since=parsed(said, "since", moment, DAY),
        until=parsed(said, "until", moment, DAY),
        agent=text(said, "agent"),
        model=text(said, "model"),
        tool=text(said, "tool"),
        key=text(said, "key"),
        status=one_of(said, "status", STATUSES),
        state=one_of(said, "state", Trace.State.values),
        session=text(said, "session"),
        min_cost=parsed(said, "min_cost", usd, AMOUNT),
        text=text(said, "name"),
        also=with_decision(of_review(said, Verdict.values, role)),
        beside=wrong_in_traces() if Right.AUDIT in HELD[role] else {},
    )


def of_review(said: QueryDict, allowed: Sequence[str], role: Role) -> str:
    """What people think of what is looked for, if anything. Raises Refused, also if whoever asks
    may not know."""
    asked = one_of(said, "review", allowed)
    if asked and Right.AUDIT not in HELD[role]:
        raise Refused(HTTPStatus.FORBIDDEN, f"review: {who_may(Right.AUDIT)}, and reviews.")
    return asked


def cursor(said: QueryDict) -> Cursor | None:
    """Where the page begins. Raises Refused."""
    try:
        # A cursor may hold a plus sign, which an address that was not encoded says as a space.
        return Cursor.parse(said.get("cursor", "").replace(" ", "+"))
    except BadCursor as error:
        raise Refused(BAD_REQUEST, f"cursor: {error}") from error


def number(said: QueryDict, name: str, default: int, least: int, most: int) -> int:
    """A whole number within bounds. Raises Refused."""
    asked = said.get(name, str(default))
    readable = asked.isascii() and asked.isdigit() and len(asked) <= MOST_DIGITS
    if readable and least <= int(asked) <= most:
        return int(asked)
    raise Refused(BAD_REQUEST, f"{name}: {asked[:40]!r} is not a number from {least} to {most}.")


def identity(said: QueryDict, name: str) -> int | None:
    """The id of something; None where there is none. Raises Refused."""
    return number(said, name, 0, 0, 10**MOST_DIGITS - 1) if said.get(name) else None


def text(said: QueryDict, name: str) -> str:
    """A text that Postgres can compare. Raises Refused."""
    asked = said.get(name, "")
    if "\0" in asked:
        raise Refused(BAD_REQUEST, f"{name}: no text contains a NUL character.")
    return asked


def one_of(said: QueryDict, name: str, allowed: Sequence[str]) -> str:
    """One of some words, or nothing. Raises Refused."""
    asked = said.get(name, "")
    if asked and asked not in allowed:
        raise Refused(BAD_REQUEST, f"{name}: {asked[:40]!r} is none of {', '.join(allowed)}.")
    return asked


def parsed(said: QueryDict, name: str, parse: Callable[[str], T], example: str) -> T | None:
    """A parsed value, or None where there is none. Raises Refused."""
    asked = said.get(name, "")
    if not asked:
        return None
    try:
        return parse(asked)
    except (ValueError, InvalidOperation) as error:
        message = f"{name}: {asked[:40]!r} cannot be read."
        raise Refused(BAD_REQUEST, message, f"Write it like {example}.") from error


def moment(asked: str) -> datetime:
    """An ISO 8601 time; without a zone it is UTC. Raises ValueError."""
    found = datetime.fromisoformat(asked)
    try:
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(asked) from error
