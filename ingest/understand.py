"""From what was sent to what it means: the driver of the dialects.

One pass over a span's attributes looks each up in one table, made of the tables of all dialects,
and collects candidates for each field. Then the kind is chosen, and with it the best candidate of
each other field. What is not understood stays where it was: in the attributes.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from agentscope.vocabulary import (
    Content,
    Flag,
    Kind,
    Meaning,
    Status,
    Value,
    WireEvent,
    WireLog,
    WireScope,
    WireSpan,
)
from ingest.reading.absent import marks_in
from ingest.reading.approvals import say_approval
from ingest.reading.content import FIELDS as CONTENT
from ingest.reading.content import read_content
from ingest.reading.failures import EXCEPTIONS, STATUSES, say_failure
from ingest.reading.fields import FLAGS, TOKENS, say_fields, say_resource
from ingest.reading.json_values import parsed
from ingest.reading.kinds import (
    AGENT_IN_NAME,
    TOOL_IN_NAME,
    is_handoff,
    kind_by_name,
    name_inside,
)
from ingest.reading.own_words import coding_agent
from ingest.reading.plan import Plan
from ingest.reading.scalars import outcome
from ingest.reading.silent import say_shortfall, say_silent_failure
from ingest.reading.source import FROM_EVENTS, Dialect, Facts, Happening
from ingest.reading.usage_sources import complete_usage
from ingest.reading.verdicts import say_verdict

log = logging.getLogger(__name__)

# Events with the attributes of a span, which are read as if they were its own
DETAILS = "gen_ai.client.inference.operation.details"
VERDICT = "gen_ai.evaluation.result"  # of an evaluator, on the span that was evaluated
VERDICT_RANK = 51
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

    def facts(self, attributes: Mapping[str, Value], scope: WireScope | None = None) -> Facts:
        """What attributes say. Dialects read scopes and resources where they know what these say;
        for `scope` see own.py."""
        return self.plan.facts(attributes)

    def read_span(self, span: WireSpan) -> Meaning:
        """The same; may raise."""
        facts = self.facts(span.attributes, span.scope)
        if span.events:
            self.add_events(facts, [Happening(at.name, at.attributes) for at in span.events])
        choose_kind(facts, span)
        for refine in self.plan.of_scope(span.scope.name):
            refine(span, facts)
        if markers := self.plan.refinements.keys() & span.attributes.keys():
            self.refine(span, facts, markers)
        meaning = Meaning(facts.kind, sources=facts.sources)
        say_fields(meaning, facts)
        say_names(meaning, facts, span.name)
        say_failure(meaning, facts, span.status_code, span.status_message, span.events)
        say_resource(meaning, span.scope.resource)
        if span.links:
            meaning.linked_traces = [trace for trace, _ in span.links if trace != span.trace_id]
        finish(meaning, facts)
        say_silent_failure(meaning, facts)
        say_shortfall(meaning, facts)
        if span.parent_id and facts.sources.get("outcome") == VERDICT:
            meaning.outcome = ""  # of a part
        return meaning

    def read_log(self, record: WireLog) -> Meaning:
        """The same; may raise. The kind stays open, as it is the span's to say, unless the record
        of a coding agent stands for a span. Then, and only then, its resource is the span's."""
        facts = self.facts(record.attributes, None if record.trace_id else record.scope)
        body = parsed(record.body)
        self.add_events(facts, [Happening(record.event_name, record.attributes, body)])
        agent, told = coding_agent(record)
        if agent in self.plan.logs:
            self.plan.logs[agent](told, record, facts)
        meaning = Meaning(facts.kind, sources=facts.sources)
        facts.kind = facts.kind or facts.best("kind") or Kind.OTHER
        facts.sources.pop("kind", None)
        say_fields(meaning, facts)
        if record.event_name in EXCEPTIONS:
            event = WireEvent("exception", record.time_ns, record.attributes)
            say_failure(meaning, facts, 0, "", [event])
        elif agent:
            say_failure(meaning, facts, 0, "", [])
        finish(meaning, facts)
        say_silent_failure(meaning, facts)
        say_shortfall(meaning, facts)
        return meaning

    def refine(self, span: WireSpan, facts: Facts, markers: set[str]) -> None:
        """Let dialects say what no table can say, as these markers of theirs are there; in the
        order of the dialects."""
        for marker in sorted(markers, key=self.plan.places.__getitem__):
            for refine in self.plan.refinements[marker]:
                refine(span, facts)

    def add_events(self, facts: Facts, events: Sequence[Happening]) -> None:
        """Content that came in events, as candidates behind the attributes that carry the same."""
        told = Content()
        for event in events:
            body = event.body.get("content") if isinstance(event.body, dict) else event.body
            facts.flags |= marks_in(body, *event.attributes.values())
            if event.name == DETAILS:
                self.add_details(facts, event)
            elif event.name == VERDICT:
                add_verdict(facts, event)
            for read in self.plan.events.get(event.name, self.plan.other_events):
                read(event, told)
        for field in CONTENT:
            if said := getattr(told, field, None):
                facts.add(field, FROM_EVENTS, "events", said)  # type: ignore[arg-type]

    def add_details(self, facts: Facts, event: Happening) -> None:
        """Attributes, or a body in place of them, that belong to the span as well."""
        for said in (event.attributes, event.body):
            if isinstance(said, dict):
                more = self.facts(said)
                facts.flags |= more.flags
                for field, candidates in more.candidates.items():
                    facts.candidates.setdefault(field, []).extend(candidates)


def add_verdict(facts: Facts, event: Happening) -> None:
    """The outcome by an evaluation; whether it is that of the whole task is seen in the end."""
    said = outcome(event.attributes.get("gen_ai.evaluation.score.label"))
    if said:
        facts.add("outcome", VERDICT_RANK, event.name, said)


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


def say_names(meaning: Meaning, facts: Facts, span_name: str) -> None:
    """Agent and tool from the span's name where no attribute says them; and whether the tool is one
    that passes control on."""
    kind = facts.kind
    if kind is Kind.AGENT and not meaning.agent:
        if named := name_inside(AGENT_IN_NAME, span_name):
            meaning.agent, facts.sources["agent"] = named, "name"
    elif kind is Kind.TOOL:
        if not meaning.tool and (named := name_inside(TOOL_IN_NAME, span_name)):
            meaning.tool, facts.sources["tool"] = named, "name"
        if is_handoff(meaning.tool or span_name):
            meaning.kind = Kind.HANDOFF
            facts.sources["kind"] = facts.sources.get("tool", "name")


def finish(meaning: Meaning, facts: Facts) -> None:
    """Content, what only the content can tell, flags and sources."""
    read_content(meaning.content, facts)
    complete_usage(meaning, facts)
    say_verdict(meaning, facts)
    say_approval(meaning)
    if facts.flags or not FLAGS.keys().isdisjoint(facts.values):
        said = (mask for name, mask in FLAGS.items() if facts.values.get(name))
        meaning.flags = flag(sum(said, start=0) | facts.flags)


@cache
def flag(mask: int) -> Flag:
    """Bits as a Flag: making one costs more than looking it up."""
    return Flag(mask)
