"""How a dialect says where facts are: tables from attribute names to fields.

A fact often has several sources on one span, from several dialects. Each source has a rank, and for
each field the lowest rank that holds something wins: the choice is per field, not per dialect.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Literal, Protocol

from agentscope.vocabulary import Content, Kind, Value, WireLog, WireSpan
from ingest.reading.scalars import text

# What a source can say. Names that `vocabulary.Meaning` has too go there as they are.
ScalarField = Literal[
    "kind",
    "agent",
    "agent_id",
    "response_model",
    "request_model",
    "system",  # the provider or the framework, as the sender calls it
    "provider",  # the same where it cannot be a framework: a host, for example
    "framework",
    "tool",
    "tool_call_id",
    "agent_version",
    "session",  # as the application sets it
    "conversation",  # a framework's conversation or thread: the session if there is no other
    "transport_session",  # a connection: the session only if nothing else is there
    "environment",
    "user",
    "response_id",
    "finish_reasons",
    "input_tokens",
    "output_tokens",
    "total_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "cache_write_1h_tokens",  # of cache_write_tokens
    "cache_write_5m_tokens",  # the others of them, where these are reported apart
    "audio_input_tokens",
    "audio_output_tokens",
    "tool_input_tokens",  # results of tools that the provider runs, where the input leaves them out
    "web_searches",
    "service_tier",  # batch, flex, priority
    "cache_outside",  # the sender is known to leave the cache out of the input
    "reasoning_outside",  # the sender is known to leave reasoning out of the output
    "reported_cost",
    "cached_answer",  # a cache answered in the model's place
    "additive",  # the usage is on top of the call around it
    "roll_up",  # the usage is declared to repeat other spans'
    "step_limit",  # turns of the model that a run may take
    "evaluation",  # it runs for an evaluation or an experiment
    "discarded",  # vocabulary.Discarded
    "outcome",  # success or failure of the whole task
    "verdict",  # vocabulary.Verdict
    "verdict_why",
    "failed",  # False: not, whatever the status says
    "error_type",
    "error_message",
    "http_status",
    "retry_after",  # seconds that whoever failed asks to be left alone
    "rpc_status",  # a code of gRPC by its name, or of JSON-RPC
    "continues",  # the state that a run or a call goes on from: of a checkpoint, of an answer
    "infrastructure",  # a database, a queue, HTTP: nothing that an agent does
    "truncated",
]
ContentField = Literal[
    "instructions",
    "input_messages",
    "output_messages",
    "tools",
    "arguments",
    "result",
    "input",
    "output",
]
Field = ScalarField | ContentField
# Gives None for what it does not understand: then the next source is asked.
Parse = Callable[[Value], Any]


ANY = -1  # every kind


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """One place where a field may be found. `only` limits it to some kinds of span."""

    field: Field
    rank: int
    parse: Parse = text
    only: int = ANY


def kinds(*which: Kind) -> int:
    """A set of kinds as the bit mask that `Source.only` takes."""
    return sum(1 << kind for kind in which)


Candidate = tuple[int, str, Value, Source]  # rank, attribute, value as sent
Candidates = dict[str, list[Candidate]]  # by field


@dataclass(slots=True)
class Facts:
    """What is known of a record so far."""

    candidates: Candidates
    kind: Kind = Kind.OTHER
    values: dict[str, Any] = field(default_factory=dict)  # by field, parsed
    sources: dict[str, str] = field(default_factory=dict)  # by field, the attribute that won
    flags: int = 0

    def add(self, name: Field, rank: int, source: str, value: Value) -> None:
        """One more candidate for a field, already parsed."""
        found = (rank, source, value, Source(name, rank, as_it_is))
        self.candidates.setdefault(name, []).append(found)

    def settle_kind(self, kind: Kind, source: str) -> None:
        """Say what kind the record is after all, and what tells."""
        self.kind = kind
        self.sources["kind"] = source

    def has(self, name: Field) -> bool:
        """Whether anything was said about a field."""
        return name in self.candidates

    def ranked(self, name: str) -> Iterator[tuple[str, Value]]:
        """What sources say about a field, best first: each with its attribute. A source that says
        nothing that can be understood is passed over."""
        mask = 1 << self.kind
        found = self.candidates.get(name, [])
        if len(found) > 1:
            found.sort(key=RANK)
        for _, key, value, source in found:
            if source.only & mask and (said := source.parse(value)) is not None:
                yield key, said

    def best(self, name: str) -> Any:
        """The best of them, noted with its source; None if there is none. On the hot path."""
        found = self.candidates.get(name)
        if found is None:
            return None
        if len(found) > 1:
            found.sort(key=RANK)
        for _, key, value, source in found:
            if source.only == ANY or source.only >> self.kind & 1:
                said = source.parse(value)
                if said is not None:
                    self.sources[name] = key
                    self.values[name] = said
                    return said
        return None


RANK = itemgetter(0)


def as_it_is(value: Value) -> Value:
    """No parsing at all."""
    return value


@dataclass(slots=True, frozen=True)
class Happening:
    """A span event or a log record: what can carry content apart from the span's attributes."""

    name: str
    attributes: Mapping[str, Value]
    body: Value = None


class Scope(str):
    """A marker of `REFINE` that is no attribute: how the name of a scope begins."""

    __slots__ = ()


Refine = Callable[[WireSpan, Facts], None]
ReadEvent = Callable[[Happening, Content], None]
ReadLog = Callable[[str, WireLog, Facts], None]
Fields = Mapping[str, Source | tuple[Source, ...]]
Flattened = Mapping[str, Source]
Refinements = Mapping[str, Refine]
Events = Mapping[str, ReadEvent]
Logs = Mapping[str, ReadLog]  # a dialect's own table LOGS, if it has one: see own_words.py


class Dialect(Protocol):
    """A module that knows one way of naming things. All tables may be empty."""

    NAME: str
    FIELDS: Fields  # attribute → what it says
    FLATTENED: Flattened  # prefix of `prefix.….…` attributes → what they say together
    REFINE: Refinements  # marker attribute, or Scope → what no table can say
    EVENTS: Events  # name of an event ("": any other) → adds what it says to the content


# Ranks. A lower one wins; docs/extending.md explains the order.
STATED, MARKED, TRACELOOP, OPENINFERENCE, VENDOR = 10, 20, 30, 40, 50  # of the kind
OPERATION, REQUEST_TYPE, MCP, EVIDENCE = 60, 70, 80, 90
FROM_EVENTS = 60  # of content: after all structured attributes, before the generic ones
GENERIC = 90

CALLS = kinds(Kind.TOOL, Kind.HANDOFF)
AGENTS = kinds(Kind.AGENT)
CONVERSATIONS = kinds(Kind.LLM, Kind.AGENT)
MODEL_CALLS = kinds(Kind.LLM)
JUDGES = kinds(Kind.GUARDRAIL, Kind.EVALUATOR, Kind.HUMAN)
