"""What a trace can be asked for by name: facts that are kept for each, and exact. All other names
are of attributes."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import partial, reduce
from operator import or_
from typing import Any

from django.db.models import BigIntegerField, F, Q
from django.db.models.functions import Coalesce, Left
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    IsNull,
    LessThan,
    LessThanOrEqual,
)

from agentscope.search.asked import COMPARE, CONTAINS, EXISTS
from agentscope.traces.models import Trace
from agentscope.traces.totals import LONGEST_NAME

Field = Callable[[str, tuple[str, ...]], Q]  # operator, values → condition; raises ValueError
LOOKUPS: dict[str, Callable[[Any, Any], Any]] = {
    ">": GreaterThan,
    ">=": GreaterThanOrEqual,
    "<": LessThan,
    "<=": LessThanOrEqual,
}
IN, OUT = F("input_tokens"), F("output_tokens")
TOKENS = Coalesce(IN + OUT, IN, OUT, output_field=BigIntegerField())
UNITS_NS = {"ms": 10**6, "s": 10**9, "": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)(ms|s|m|h|)")
MOST_USD = 10**9


def text(column: str, operator: str, values: tuple[str, ...]) -> Q:
    """A text: exactly this, one of some, or with this inside in any case."""
    if operator in COMPARE:
        raise ValueError(f"a text can be asked for with =, !=, ~ and in, not with {operator}.")
    if operator == EXISTS:
        return ~Q(**{column: ""})
    if operator == CONTAINS:
        return Q(**{f"{column}__icontains": values[0]})
    found = Q(**{f"{column}__in": values})
    return ~found if operator == "!=" else found


def name(operator: str, values: tuple[str, ...]) -> Q:
    """The name, as a text. The index has its beginning, which for one that is shorter is all."""
    if operator in ("=", "in") and all(len(value) < LONGEST_NAME for value in values):
        return Q(In(Left("name", LONGEST_NAME), values))
    return text("name", operator, values)


def member(column: str, operator: str, values: tuple[str, ...]) -> Q:
    """A list of names: this is among them, or one of some is."""
    if operator in (*COMPARE, CONTAINS):
        raise ValueError(f"a name can be asked for with =, != and in, not with {operator}.")
    if operator == EXISTS:
        return ~Q(**{column: []})
    found = Q(**{f"{column}__overlap": list(values)})
    return ~found if operator == "!=" else found


def key(operator: str, values: tuple[str, ...]) -> Q:
    """A key that sent it, as a name in a list. The index leaves out what came without any."""
    found = member("keys", operator, values)
    return found if operator == "!=" else found & ~Q(keys=[])


def amount(
    expression: Any, read: Callable[[str], Any], operator: str, values: tuple[str, ...]
) -> Q:
    """A number. What is unknown is neither more nor less nor equal."""
    if operator == CONTAINS:
        raise ValueError("a number can be asked for with =, !=, >, >=, <, <= and in, not with ~.")
    if operator == EXISTS:
        return Q(IsNull(expression, False))
    if operator in LOOKUPS:
        return Q(LOOKUPS[operator](expression, read(values[0])))
    found = reduce(or_, (Q(Exact(expression, read(value))) for value in values))
    return ~found if operator == "!=" else found


def count(written: str) -> int:
    """A whole number. Raises ValueError."""
    if not re.fullmatch(r"\d{1,18}", written):
        raise ValueError(f"{written} is no whole number.")
    return int(written)


def dollars(written: str) -> Decimal:
    """An amount of USD. Raises ValueError."""
    try:
        found = Decimal(written.removeprefix("$"))
    except InvalidOperation as error:
        raise ValueError(f"{written} is no amount of dollars.") from error
    if not found.is_finite() or not 0 <= found <= MOST_USD:
        raise ValueError(f"{written} is no amount of dollars.")
    return found


def duration(written: str) -> int:
    """A length of time in ns: `300ms`, `5s`, `5`, `2m`, `1h`. Raises ValueError."""
    found = DURATION.fullmatch(written)
    if not found:
        raise ValueError(f"{written} is no length of time: write 300ms, 5s, 2m or 1h.")
    return int(Decimal(found[1]) * UNITS_NS[found[2]])


def choice(column: str, known: list[str], operator: str, values: tuple[str, ...]) -> Q:
    """One of few words."""
    if wrong := [value for value in values if value not in known]:
        raise ValueError(f"{wrong[0]} is none of {', '.join(known)}.")
    return text(column, operator, values)


def status(operator: str, values: tuple[str, ...]) -> Q:
    """Whether anything failed."""
    if operator != "=" or values[0] not in ("error", "ok"):
        raise ValueError("write status=error or status=ok.")
    return Q(errors__gt=0) if values[0] == "error" else Q(errors=0)


FIELDS: dict[str, Field] = {
    "agent": partial(member, "agents"),
    "model": partial(member, "model_names"),
    "tool": partial(member, "tools"),
    "service": partial(member, "services"),
    "key": key,
    "name": name,
    "session": partial(text, "session"),
    "user": partial(text, "user"),
    "environment": partial(text, "environment"),
    "outcome": partial(choice, "outcome", ["success", "failure"]),
    "state": partial(choice, "state", list(Trace.State.values)),
    "status": status,
    "cost": partial(amount, F("known_cost"), dollars),
    "errors": partial(amount, F("errors"), count),
    "spans": partial(amount, F("spans"), count),
    "calls": partial(amount, F("llm_calls"), count),
    "tokens": partial(amount, TOKENS, count),
    "duration": partial(amount, F("end_ns") - F("start_ns"), duration),
}
