"""What a model thought before it answered, as far as it was told. Pure.

Providers tell it as parts of their own; some tell only that there was reasoning, and how many
tokens it took. Models without such parts think inside the answer: between `<think>` tags, or as
the thought of ReAct (Yao et al., 2022) before an action.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from agentscope.transcript.news import Plain

TAG = re.compile(r"<(/?)(think|thinking|thought)>", re.IGNORECASE)
THOUGHT = re.compile(r"\s*Thoughts?: *")
ACTION = re.compile(r"^[ \t]*(?:(?:Action|Final Answer|Answer|Code)s?: ?|<code>|```)", re.MULTILINE)


class Divided(NamedTuple):
    """A text in two: what was thought in it, and the rest."""

    thoughts: list[str]
    rest: str


@dataclass(slots=True, frozen=True)
class Thought:
    """What was thought before an answer."""

    text: str
    is_inline: bool = False  # it is told inside the answer


def thoughts(answers: Sequence[Plain]) -> Iterator[Thought]:
    """All thoughts of answers that have words, in their order."""
    for part in parts_of(answers):
        text = (part.get("text") or "").strip()
        if part["type"] == "reasoning" and text:
            yield Thought(text)
        elif part["type"] == "text":
            yield from (Thought(each, is_inline=True) for each in divided(text).thoughts)


def is_hidden(answers: Sequence[Plain]) -> bool:
    """Whether there was reasoning of which no word was told: redacted, encrypted, or left out."""
    told = [part.get("text") for part in parts_of(answers) if part["type"] == "reasoning"]
    return bool(told) and not any(told)


def divided(text: str) -> Divided:
    """What was thought inside a text, and what is left; all is left if it is nothing but that."""
    found, rest = untagged(text)
    begin = THOUGHT.match(rest)
    action = ACTION.search(rest, begin.end()) if begin else None
    if begin and action and (said := rest[begin.end() : action.start()].strip()):
        found.append(said)
        rest = rest[action.start() :].strip()
    return Divided([each for each in found if each], rest) if rest else Divided([], text)


def untagged(text: str) -> Divided:
    """What stands between tags, and the rest. Each tag is looked at once, however many are never
    closed: models and attackers write what they like."""
    found, rest, at = [], [], 0
    opened: dict[str, re.Match[str]] = {}
    for tag in TAG.finditer(text):
        name = tag[2].lower()
        if not tag[1]:
            opened.setdefault(name, tag)
        elif name in opened:
            begin = opened[name]
            found.append(text[begin.end() : tag.start()].strip())
            rest.append(text[at : begin.start()])
            at = tag.end()
            opened.clear()
    return Divided(found, "".join([*rest, text[at:]]).strip())


def parts_of(answers: Sequence[Plain]) -> Iterator[Plain]:
    """The parts of all answers."""
    for answer in answers:
        yield from answer.get("parts") or []
