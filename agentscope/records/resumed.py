"""What a person answered to an interrupt, where a run of LangGraph goes on with that. Pure.

Such an answer may be anything. Read as a yes or a no is only what can be little else: a mark, a
word, "approved by dana", and the answers of LangChain's human-in-the-loop middleware and of Agent
Inbox, `{"decisions": [{"type": "approve"}]}` and `[{"type": "accept", "args": null}]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

OPEN = "answered"  # with what nothing tells to be a yes or a no
VERBS = {
    "approved": "approve approved accept accepted allow allowed confirm confirmed",
    "changed": "edit edited modify modified",
    "rejected": "reject rejected decline declined deny denied refuse refused",
}
ALONE = {"approved": "yes y true ok okay", "rejected": "no n false ignore ignored"}
MARKS = {word: meaning for meaning, spelled in VERBS.items() for word in spelled.split()}
MEANT = MARKS | {word: meaning for meaning, spelled in ALONE.items() for word in spelled.split()}
OPPOSITE = {"approved": "rejected", "rejected": "approved"}
NAMING = ("type", "action", "decision", "answer", "status")  # fields with such a word
INSIDE = ("decisions", "responses")  # fields with a list of such answers
SIGNED = re.compile(
    r"([a-z]+) by (?!(?:the|an?|my|our|no)\b)([^\s,;:!?()]+(?: [^\s,;:!?()]+)?)", re.IGNORECASE
)
INTERRUPT = re.compile(r"[0-9a-f]{32}")  # its id: several are answered by a mapping from them
DEEPEST = 4  # answers in answers


@dataclass(slots=True, frozen=True)
class Reading:
    """What an answer came to: `words` of an approval, and whom it names."""

    words: str = OPEN
    by: str = ""


def resumed_with(given: Any) -> Any:
    """What a person answered, of what a run was given; None if it does not go on so."""
    try:
        said = orjson.loads(given) if isinstance(given, str) else given
    except orjson.JSONDecodeError:
        return None
    command = said.get("inputs", said) if isinstance(said, dict) else None  # as OpenLLMetry has it
    if isinstance(command, dict) and command.keys() >= {"resume", "goto"}:
        return command["resume"]
    return None


def reading(said: Any) -> Reading:
    """What an answer came to."""
    signed = SIGNED.fullmatch(said.strip().rstrip(".")) if isinstance(said, str) else None
    if signed and (words := MEANT.get(signed[1].lower())):
        return Reading(words, signed[2])
    return Reading(meaning(said, DEEPEST) or OPEN)


def meaning(said: Any, depth: int) -> str:
    """Whether it is a yes or a no; "" where it may be neither."""
    match said:
        case bool():
            return "approved" if said else "rejected"
        case str():
            return MEANT.get(said.strip().rstrip(".!").lower(), "")
        case list() if depth:
            return agreed(meaning(each, depth - 1) for each in said)
        case dict() if depth and all(INTERRUPT.fullmatch(name) for name in said):
            return agreed(meaning(each, depth - 1) for each in said.values())
        case dict() if depth:
            return agreed(of_fields(said, depth - 1))
        case _:
            return ""


def of_fields(said: Mapping[str, Any], depth: int) -> Iterator[str]:
    """What each field of an answer says that is there to say so: lists, words, and marks."""
    for name, value in said.items():
        if (name in INSIDE and isinstance(value, list)) or (name in NAMING and value):
            yield meaning(value, depth)
        elif isinstance(value, bool) and (mark := MARKS.get(name.lower(), "")) in OPPOSITE:
            yield mark if value else OPPOSITE[mark]


def agreed(meanings: Iterable[str]) -> str:
    """What all of them come to; "" where they differ. With changes is approved what is changed."""
    match sorted(set(meanings)):
        case [only]:
            return only
        case ["approved", "changed"]:
            return "changed"
        case _:
            return ""
