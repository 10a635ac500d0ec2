"""Amounts in templates: |money |cost |tokens |duration |ago. ui/amounts.py makes the words."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from agentscope.retention.disk import size
from agentscope.traces.ids import span_hex
from agentscope.traces.intervals import length, pairs
from agentscope.traces.models import Trace
from agentscope.vocabulary import Kind
from ui import amounts, delivery_words, finding_words, icicle, states
from ui.graph_words import HOW
from ui.kinds import kind_word

register = template.Library()
register.filter(amounts.money)
register.filter(amounts.cost)
register.filter(amounts.cost_note)
register.filter(amounts.more)
register.filter(amounts.tokens)
register.filter(amounts.duration)
register.filter(amounts.count)
register.filter(amounts.short)
register.filter(amounts.beyond)
register.filter(size)
register.filter(amounts.some)
register.filter(icicle.spot)
register.filter(states.state_word)
register.filter(states.state_note)
register.filter(span_hex)
register.filter(finding_words.code_words)
register.filter(finding_words.severity_word)
register.filter(finding_words.severity_tone)
register.filter(finding_words.wasted)
register.filter(finding_words.tokens_wasted)
register.filter(finding_words.usd_wasted)
register.filter(finding_words.thresholds)
register.filter(finding_words.sure)
register.filter(finding_words.rate)
register.filter(delivery_words.delivery_words)


@register.filter
def ago(at: datetime) -> SafeString:
    """A time relative to now, with the exact one in its title."""
    passed = (timezone.now() - at).total_seconds()
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', at.isoformat(), exact(at), amounts.ago(passed)
    )


@register.filter
def exact(at: datetime) -> str:
    """A time to the millisecond, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3] + " UTC"


@register.filter
def moment(nanoseconds: int) -> SafeString:
    """A Unix time in ns as an exact one; those before the year 1 or after 9999 as a number."""
    try:
        at = datetime.fromtimestamp(nanoseconds / amounts.SECOND, UTC)
    except (OverflowError, OSError, ValueError):
        return format_html("{} ns", nanoseconds)
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), exact(at))


@register.filter
def lasted(trace: Trace) -> str:
    """How long a trace took, from its first start to its latest end."""
    return amounts.duration(max(trace.end_ns - trace.start_ns, 0))


@register.filter
def once_read(figure: str, trace: Trace) -> str:
    """A figure of a trace, as text; unknown until the trace was examined."""
    return figure if trace.examined_at else amounts.UNKNOWN


@register.filter
def trace_name(trace: Trace) -> str:
    """The name of a trace, or why it has none."""
    return trace.name or ("(unnamed)" if trace.examined_at else "(not read yet)")


@register.filter
def in_and_out(trace: Trace) -> str:
    """The two halves of the tokens; empty where none were reported."""
    used = (trace.input_tokens, trace.output_tokens)
    halves = zip(used, ("in", "out"), strict=True)
    return " · ".join(f"{n:,} {side}" for n, side in halves if n is not None) if any(used) else ""


@register.filter
def all_tokens(trace: Trace) -> str:
    """Input and output tokens of a trace; unknown where model calls reported none."""
    total = (trace.input_tokens or 0) + (trace.output_tokens or 0)
    return amounts.tokens(None if not total and trace.llm_calls else total)


@register.filter
def exact_usd(usd: Decimal) -> str:
    """An amount to its last digit."""
    return f"{usd.normalize():f}"


@register.filter
def worked(trace: Trace) -> str:
    """How long a trace worked: the waiting for people is not in it."""
    return amounts.duration(length(pairs(trace.worked)))


@register.filter
def named(things: Sequence[Any]) -> list[str]:
    """The names of things that have one."""
    return [thing.name for thing in things if thing.name]


@register.filter
def kind_words(word: str) -> str:
    """The word of a kind of span as people say it."""
    return kind_word(Kind[word.upper()])


@register.filter
def edge_words(kind: str) -> str:
    """How one agent came to another: the kind of an edge in words."""
    return HOW[kind]
