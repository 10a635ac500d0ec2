"""What a budget says and does, read from what people said. Pure.

A policy is plain JSON, so that forms, the API and the database hold the same:

    {"soft": "warn" | "downgrade", "hard": "stop" | "warn", "fail": "open" | "closed",
     "model": "a cheaper one to go on with", "findings": ["exact_repeat", "alert", …],
     "errors": true}

`findings` are codes, or a severity with all that are worse, that stop the run they were found in;
`errors` stops calls of a tool that keeps failing, and runs that try again what cannot succeed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import StrEnum
from typing import Any

from agentscope.alerts.watch import BadRule, Watch, number, watch
from agentscope.alerts.windows import MONDAY
from agentscope.budgets.models import Budget

SOFT = Decimal("0.8")  # of the limit, unless said
ERRORS = ("permanent_retry", "retry_storm")  # codes of findings: it tries what cannot succeed
MOST_FINDINGS = 50
SMALLEST = Decimal("1e-12")  # amount that is kept
SMALLEST_SHARE = Decimal("0.0001")  # likewise
METRIC = {Budget.Unit.USD: "cost", Budget.Unit.TOKENS: "tokens"}


class Fail(StrEnum):
    """What who asks does while nobody answers."""

    OPEN = "open"  # go on
    CLOSED = "closed"  # stop


@dataclass(frozen=True, slots=True)
class Policy:
    """What a budget does at its levels, and for what else it stops."""

    soft: str = "warn"  # or downgrade
    hard: str = "stop"  # or warn
    fail: Fail = Fail.OPEN
    model: str = ""  # a cheaper one to go on with
    findings: tuple[str, ...] = ()
    errors: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """A budget as it is worked with. Amounts in its unit."""

    id: int
    name: str
    unit: Budget.Unit
    limit: Decimal
    soft: Decimal  # amount, not share
    watch: Watch
    policy: Policy


def terms(said: Mapping[str, Any], week_start: int = MONDAY) -> Terms:
    """A budget by the names of models.Budget. Raises BadRule."""
    unit = said.get("unit") or Budget.Unit.USD
    if unit not in METRIC:
        raise BadRule("unit", "A budget is counted in usd or tokens.")
    limit = amount(said, "limit")
    if limit < SMALLEST:
        raise BadRule("limit", f"A limit is {SMALLEST:f} or more.")
    return Terms(
        said.get("id") or 0,
        said.get("name") or "",
        Budget.Unit(unit),
        limit,
        limit * share(said),
        watch(as_rule(said, limit), week_start),
        policy_of(said.get("policy") or {}),
    )


def amount(said: Mapping[str, Any], name: str) -> Decimal:
    """A number above 0. Raises BadRule by its name."""
    try:
        return number(said, name)
    except BadRule as error:
        raise BadRule(name, str(error)) from error


def share(said: Mapping[str, Any]) -> Decimal:
    """At which share of the limit the soft level is. Raises BadRule."""
    found = amount({"soft": said.get("soft") or SOFT}, "soft")
    if not SMALLEST_SHARE <= found <= 1:
        raise BadRule("soft", f"The soft level is a share of the limit: {SMALLEST_SHARE} to 1.")
    return found


def as_rule(said: Mapping[str, Any], threshold: Decimal) -> dict[str, Any]:
    """The rule that fires when so much is spent, by the names of alerts.models.Rule."""
    return {
        "metric": METRIC[said.get("unit") or Budget.Unit.USD],
        "only": said.get("only") or {},
        "each": said.get("each") or "",
        "window": said.get("window") or {},
        "condition": {"kind": "at_least", "threshold": plain(threshold)},
    }


def plain(amount: Decimal) -> str:
    """An amount as a plain decimal: no exponent, no trailing zeros."""
    text = f"{amount:f}"
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def policy_of(said: Mapping[str, Any]) -> Policy:
    """What a budget does. Raises BadRule."""
    findings = said.get("findings") or ()
    if not isinstance(findings, list | tuple) or len(findings) > MOST_FINDINGS:
        raise BadRule("policy", f"Findings are a list of at most {MOST_FINDINGS} codes.")
    return Policy(
        one_of(said, "soft", ("warn", "downgrade")),
        one_of(said, "hard", ("stop", "warn")),
        Fail(one_of(said, "fail", tuple(Fail))),
        str(said.get("model") or ""),
        tuple(map(str, findings)),
        bool(said.get("errors")),
    )


def check_policy(said: Mapping[str, Any]) -> None:
    """A name that is misspelt, or a switch that is none, would stop nothing. What is kept is read
    all the same. Raises BadRule."""
    names = [each.name for each in fields(Policy)]
    if strange := [name for name in said if name not in names]:
        raise BadRule("policy", f"It says {', '.join(names)}; there is no “{strange[0][:40]}”.")
    if not isinstance(said.get("errors", False), bool):
        raise BadRule("policy", f"“errors” is true or false, not “{str(said['errors'])[:40]}”.")
    if not isinstance(said.get("model") or "", str):
        raise BadRule("policy", "“model” is the name of a model.")


def one_of(said: Mapping[str, Any], name: str, words: tuple[str, ...]) -> str:
    """What is said, else the first of some words. Raises BadRule."""
    found = said.get(name) or words[0]
    if found not in words:
        raise BadRule("policy", f"“{name}” is {' or '.join(words)}, not “{found}”.")
    return str(found)
