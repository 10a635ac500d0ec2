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

TAGGED = re.compile(r"<(think|thinking|thought)>(.*?)</\1>", re.DOTALL | re.IGNORECASE)
BEFORE_ACTION = re.compile(
    r"\A\s*Thoughts?: *(.+?)\n+(?=\s*(?:(?:Action|Final Answer|Answer|Code)s?: ?|<code>|```))",
    re.DOTALL,
)


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
    found = [said.strip() for _, said in TAGGED.findall(text)]
    rest = TAGGED.sub("", text).strip()
    if said := BEFORE_ACTION.match(rest):
        found.append(said[1].strip())
        rest = rest[said.end() :].strip()
    return Divided([each for each in found if each], rest) if rest else Divided([], text)


def parts_of(answers: Sequence[Plain]) -> Iterator[Plain]:
    """The parts of all answers."""
    for answer in answers:
        yield from answer.get("parts") or []
