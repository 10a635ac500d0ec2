"""What guardrails, evaluators and people came to: by attributes that say so, else by the shape of
what they gave back. A score alone is no verdict, for nobody says where it begins to be too low."""

from __future__ import annotations

from typing import Any

from agentscope.vocabulary import ErrorClass, Flag, Kind, Meaning, Value, Verdict
from ingest.reading.json_values import parsed
from ingest.reading.scalars import count, words
from ingest.reading.source import Facts

KINDS = (Kind.GUARDRAIL, Kind.EVALUATOR, Kind.HUMAN)
LONGEST_WORD = 40
LONGEST_WHY = 2_000  # characters; the whole is in what it gave back
SPELLED = {
    Verdict.PASSED: "passed pass success succeeded ok allow allowed approve approved accept "
    "accepted confirm confirmed safe valid permit permitted none",
    Verdict.CHANGED: "modify modified change changed edit edited redact redacted mask masked "
    "anonymized sanitize sanitized rewrite rewritten",
    Verdict.REFUSED: "failed fail failure block blocked deny denied reject rejected refuse refused "
    "decline declined intervened guardrail_intervened unsafe invalid flagged violation",
}
WORDS = {word: each for each, spelled in SPELLED.items() for word in spelled.split()}
# Fields of what it gave back: of OpenAI's Agents SDK, LangWatch, Guardrails AI, moderation APIs
REFUSING = (
    *("tripwire_triggered", "tripwireTriggered", "triggered", "blocked", "flagged", "denied"),
    *("rejected",),
)
PASSING = ("passed", "validation_passed", "allowed", "approved", "valid", "is_valid")
NAMING = ("verdict", "decision", "action", "label")
INFOS = ("output_info", "outputInfo")  # of OpenAI's Agents SDK: a text, or what a judge answered
WHYS = ("reason", "reasoning", "explanation", "details", "message", "feedback", *INFOS)
AROUND = ("output", "result", "value")  # what such an object lies in


def verdict(value: Value) -> Verdict | None:
    """A verdict in any of the usual words."""
    said = value.strip().lower() if isinstance(value, str) and len(value) <= LONGEST_WORD else ""
    return WORDS.get(said)


def refused_if(value: Value) -> Verdict | None:
    """Of a mark that says whether something was turned down."""
    return {"true": Verdict.REFUSED, "false": Verdict.PASSED}.get(str(value).lower())


def passed_if(value: Value) -> Verdict | None:
    """Of a mark that says whether something was let through."""
    return {"true": Verdict.PASSED, "false": Verdict.REFUSED}.get(str(value).lower())


def refused_if_any(value: Value) -> Verdict | None:
    """Of a number of guards that turned something down."""
    number = count(value)
    return None if number is None else Verdict.REFUSED if number else Verdict.PASSED


def listed(value: Value) -> str | None:
    """The words of a list, joined."""
    return ", ".join(words(value) or []) or None


def say_verdict(meaning: Meaning, facts: Facts) -> None:
    """What a judge came to. What it failed with, because it turned something down, is a verdict
    too."""
    if meaning.kind not in KINDS:
        return
    given = object_in(meaning.content.output)
    meaning.verdict = meaning.verdict or verdict_in(given) or in_a_word(meaning) or Verdict.NONE
    if not meaning.verdict and meaning.error_class is ErrorClass.CONTENT_FILTER:
        meaning.verdict = Verdict.REFUSED
    meaning.verdict_why = (meaning.verdict_why or why_in(given))[:LONGEST_WHY]
    if meaning.verdict is Verdict.REFUSED:
        facts.flags |= int(Flag.REFUSED)


def in_a_word(meaning: Meaning) -> Verdict | None:
    """What a person said whose whole answer is one of these words."""
    return verdict(parsed(meaning.content.output)) if meaning.kind is Kind.HUMAN else None


def object_in(output: Value) -> dict[str, Any]:
    """What was given back as an object, out of what is around it; empty if it is none."""
    found = parsed(output)
    if not isinstance(found, dict):
        return {}
    inner = next((said for name in AROUND if isinstance(said := found.get(name), dict)), None)
    return found if inner is None or verdict_in(found) else inner


def verdict_in(given: dict[str, Any]) -> Verdict | None:
    """What an object says by its fields."""
    marks = ((REFUSING, refused_if), (PASSING, passed_if))
    for names, read in marks:
        for name in names:
            if isinstance(given.get(name), bool):
                return read(given[name])
    return next((said for name in NAMING if (said := verdict(given.get(name)))), None)


def why_in(given: dict[str, Any]) -> str:
    """The reason that an object names, or what a judge answered in it, if it is a text."""
    inner = next((said for name in INFOS if isinstance(said := given.get(name), dict)), {})
    found = (each.get(name) for each in (given, inner) for name in WHYS)
    return next((said for said in found if isinstance(said, str) and said), "")
