"""An answer as JSON: what who asks is told, and what is kept of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from agentscope.alerts.windows import SECOND
from agentscope.budgets.decision import Level, Verdict, circuit, failed
from agentscope.budgets.policy import Fail, plain
from agentscope.budgets.question import Question, Settled
from agentscope.budgets.standing import Around
from agentscope.meter.scope import group_name


@dataclass(frozen=True, slots=True)
class Reserved:
    """What is held for a call: what it needs of each budget that it counts in."""

    key: UUID
    expires_at: datetime
    levels: list[Level]


@dataclass(frozen=True, slots=True)
class Answer:
    """What who asks is told."""

    verdict: Verdict
    around: Around
    levels: list[Level]
    untold: list[str]  # names of budgets that may hold, had the question said more
    needs_usd: Decimal | None  # that the call may cost; None: not known
    fail: Fail
    at: datetime
    model: str = ""  # to go on with
    reserved: Reserved | None = None
    settled: bool | None = None  # whether there was such a reservation; None: none was named


def told(answer: Answer) -> dict[str, Any]:
    """An answer as api.decide_shapes.MayShape."""
    found = answer.verdict
    return {
        "decision": found.decision.word,
        "reason": found.reason,
        **budget_body(found.level),
        "budgets": [
            {"decision": each.decision.word, **budget_body(each)} for each in answer.levels
        ],
        "not_told": answer.untold,
        "lag_seconds": round(answer.around.lag_seconds, 3),
        "suggested_model": answer.model or None,
        "finding": finding_body(found.finding) if found.finding else None,
        "circuit": circuit_body(answer),
        "reservation": reservation_body(answer),
        "settled": answer.settled,
        "fail": answer.fail.value,
    }


def budget_body(level: Level | None) -> dict[str, Any]:
    """How a budget stands; null where none holds."""
    if level is None:
        names = ("budget", "group", "unit", "spent", "reserved", "limit", "unpriced_calls", "as_of")
        return dict.fromkeys(names)
    terms, standing = level.place.terms, level.standing
    return {
        "budget": {"id": terms.id, "name": terms.name},
        "group": group_name(terms.watch.scope.each, level.place.group),
        "unit": terms.unit,
        "spent": plain(level.spent),
        "reserved": plain(standing.reserved),
        "limit": plain(terms.limit),
        "unpriced_calls": standing.unpriced_calls,
        "as_of": None if standing.as_of_ns is None else iso(standing.as_of_ns),
    }


def finding_body(finding: dict[str, Any]) -> dict[str, Any]:
    """The finding that stops a call, and where it is shown."""
    link = f"/api/v1/findings/{finding['fingerprint']}"
    return {name: finding[name] for name in ("code", "sentence", "trace")} | {"link": link}


def circuit_body(answer: Answer) -> dict[str, Any] | None:
    """What a circuit breaker would do with calls of the tool; null if nothing is known of it."""
    state = circuit(answer.around, answer.at)
    if state is None or answer.around.tool is None:
        return None
    calls, failures, permanent = answer.around.tool
    return {
        "state": state.value,
        "calls": calls,
        "failures": failures,
        "permanent": permanent,
        "sentence": failed(answer.around),
    }


def reservation_body(answer: Answer) -> dict[str, Any] | None:
    """What is held; `amount` in the unit of the budget that the answer is about."""
    held = answer.reserved
    if held is None:
        return None
    about = answer.verdict.level
    amount = about.needs if about else None
    return {
        "id": held.key.hex,
        "amount": None if amount is None else plain(amount),
        "expires_at": held.expires_at.isoformat(),
    }


def asked_body(asked: Question) -> dict[str, Any]:
    """What was asked, without what was not said."""
    plainly = {
        **{name: asked.of(name) for name in ("session", "agent", "path", "provider", "model")},
        **{name: asked.of(name) for name in ("user", "environment", "tool", "key")},
        "trace": asked.trace.hex if asked.trace else "",
        "estimated_tokens": asked.tokens,
        "estimated_output_tokens": asked.output_tokens,
        "estimated_usd": None if asked.usd is None else plain(asked.usd),
        "reserve": asked.reserve or None,
        **(settled_body(asked.settled) if asked.settled else {}),
    }
    return {name: value for name, value in plainly.items() if value not in ("", None)}


def settled_body(settled: Settled) -> dict[str, Any]:
    """The reservation that is over, with what was said that it came to."""
    usd = None if settled.usd is None else plain(settled.usd)
    said = {"spent_usd": usd, "spent_tokens": settled.tokens}
    return {"reservation": settled.key.hex, **said}


def iso(ns: int) -> str:
    """A time in ns since 1970, as ISO 8601."""
    return datetime.fromtimestamp(ns / SECOND, UTC).isoformat()
