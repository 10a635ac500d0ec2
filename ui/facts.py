"""One span in words: what it is, what it used, whether it counts, what is odd about it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from agentscope.billing.words import why_unpriced
from agentscope.traces.models import Span
from agentscope.traces.tree import Row
from agentscope.vocabulary import Billing, Flag
from ui import amounts
from ui.billing import billing_facts
from ui.row_words import took

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
    Flag.REFUSED: "It turned down what it was shown.",
    Flag.SILENT_FAILURE: "Its status does not say that it failed, but its result does.",
    Flag.EMPTY_RESULT: "Its result is empty, or says that nothing was found.",
    Flag.CUT_ANSWER: "The answer ended at its limit of tokens.",
}


class Fact(NamedTuple):
    """Something known of a span, and the attribute that it was read from, if it was from one."""

    word: str
    value: str
    source: str = ""


def facts(
    row: Row,
    span: Span,
    said: dict[str, Any],
    sources: Mapping[str, str],
    prices: Iterable[tuple[str, str]] = (),
    key: str = "",
) -> list[Fact]:
    """What is known of a span. Nothing unsaid is among it.

    `row` is its row in the tree, `said` what its payload holds beside the columns of `span`,
    `sources` the attribute that each field was read from, `prices` how its cost came about,
    `key` the name of the one that sent it.
    """
    known = [
        Fact("Time", took(row, live=False)),
        Fact("Agent", row.text("path").replace("/", " / "), "agent"),
        Fact("Agent version", span.agent_version, "agent_version"),
        Fact("Model", model_of(span, said), "model"),
        Fact("Provider", span.provider, "provider"),
        Fact("Tier of service", span.service_tier, "service_tier"),
        Fact("Tool", span.tool, "tool"),
        Fact("Tool call", span.tool_call_id, "tool_call_id"),
        Fact("Tokens", in_and_out(row) or no_tokens(row)),
        Fact("Tokens Σ", tokens_below(row)),
        *(Fact(word, value) for word, value in (*money_facts(row), *prices)),
        Fact("Outcome", span.outcome, "outcome"),
        Fact("Session", span.session, "session"),
        Fact("User", span.user, "user"),
        Fact("Environment", span.environment, "environment"),
        Fact("Service", span.service),
        Fact("Sent with key", key),
        Fact("Framework", said.get("framework", ""), "framework"),
        Fact("Answer", span.response_id, "response_id"),
    ]
    return [fact._replace(source=sources.get(fact.source, "")) for fact in known if fact.value]


def model_of(span: Span, said: dict[str, Any]) -> str:
    """The answering model, and the requested one where it differs."""
    requested = said.get("request_model", "")
    if requested and requested != span.model:
        return f"{span.model} (requested: {requested})"
    return span.model


def in_and_out(row: Row) -> str:
    """`2,310 in, 120 out`, as far as they are known."""
    said = ((row.number("input_tokens"), "in"), (row.number("output_tokens"), "out"))
    return ", ".join(f"{number:,} {word}" for number, word in said if number is not None)


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
        yield "Cost", f"{amounts.UNKNOWN}: {why_unpriced(row)}"
    elif usd or row.billing in {Billing.COUNTED, Billing.AGGREGATE}:
        yield "Cost", amounts.exact_money(usd)
    yield from billing_facts(row)
    spent, unpriced = row.usd("sum_cost"), int(row.tree.sum_unpriced[row.at])
    if row.size > 1 and spent is not None and (spent or unpriced):
        note = f" ({amounts.cost_note(unpriced)})" if unpriced and spent else ""
        yield "Cost Σ", amounts.cost(spent, unpriced) + note


def notes(flags: Flag) -> list[str]:
    """What is odd about a span, in sentences."""
    return [words for flag, words in FLAG_WORDS.items() if flags & flag]
