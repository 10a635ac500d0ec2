"""What a span means now and what it would mean with one more mapping, field by field; and where an
attribute was found. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from agentscope.traces.detail import SpanDetail
from agentscope.traces.meant import Meant
from agentscope.vocabulary import Meaning, rule_in_words

TEXTS = (
    "agent agent_id agent_version model request_model provider framework service_tier tool "
    "tool_call_id session user environment response_id outcome error_type error_message"
).split()
COUNTS = {
    "input": "input_tokens",
    "output": "output_tokens",
    "cache_read": "cache_read_tokens",
    "cache_write": "cache_write_tokens",
    "cache_write_1h": "cache_write_1h_tokens",
    "reasoning": "reasoning_tokens",
    "audio_input": "audio_input_tokens",
    "audio_output": "audio_output_tokens",
    "web_searches": "web_searches",
}
OF_TOKENS = {*COUNTS.values(), "rule of the tokens"}
OF_SPANS = {"kind", "status", "flags"}  # what records do not say of their spans
LONGEST = 200  # characters of a value


@dataclass(slots=True, frozen=True)
class Said:
    """A value in words, and the attribute that it is from. Empty: not said."""

    value: str = ""
    source: str = ""


@dataclass(slots=True, frozen=True)
class Line:
    """One field before and after."""

    field: str
    now: Said
    then: Said

    @property
    def differs(self) -> bool:
        return self.now != self.then


def lines(now: Meant, then: Meant) -> list[Line]:
    """The fields that either says something of, those that differ first."""
    before, after = all_said(now), all_said(then)
    names = list(dict.fromkeys((*before, *after)))
    found = [Line(name, before.get(name, Said()), after.get(name, Said())) for name in names]
    return sorted(found, key=lambda line: not line.differs)


def all_said(meant: Meant) -> dict[str, Said]:
    """What a span says, and of what it leaves open what its log records say. Its tokens are those
    of one of them: numbers that were counted in different ways do not mix."""
    found = dict(said(meant.span))
    for event, meaning in meant.told:
        has_tokens = not found.keys().isdisjoint(COUNTS.values())
        for name, each in said(meaning):
            if name not in OF_SPANS and not (has_tokens and name in OF_TOKENS):
                source = f"{each.source} ({event})" if each.source else f"({event})"
                found.setdefault(name, Said(each.value, source))
    return found


def places(attribute: str, detail: SpanDetail) -> list[str]:
    """Where an attribute is, in the order in which it is looked for."""
    return [place for place, names in named(detail) if attribute in names]


def known(detail: SpanDetail) -> dict[str, str]:
    """All attributes of a span in alphabetical order, each with where it is."""
    found: dict[str, str] = {}
    for place, names in named(detail):
        for name in names:
            found.setdefault(name, place)
    return dict(sorted(found.items()))


def named(detail: SpanDetail) -> Iterator[tuple[str, Iterable[str]]]:
    """Places with the attributes that are there."""
    yield "the span itself", detail.attributes
    yield "the span's scope", detail.scope.get("attributes", {})
    yield "the span's resource", detail.resource
    events: dict[str, set[str]] = {}
    for log in detail.logs:
        events.setdefault(log.log.event_name, set()).update(log.record.attributes)
    for event, names in events.items():
        yield f"a log record of the span, {event}".rstrip(", "), sorted(names)


def said(meaning: Meaning) -> Iterator[tuple[str, Said]]:
    """Each field that a meaning says something of."""
    sources = meaning.sources
    yield "kind", Said(meaning.kind.word, sources.get("kind", ""))
    yield "status", Said(meaning.status.word)
    for name in TEXTS:
        if value := getattr(meaning, name):
            yield name, Said(str(value)[:LONGEST], sources.get(name, ""))
    yield from usage(meaning)
    if meaning.reported_cost is not None:
        yield "reported_cost", Said(f"{meaning.reported_cost:f}", sources.get("reported_cost", ""))
    if meaning.discarded:
        yield "discarded", Said(meaning.discarded.word, sources.get("discarded", ""))
    if flags := [flag.name.lower() for flag in meaning.flags if flag.name]:
        yield "flags", Said(", ".join(flags))
    for name, value in meaning.dimensions.items():
        yield f"group {name}", Said(value, name)


def usage(meaning: Meaning) -> Iterator[tuple[str, Said]]:
    """Tokens, and the rule by which the reported numbers became these."""
    whole = meaning.sources.get("usage", "")
    for part, name in COUNTS.items():
        number = getattr(meaning.usage, part)
        if number is not None:
            yield name, Said(f"{number:,}", meaning.sources.get(name, whole))
    if rule := rule_in_words(meaning.usage.rule):
        yield "rule of the tokens", Said(rule)
