"""What can be asked for in the query string. A bad value is named, with what would be good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from django.http import QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from agentscope.api.refused import Refused
from agentscope.traces.models import Trace
from agentscope.traces.read import BadCursor, Cursor, TraceFilters

T = TypeVar("T")
BAD_REQUEST = 400
STATUSES = ("error", "ok")
FILTERS = [
    OpenApiParameter("since", OpenApiTypes.DATETIME, description="started at or after"),
    OpenApiParameter("until", OpenApiTypes.DATETIME, description="started before"),
    OpenApiParameter("agent", str, description="an agent took part"),
    OpenApiParameter("model", str, description="a model was called"),
    OpenApiParameter("tool", str, description="a tool was called"),
    OpenApiParameter("status", str, enum=STATUSES, description="whether anything failed"),
    OpenApiParameter("state", str, enum=Trace.State.values),
    OpenApiParameter("session", str, description="exactly this session"),
    OpenApiParameter("min_cost", OpenApiTypes.DECIMAL, description="known cost in USD, at least"),
    OpenApiParameter("name", str, description="part of the name, any case"),
    OpenApiParameter("cursor", str, description="`next` of the page before"),
    OpenApiParameter("limit", int, description="traces on a page, 1 to 500, else 50"),
]
PAGING = [
    OpenApiParameter("offset", int, description="position of the first span, from 0"),
    OpenApiParameter("limit", int, description="spans on a page, 1 to 100000, else 10000"),
]


def trace_filters(said: QueryDict) -> TraceFilters:
    """The filters of a trace list. Raises Refused."""
    return TraceFilters(
        since=read(said, "since", moment, None),
        until=read(said, "until", moment, None),
        agent=text(said, "agent"),
        model=text(said, "model"),
        tool=text(said, "tool"),
        status=one_of(said, "status", STATUSES),
        state=one_of(said, "state", Trace.State.values),
        session=text(said, "session"),
        min_cost=read(said, "min_cost", money, None),
        text=text(said, "name"),
    )


def cursor(said: QueryDict) -> Cursor | None:
    """Where the page begins. Raises Refused."""
    try:
        return Cursor.parse(said.get("cursor", ""))
    except BadCursor as error:
        raise Refused(BAD_REQUEST, f"cursor: {error}") from error


def number(said: QueryDict, name: str, default: int, least: int, most: int) -> int:
    """A whole number within bounds. Raises Refused."""
    asked = said.get(name, str(default))
    if asked.isascii() and asked.isdigit() and least <= int(asked) <= most:
        return int(asked)
    raise Refused(BAD_REQUEST, f"{name}: {asked[:40]!r} is not a number from {least} to {most}.")


def text(said: QueryDict, name: str) -> str:
    """A text that Postgres can compare. Raises Refused."""
    asked = said.get(name, "")
    if "\0" in asked:
        raise Refused(BAD_REQUEST, f"{name}: no text contains a NUL character.")
    return asked


def one_of(said: QueryDict, name: str, allowed: tuple[str, ...] | list[str]) -> str:
    """One of some words, or nothing. Raises Refused."""
    asked = said.get(name, "")
    if asked and asked not in allowed:
        raise Refused(BAD_REQUEST, f"{name}: {asked[:40]!r} is none of {', '.join(allowed)}.")
    return asked


def read(said: QueryDict, name: str, parse: Callable[[str], T], default: T | None) -> T | None:
    """A parsed value, or the default where there is none. Raises Refused."""
    asked = said.get(name, "")
    if not asked:
        return default
    try:
        return parse(asked)
    except (ValueError, InvalidOperation, OverflowError) as error:
        hint = {"moment": "2026-11-25T12:00:00Z", "money": "0.25"}[parse.__name__]
        message = f"{name}: {asked[:40]!r} cannot be read. Write it like {hint}."
        raise Refused(BAD_REQUEST, message) from error


def moment(asked: str) -> datetime:
    """An ISO 8601 time; without a zone it is UTC."""
    parsed = datetime.fromisoformat(asked)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def money(asked: str) -> Decimal:
    """A finite decimal number of USD."""
    amount = Decimal(asked)
    if not amount.is_finite() or abs(amount) > 10**9:
        raise ValueError(asked)
    return amount
