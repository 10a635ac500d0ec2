"""Secrets and personal data in what a step is asked for and gives back: the number of the surest
rule that finds any, and whether what it replaced leaves the step unknown.

Looked for when a span is stored, so that no payload is read later. What was replaced before that is
told by what stands in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from agentscope.secrets.find import Finder
from agentscope.secrets.markers import has_hints, hides, markers
from agentscope.secrets.rules import BY_CODE, NAMED_SECRET, Category
from agentscope.signatures.canonical import packed
from agentscope.signatures.outputs import last_word
from agentscope.signatures.taken_out import hides_value, may_hide
from agentscope.vocabulary import Kind, Meaning, Message, Value

FINDER = Finder()
# Numbers beside those of rules: a field whose name says it, and a rule of the project.
NAMED, OWN = 254, 255
PERSONAL = frozenset(rule.number for rule in BY_CODE.values() if rule.category is Category.PERSONAL)
# The fields of a record that a masked value leaves unknown.
ASKED = ("call", "bag", "target", "arguments", "argument_size", "position", "human", "work")
GIVEN = ("result", "asks", "output", "output_size", "advance", "fault")


class Spoken(NamedTuple):
    """What is new in what a step was asked, and what it gave back, as texts. Of a conversation only
    its last message is, for calls before this one were asked the others."""

    asked: list[str]
    given: list[str]


def guarded(said: dict[str, Any], spoken: Spoken) -> dict[str, Any]:
    """The fields of a record with the rules that find anything, and without those that are not
    known for a value was masked or taken out: two calls are not the same because of what is hidden
    in them."""
    if is_clean("\n".join([*spoken.asked, *spoken.given])):
        return said
    for texts, rule, fields in zip(
        spoken, ("asked_rule", "given_rule"), (ASKED, GIVEN), strict=True
    ):
        if number := surest(texts):
            said[rule] = number
        if any(hides(text) or hides_value(text) for text in texts):
            said = {name: value for name, value in said.items() if name not in fields}
    return said


def is_clean(text: str) -> bool:
    """Whether no rule can find anything, nor did before it was replaced. Of most steps it is so,
    and to look at all their texts at once is quicker; a line's end between them joins nothing."""
    return not has_hints(text) and not may_hide(text) and not FINDER.candidates(text)


def spoken(meaning: Meaning) -> Spoken:
    """What a step was asked and gave back."""
    content = meaning.content
    if meaning.kind == Kind.LLM:
        return texts_of(values_of(content.input_messages[-1:]), values_of(content.output_messages))
    if meaning.kind == Kind.AGENT:
        asked = last_word(content.input_messages) or content.input
        return texts_of([asked], [*values_of(content.output_messages), content.output])
    arguments = content.arguments if content.arguments is not None else content.input
    return texts_of([arguments], [content.result if content.result is not None else content.output])


def texts_of(asked: Iterable[Value], given: Iterable[Value]) -> Spoken:
    """Values as texts."""
    return Spoken(
        [text for each in asked if (text := text_of(each))],
        [text for each in given if (text := text_of(each))],
    )


def values_of(messages: Iterable[Message]) -> Iterator[Value]:
    """Texts, arguments and results in some messages."""
    for message in messages:
        for part in message.parts:
            yield part.text
            yield part.value


def text_of(value: Value) -> str:
    """A value as a text in which names stand beside their values."""
    if value is None or isinstance(value, str):
        return value or ""
    return (
        packed(value).decode("utf-8", "replace") if isinstance(value, dict | list) else str(value)
    )


def surest(texts: Iterable[str]) -> int:
    """The number of the surest rule that finds anything, secrets before personal data; 0: none."""
    found = {number for text in texts for number in numbers(text)}
    return min(found, key=lambda number: (number in PERSONAL, number), default=0)


def numbers(text: str) -> Iterator[int]:
    """The numbers of all rules that find anything, or did before it was replaced."""
    codes = [hit.code for hit in FINDER.hits(text)]
    codes += [code for _, _, code in markers(text) if code]
    for code in codes:
        yield BY_CODE[code].number if code in BY_CODE else NAMED if code == NAMED_SECRET else OWN
