"""What spans mean to one project: its own mappings go before all dialects; attributes that it
groups costs by, and fields that it does not compare, are taken along.

A project without any of these shares the plain understanding, so that it costs nothing there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import orjson

from agentscope.projects.mappings import Wishes, wishes_of
from agentscope.signatures.canonical import plain as plain_name
from agentscope.vocabulary import (
    BY_MAPPING,
    OF_RESOURCE,
    OF_SCOPE,
    Discarded,
    Kind,
    Meaning,
    Value,
    WireLog,
    WireScope,
    WireSpan,
)
from ingest.dialects import TOGETHER
from ingest.reading.plan import Plan
from ingest.reading.scalars import count, kind_of, name, outcome, tier, usd, yes
from ingest.reading.source import Events, Facts, Fields, Flattened, Parse, Refinements, Source
from ingest.understand import Understanding

REFRESHED = 2.0  # seconds after which a change is known to every process
MOST_KEPT = 1000  # projects
LONGEST_DIMENSION = 200  # characters

THROWN_AWAY = {each.word: each for each in Discarded if each} | {
    "true": Discarded.UNUSED,
    "1": Discarded.UNUSED,
}


def discarded(value: Value) -> Discarded | None:
    """A word of vocabulary.Discarded; true for work of which nobody said why."""
    return THROWN_AWAY.get(str(value).strip().lower())


COUNTS = (
    "input_tokens output_tokens total_tokens cache_read_tokens cache_write_tokens "
    "cache_write_5m_tokens cache_write_1h_tokens reasoning_tokens audio_input_tokens "
    "audio_output_tokens tool_input_tokens web_searches step_limit"
).split()
NAMES = (
    "agent agent_id agent_version request_model framework tool tool_call_id session conversation "
    "user environment response_id error_type error_message"
).split()
# Fields of projects.mappings.FIELDS → the field of a Source, and its parser
READERS: dict[str, tuple[str, Parse]] = {
    "kind": ("kind", kind_of({kind.word: kind for kind in Kind})),
    "model": ("response_model", name),
    "provider": ("system", name),
    "service_tier": ("service_tier", tier),
    "outcome": ("outcome", outcome),
    "discarded": ("discarded", discarded),
    "reported_cost": ("reported_cost", usd),
    **{flag: (flag, yes) for flag in ("cached_answer", "additive", "roll_up", "evaluation")},
    **{field: (field, count) for field in COUNTS},
    **{field: (field, name) for field in NAMES},
}


@dataclass
class Mappings:
    """The mappings of a project as a dialect."""

    FIELDS: Fields
    NAME: str = "project"
    FLATTENED: Flattened = field(default_factory=dict)
    REFINE: Refinements = field(default_factory=dict)
    EVENTS: Events = field(default_factory=dict)


def dialect(wishes: Wishes) -> Mappings:
    """Sources with ranks before those of all dialects, in the order of the mappings."""
    sources: dict[str, tuple[Source, ...]] = {}
    for rank, (attribute, said) in enumerate(wishes.mappings, -len(wishes.mappings)):
        into, parse = READERS[said]
        source = Source(into, rank, parse)  # type: ignore[arg-type]
        sources[attribute] = (*sources.get(attribute, ()), source)
    return Mappings(sources)


class OwnUnderstanding(Understanding):
    """What spans mean to a project with wishes of its own."""

    def __init__(self, wishes: Wishes) -> None:
        self.plan = TOGETHER.plan
        self.own = Plan((dialect(wishes),))
        self.mapped = [key for key, _ in wishes.mappings]
        self.attributes = wishes.attributes
        self.volatile = frozenset(map(plain_name, wishes.volatile))

    def facts(self, attributes: Mapping[str, Value], scope: WireScope | None = None) -> Facts:
        """What the dialects say, and before them what is mapped: of the record, else of its scope,
        else of its resource."""
        facts = super().facts(attributes)
        if self.mapped:
            self.add_mapped(facts, "", attributes)
            if scope is not None:
                self.add_mapped(facts, OF_SCOPE, scope.attributes)
                self.add_mapped(facts, OF_RESOURCE, scope.resource)
        return facts

    def add_mapped(self, facts: Facts, place: str, said: Mapping[str, Value]) -> None:
        """Candidates by the mappings, each under the place that it was found in."""
        found = self.own.facts({key: said[key] for key in self.mapped if key in said})
        facts.flags |= found.flags
        for said_field, candidates in found.candidates.items():
            facts.candidates.setdefault(said_field, []).extend(
                (rank, f"{place}{key}{BY_MAPPING}", value, source)
                for rank, key, value, source in candidates
            )

    def span(self, span: WireSpan) -> Meaning:
        return self.with_wishes(super().span(span), span.attributes, span.scope.resource)

    def log(self, record: WireLog) -> Meaning:
        return self.with_wishes(super().log(record), record.attributes, record.scope.resource)

    def with_wishes(self, meaning: Meaning, *sent: Mapping[str, Value]) -> Meaning:
        """The meaning with what the project groups by, and with what it does not compare."""
        meaning.dimensions = self.dimensions(*sent)
        meaning.volatile = self.volatile
        return meaning

    def dimensions(self, *sent: Mapping[str, Value]) -> dict[str, str]:
        """What the attributes say by which costs are grouped: the span's, else the resource's."""
        found = {}
        for key in self.attributes:
            holder = next((each for each in sent if each.get(key) not in (None, "")), None)
            if holder is not None:
                found[key] = plain(holder[key])[:LONGEST_DIMENSION]
        return found


def plain(value: Value) -> str:
    """A value as text: what is no text as JSON."""
    if isinstance(value, str):
        return value
    try:
        return orjson.dumps(value, default=str).decode()
    except TypeError:
        return str(value)


Kept = tuple[float, Wishes, Understanding]  # until when it is fresh
_kept: dict[int, Kept] = {}


def understanding_of(
    project_id: int,
    read: Callable[[int], Wishes] = wishes_of,
    clock: Callable[[], float] = time.monotonic,
) -> Understanding:
    """The understanding of a project, with its wishes of REFRESHED seconds ago at most."""
    now = clock()
    known = _kept.get(project_id)
    if known and known[0] > now:
        return known[2]
    wishes = read(project_id)
    found = known[2] if known and known[1] == wishes else understanding(wishes)
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[project_id] = (now + REFRESHED, wishes, found)
    return found


def understanding(wishes: Wishes) -> Understanding:
    """A new understanding by these wishes, or the plain one if there are none."""
    return TOGETHER if wishes == Wishes() else OwnUnderstanding(wishes)
