"""What a log record says of its span's columns, and how these fill the gaps of a span.

A record repeats or completes its span and is never added to it: what the span says itself stays.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import replace
from decimal import Decimal
from typing import Any

from agentscope.signatures.signature import signature
from agentscope.signatures.stored import merged
from agentscope.traces.spans import MOST_TOKENS, MOST_USD, NO_PARENT, Spans
from agentscope.traces.tree import UNKNOWN
from agentscope.vocabulary import PICO, Flag, Kind, Meaning, Status, Usage, UsageRule

Facts = dict[str, Any]  # by the names of columns of models.Span; money as text, in USD
SILENT = "silent"  # what it says failed, while its status does not
HEARD = "heard"  # the signature of messages to a model and of its answer, where that is all it says

TEXTS = (
    *("agent", "model", "provider", "tool", "tool_call_id", "session", "user", "response_id"),
    *("error_type", "error_class", "service_tier", "agent_version", "environment", "outcome"),
)
PARTS = {  # column → part of a Usage
    "input_tokens": "input",
    "output_tokens": "output",
    "cache_read_tokens": "cache_read",
    "cache_write_tokens": "cache_write",
    "reasoning_tokens": "reasoning",
    "cache_write_1h_tokens": "cache_write_1h",
    "audio_input_tokens": "audio_input",
    "audio_output_tokens": "audio_output",
    "web_searches": "web_searches",
}
USED = frozenset((*PARTS, "reported_cost"))
ERRORS = ("error_type", "error_class")  # of a failed attempt, which need not be the span's end
UNSET, ERROR = int(Status.UNSET), int(Status.ERROR)
OF_ANY = tuple(name for name in TEXTS if name not in ERRORS)


def facts_of(meaning: Meaning) -> Facts | None:
    """The columns that a record speaks of; None if it says nothing of any."""
    facts: Facts = {
        name: said
        for name in TEXTS
        if (said := clean(str(getattr(meaning, name)))) and name != "error_class"
    }
    facts |= failure_facts(meaning)
    if meaning.session:
        facts["session_rung"] = int(meaning.session_rung)
    if meaning.usage:
        facts |= usage_facts(meaning.usage)
    cost = meaning.reported_cost
    if cost is not None and cost.is_finite() and 0 <= cost <= MOST_USD:
        facts["reported_cost"] = str(cost)
    if signed := signature(meaning, meaning.volatile):
        facts["signature"] = b64encode(signed).decode()
    elif heard := signature(replace(meaning, kind=Kind.LLM), meaning.volatile):
        facts[HEARD] = b64encode(heard).decode()
    return facts or None


def failure_facts(meaning: Meaning) -> Facts:
    """Whether and why it failed, whatever its status says."""
    facts: Facts = {}
    is_silent = bool(meaning.flags & Flag.SILENT_FAILURE)
    if meaning.error_type or is_silent:
        facts["error_class"] = str(meaning.error_class)
    if is_silent:
        facts[SILENT] = True
    if meaning.status is Status.ERROR and meaning.kind is not Kind.LLM:
        facts["status"] = int(meaning.status)  # of a call, an attempt may have failed only
    return facts


def usage_facts(usage: Usage) -> Facts:
    """Tokens by the names of their columns, and the rule that they were read by."""
    found = {name: getattr(usage, part) for name, part in PARTS.items()}
    kept = {name: n for name, n in found.items() if n is not None and 0 <= n <= MOST_TOKENS}
    return {**kept, "usage_rule": int(usage.rule)}


LONGEST = 1024  # characters, as of a text column


def clean(said: str) -> str:
    """Text that jsonb can hold: without NUL and lone surrogates."""
    return said[:LONGEST].replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def fill(spans: Spans, at: int, facts: Facts) -> None:
    """Set the columns of one row that it leaves open."""
    status = int(spans.status[at])
    if status == UNSET and facts.get("status") == ERROR:
        status = spans.status[at] = ERROR
    is_silent = SILENT in facts and fill_silent_failure(spans, at)
    for name in TEXTS if status == ERROR or is_silent else OF_ANY:
        said = facts.get(name)
        if not said or (name == "outcome" and spans.parent_id[at] != NO_PARENT):
            continue  # of a part: the whole task may end otherwise
        column: list[str] = getattr(spans, name)
        if not column[at]:
            column[at] = said
            if name == "session":
                spans.session_rung[at] = facts.get("session_rung", 0)
    if spans.reported_cost[at] == UNKNOWN and "reported_cost" in facts:
        spans.reported_cost[at] = int(Decimal(facts["reported_cost"]) / PICO)
    fill_usage(spans, at, facts)
    if "signature" in facts:
        spans.signature[at] = merged(spans.signature[at], b64decode(facts["signature"]))


def fill_silent_failure(spans: Spans, at: int) -> bool:
    """Mark a call of a tool whose record tells that it failed, unless it says itself why; whether
    it is one."""
    if spans.kind[at] != Kind.TOOL or spans.error_class[at]:
        return False
    if spans.status[at] == Status.WAITING:
        return False
    spans.flags[at] |= int(Flag.SILENT_FAILURE)
    return True


def fill_usage(spans: Spans, at: int, facts: Facts) -> None:
    """All parts of the usage where the row reports none; else those that are missing, if both speak
    of the same input: numbers that were counted in different ways do not mix."""
    own = {name: int(getattr(spans, name)[at]) for name in PARTS}
    uses = own["input_tokens"] > 0 or own["output_tokens"] > 0
    if uses and own["input_tokens"] != facts.get("input_tokens", UNKNOWN):
        return
    filled = {
        name: facts[name]
        for name, number in own.items()
        if name in facts and (number == UNKNOWN or not uses)
    }
    for name, number in filled.items():
        getattr(spans, name)[at] = number
    if filled:
        rule = facts.get("usage_rule", 0) | int(UsageRule.FROM_LOG)
        spans.usage_rule[at] = int(spans.usage_rule[at]) | rule
