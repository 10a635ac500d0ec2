"""From what was sent to what it means: the driver of the dialects.

One pass over a span's attributes looks each up in one table, made of the tables of all dialects,
and collects candidates for each field. Then the kind is chosen, and with it the best candidate of
each other field. What is not understood stays where it was: in the attributes.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from functools import cache

from agentscope.vocabulary import (
    Content,
    Flag,
    Kind,
    Meaning,
    Status,
    Usage,
    WireEvent,
    WireLog,
    WireSpan,
)
from ingest.reading.absent import TRUNCATED
from ingest.reading.content import FIELDS as CONTENT
from ingest.reading.content import read_content
from ingest.reading.failures import EXCEPTIONS, STATUSES, say_failure
from ingest.reading.json_values import parsed
from ingest.reading.kinds import (
    AGENT_IN_NAME,
    TOOL_IN_NAME,
    is_handoff,
    kind_by_name,
    name_inside,
)
from ingest.reading.plan import Plan
from ingest.reading.providers import provider_and_framework, provider_of_model
from ingest.reading.source import FROM_EVENTS, Dialect, Facts, Happening
from ingest.reading.usage import usage_inside, usage_of

log = logging.getLogger(__name__)

# Fields of `Meaning` that are taken over as they are found
PLAIN = frozenset(
    "agent agent_id request_model framework tool tool_call_id session user response_id "
    "reported_cost".split()
)
TOKENS = frozenset(
    "input_tokens output_tokens total_tokens cache_read_tokens cache_write_tokens "
    "reasoning_tokens".split()
)
# Fields that are asked for when their turn comes, or only when something failed
IN_TURN = CONTENT | frozenset(
    "kind provider finish_reasons failed error_type error_message http_status "
    "infrastructure".split()
)
# Events with the attributes of a span, which are read as if they were its own
DETAILS = "gen_ai.client.inference.operation.details"
MODELS = frozenset(("request_model", "response_model"))
USED = TOKENS | {"input_messages", "output_messages"}


class Understanding:
    """What some dialects understand together."""

    def __init__(self, dialects: Iterable[Dialect]) -> None:
        self.plan = Plan(dialects)

    def span(self, span: WireSpan) -> Meaning:
        """What a span means. Never raises: what goes wrong is logged, and the span is kept."""
        try:
            return self.read_span(span)
        except Exception:  # whatever a sender invents, the span must not be lost
            log.exception("A span was not understood: %.200r", span.name)
            return Meaning(status=STATUSES.get(span.status_code, Status.UNSET))

    def log(self, record: WireLog) -> Meaning:
        """What a log record says of its span. Never raises."""
        try:
            return self.read_log(record)
        except Exception:  # as above
            log.exception("A log record was not understood: %.200r", record.event_name)
            return Meaning()

    def read_span(self, span: WireSpan) -> Meaning:
        """The same; may raise."""
        facts = self.plan.facts(span.attributes)
        if span.events:
            self.add_events(facts, [Happening(at.name, at.attributes) for at in span.events])
        choose_kind(facts, span)
        if not self.plan.refinements.keys().isdisjoint(span.attributes):
            self.refine(span, facts)
        meaning = Meaning(facts.kind)
        say_fields(meaning, facts)
        say_names(meaning, facts, span.name)
        say_failure(meaning, facts, span.status_code, span.status_message, span.events)
        finish(meaning, facts)
        return meaning

    def read_log(self, record: WireLog) -> Meaning:
        """The same; may raise. The kind stays open: it is the span's to say."""
        facts = self.plan.facts(record.attributes)
        body = parsed(record.body)
        self.add_events(facts, [Happening(record.event_name, record.attributes, body)])
        meaning = Meaning(Kind.OTHER)
        say_fields(meaning, facts)
        if record.event_name in EXCEPTIONS:
            event = WireEvent("exception", record.time_ns, record.attributes)
            say_failure(meaning, facts, 0, "", [event])
        finish(meaning, facts)
        return meaning

    def refine(self, span: WireSpan, facts: Facts) -> None:
        """Let dialects say what no table can say, if one of their markers is there."""
        for marker, refinements in self.plan.refinements.items():
            if marker in span.attributes:
                for refine in refinements:
                    refine(span, facts)

    def add_events(self, facts: Facts, events: Sequence[Happening]) -> None:
        """Content that came in events, as candidates behind the attributes that carry the same."""
        told = Content()
        for event in events:
            if event.name == DETAILS:
                self.add_details(facts, event)
            for read in self.plan.events.get(event.name, self.plan.other_events):
                read(event, told)
        for field in CONTENT:
            if said := getattr(told, field, None):
                facts.add(field, FROM_EVENTS, "events", said)  # type: ignore[arg-type]

    def add_details(self, facts: Facts, event: Happening) -> None:
        """Attributes, or a body in place of them, that belong to the span as well."""
        for said in (event.attributes, event.body):
            if isinstance(said, dict):
                more = self.plan.facts(said)
                facts.flags |= more.flags
                for field, candidates in more.candidates.items():
                    facts.candidates.setdefault(field, []).extend(candidates)


def choose_kind(facts: Facts, span: WireSpan) -> None:
    """The best kind that an attribute states; else what the name says, unless the span is about
    infrastructure; else a model with messages or usage makes it a model call."""
    stated = facts.best("kind") if facts.has("kind") else None
    if stated is not None:
        facts.kind = stated
        return
    named = kind_by_name(span.name) if facts.best("infrastructure") is None else None
    if named is not None:
        facts.kind = named
        facts.sources["kind"] = "name"
    elif not (MODELS.isdisjoint(facts.candidates) or USED.isdisjoint(facts.candidates)):
        facts.kind = Kind.LLM
        facts.sources["kind"] = "model"


def say_fields(meaning: Meaning, facts: Facts) -> None:
    """Everything that is one value: names, ids, models, tokens, cost."""
    for field in facts.candidates:
        if field not in IN_TURN:
            found = facts.best(field)
            if found is not None and field in PLAIN:
                setattr(meaning, field, found)
    values = facts.values
    if "response_model" in values or "request_model" in values:
        say_model(meaning, facts)
    if "system" in values or meaning.model:
        say_provider(meaning, facts)
    if not TOKENS.isdisjoint(values):
        if "total_tokens" in values and len(facts.candidates.get("input_tokens", ())) > 1:
            let_total_decide(facts)
        meaning.usage = usage_of(values, input_excludes_cache="cache_outside" in values)


def let_total_decide(facts: Facts) -> None:
    """Where sources disagree about the input, prefer the one with which the total adds up."""
    rest = facts.values["total_tokens"] - (facts.values.get("output_tokens") or 0)
    for key, said in facts.ranked("input_tokens"):
        if said == rest:
            facts.values["input_tokens"] = said
            facts.sources["input_tokens"] = key
            return


def say_model(meaning: Meaning, facts: Facts) -> None:
    """The answering model, else the one that was asked for."""
    which = "response_model" if "response_model" in facts.values else "request_model"
    meaning.model = facts.values[which]
    facts.sources["model"] = facts.sources[which]


def say_provider(meaning: Meaning, facts: Facts) -> None:
    """The first system that is a provider, and the first that is a framework. Where all are
    frameworks, the host or the model's name tells the provider."""
    for key, said in facts.ranked("system"):
        provider, framework = provider_and_framework(said)
        meaning.framework = meaning.framework or framework
        if provider and not meaning.provider:
            meaning.provider = provider
            facts.sources["provider"] = key
    if not meaning.provider:
        meaning.provider = facts.best("provider") or provider_of_model(meaning.model)


def say_names(meaning: Meaning, facts: Facts, span_name: str) -> None:
    """Agent and tool from the span's name where no attribute says them; and whether the tool is one
    that passes control on."""
    kind = facts.kind
    if kind is Kind.AGENT and not meaning.agent:
        meaning.agent = name_inside(AGENT_IN_NAME, span_name)
    elif kind is Kind.TOOL:
        meaning.tool = meaning.tool or name_inside(TOOL_IN_NAME, span_name)
        if is_handoff(meaning.tool or span_name):
            meaning.kind = Kind.HANDOFF
            facts.sources["kind"] = facts.sources.get("tool", "name")


def finish(meaning: Meaning, facts: Facts) -> None:
    """Content, what only the content can tell, flags and sources."""
    meaning.content = read_content(facts)
    if meaning.kind is Kind.LLM and meaning.usage.cache_read is None and facts.has("output"):
        complete_usage(meaning, facts)
    if facts.flags or "truncated" in facts.values:
        truncated = TRUNCATED if "truncated" in facts.values else 0
        meaning.flags = flag(facts.flags | truncated)
    meaning.sources = facts.sources


def complete_usage(meaning: Meaning, facts: Facts) -> None:
    """Take numbers that no attribute has from the usage object inside the answer: all of them, or
    those that are missing if it speaks of as many input tokens."""
    wanted = "cached" if meaning.usage else "usage"
    for key, said in facts.ranked("output"):
        if wanted in said and (numbers := usage_inside(parsed(said))):
            inside = usage_of(numbers)
            if not meaning.usage:
                meaning.usage = inside
            elif inside.input == meaning.usage.input:
                fill(meaning.usage, inside)
            facts.sources["usage"] = key
            return


def fill(usage: Usage, inside: Usage) -> None:
    """Set the parts that are not known."""
    for part in ("cache_read", "cache_write", "reasoning"):
        if getattr(usage, part) is None:
            setattr(usage, part, getattr(inside, part))


@cache
def flag(mask: int) -> Flag:
    """Bits as a Flag: making one costs more than looking it up."""
    return Flag(mask)
