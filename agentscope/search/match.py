"""Whether a step is what is looked for, and where in it. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agentscope.search.asked import Asked, Needle
from agentscope.search.texts import Attributes, Step, unescaped
from agentscope.search.words import fold, is_bound

AROUND = 60  # characters that are shown on both sides


@dataclass(slots=True, frozen=True)
class Sight:
    """Where something was found: the place in words of texts.py or the name of an attribute, and
    the text there, with what surrounds it."""

    place: str
    before: str
    found: str
    after: str


def sight(step: Step, resource: Attributes, asked: Asked) -> Sight | None:
    """Where a step has what is looked for; None unless it has all of it."""
    for condition in asked.conditions:
        values = [
            said[condition.key] for said in (step.attributes, resource) if condition.key in said
        ]
        if not condition.holds(values):
            return None
    seen = [seen_in(step, needle) for needle in asked.needles]
    if not all(seen):
        return None
    if seen:
        return seen[0]
    key = asked.conditions[0].key
    value = step.attributes.get(key, resource.get(key))
    return Sight(key, "", str(value)[: 2 * AROUND], "")


def seen_in(step: Step, needle: Needle) -> Sight | None:
    """The first place in a step that has a needle."""
    for place, text in step.texts:
        for spelled in spellings(text):
            folded = fold(spelled)
            at = next(places(folded, needle.text), None)
            if at is not None:
                return cut(place, as_written(spelled, folded), at, at + len(needle.text))
    return None


def spellings(text: str) -> Iterator[str]:
    """A text, and as what it means, if it holds escapes."""
    yield text
    if "\\" in text:
        yield unescaped(text)


def places(folded: str, needle: str) -> Iterator[int]:
    """Where a folded text has a folded needle that is not part of a longer word."""
    at = folded.find(needle)
    while at >= 0:
        if is_bound(folded, at) and is_bound(folded, at + len(needle)):
            yield at
        at = folded.find(needle, at + 1)


def as_written(text: str, folded: str) -> str:
    """The text as it was written, with a space for each stretch of white space, if its characters
    are in the same places as those of the folded one; else that."""
    plain = " ".join(text.split())
    return plain if plain.lower() == folded else folded


def cut(place: str, text: str, first: int, end: int) -> Sight:
    """What is found and what surrounds it; a mark says that a text goes on."""
    before, after = text[max(0, first - AROUND) : first], text[end : end + AROUND]
    return Sight(
        place,
        ("…" if first > AROUND else "") + before,
        text[first:end],
        after + ("…" if end + AROUND < len(text) else ""),
    )
