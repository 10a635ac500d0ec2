"""One span in words: what it is, what it used, whether it counts, what is odd about it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agentscope.traces.models import Span
from agentscope.traces.tree import Row
from agentscope.vocabulary import Billing, Flag
from ui import amounts
from ui.rows import took

BILLING_WORDS: dict[Billing, str] = {
    Billing.COUNTED: "counted",
    Billing.WRAPPER: "not counted here: it repeats what is counted beneath",
    Billing.DUPLICATE: "not counted here: the same call was reported twice",
    Billing.AGGREGATE: "counted; it stands for several calls",
}
FLAG_WORDS: dict[Flag, str] = {
    Flag.ORPHAN: "The parent span has not arrived.",
    Flag.PARENT_MALFORMED: "The id of its parent is malformed: it stands at the root.",
    Flag.CYCLE_CUT: "Its chain of parents ran in a circle: it was cut here.",
    Flag.CLOCK_SUSPECT: "Its times cannot be right: the sender's clock is suspect.",
    Flag.NOT_ENDED: "It is still running, or its end was never reported.",
    Flag.SANITISED: "Some of its text was not valid and was repaired for display.",
    Flag.DUPLICATE_KEY: "An attribute came twice: the last one counts.",
    Flag.DROPPED_AT_SENDER: "The sender dropped some attributes, events or links.",
    Flag.CONFLICT: "It arrived twice with different content.",
    Flag.REDACTED: "The sender replaced content by a placeholder.",
    Flag.TRUNCATED: "The sender cut content.",
}
Facts = list[tuple[str, str]]


def facts(row: Row, span: Span, said: dict[str, Any]) -> Facts:
    """What is known of a span, as (word, value). Nothing unsaid is among them.

    `row` is its row in the tree, `said` what its payload holds beside the columns of `span`.
    """
    known = [
        ("Time", took(row, live=False)),
        ("Agent", row.text("path").replace("/", " / ")),
        ("Model", model_of(span, said)),
        ("Provider", span.provider),
        ("Tool", span.tool),
        ("Tool call", span.tool_call_id),
        ("Tokens", ", ".join(tokens_of(span)) or no_tokens(row)),
        ("Tokens Σ", tokens_below(row)),
        *money_facts(row),
        ("Session", span.session),
        ("User", span.user),
        ("Service", span.service),
        ("Framework", said.get("framework", "")),
    ]
    return [(word, value) for word, value in known if value]


def model_of(span: Span, said: dict[str, Any]) -> str:
    """The answering model, and the requested one where it differs."""
    requested = said.get("request_model", "")
    if requested and requested != span.model:
        return f"{span.model} (requested: {requested})"
    return span.model


def tokens_of(span: Span) -> Iterator[str]:
    """Each reported bucket: `2,310 in`, and its parts if any: `1,024 of them from the cache`."""
    for number, words in (
        (span.input_tokens, "in"),
        (span.cache_read_tokens or None, "of them from the cache"),
        (span.cache_write_tokens or None, "of them written to the cache"),
        (span.output_tokens, "out"),
        (span.reasoning_tokens or None, "of them reasoning"),
    ):
        if number is not None:
            yield f"{number:,} {words}"


def no_tokens(row: Row) -> str:
    """What to say of a span that reported no tokens: nothing, unless it is a model call."""
    is_call = row.size == 1 and row.tree.sum_llm_calls[row.at] > 0
    return "unknown: none were reported" if is_call else ""


def tokens_below(row: Row) -> str:
    """What the span and everything beneath it used, as far as it counts; empty for a leaf."""
    used = int(row.tree.sum_input[row.at]), int(row.tree.sum_output[row.at])
    return "{:,} in, {:,} out".format(*used) if row.size > 1 and any(used) else ""


def money_facts(row: Row) -> Iterator[tuple[str, str]]:
    """Own cost, or why it is unknown; the cost with everything beneath; whether it counts."""
    usd = row.usd("cost")
    if usd is None:
        yield "Cost", f"{amounts.UNKNOWN}: {row.why_unpriced}"
    elif row.billing in {Billing.COUNTED, Billing.AGGREGATE}:
        yield "Cost", amounts.exact_money(usd)
    if row.billing in BILLING_WORDS:
        yield "Billing", BILLING_WORDS[row.billing]
    spent, unpriced = row.usd("sum_cost"), int(row.tree.sum_unpriced[row.at])
    if row.size > 1 and spent is not None and (spent or unpriced):
        note = f" ({amounts.cost_note(unpriced)})" if unpriced and spent else ""
        yield "Cost Σ", amounts.cost(spent, unpriced) + note


def notes(flags: Flag) -> list[str]:
    """What is odd about a span, in sentences."""
    return [words for flag, words in FLAG_WORDS.items() if flags & flag]
