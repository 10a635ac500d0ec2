"""What a turn of a transcript answered: messages, and calls of tools with what came of them. Pure.

Calls are told twice, by the answer of the model and by the span of the tool; here they are one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agentscope.traces.ids import span_hex
from agentscope.traces.tree import Tree
from agentscope.transcript.news import Plain, are_choices
from agentscope.transcript.read import Spoken
from agentscope.vocabulary import Kind, Status
from ui.conversation import Conversation, conversation


def answers(said: Spoken, tree: Tree, limit: int, parts: int) -> list[Conversation]:
    """What a turn answered, each choice for itself; calls of tools stand with their results. Calls
    that no answer names are of the last one. Texts beyond `limit` characters are cut, and so is
    what has more parts than `parts`."""
    choices = [
        {**each, "parts": [{**part} for part in each.get("parts") or []]} for each in said.answers
    ]
    choices = choices or [{"role": "assistant", "parts": []}]
    calls = [part for each in choices for part in each["parts"] if part["type"] == "tool_call"]
    results = []
    for outcome in outcomes(said, tree):
        call = call_of(outcome, calls)
        if call is None:
            choices[-1]["parts"].append(outcome.call)
            call = outcome.call
        results.append({**outcome.result, "id": call["id"]})
    found = []
    for choice in choices if are_choices(choices) else [joined(choices)]:
        ids = {part.get("id") for part in choice["parts"]}
        told = [result for result in results if result["id"] in ids]
        talk = [choice, {"role": "tool", "parts": told}]
        found.append(conversation(talk, limit, parts=parts))
    return [each for each in found if each.turns]


def joined(answers: list[Plain]) -> Plain:
    """Several messages that are one answer."""
    parts = [part for each in answers for part in each["parts"]]
    ended = [said for each in answers if (said := each.get("finish_reason"))]
    return {**answers[0], "parts": parts, "finish_reason": ended[-1] if ended else None}


@dataclass(slots=True, frozen=True)
class Outcome:
    """A tool call as its own span tells it: what a message would say of the call and its result."""

    call: Plain
    result: Plain
    has_id: bool


def outcomes(said: Spoken, tree: Tree) -> Iterator[Outcome]:
    """The tool calls that came of a turn."""
    for at in said.events:
        if tree.kind[at] != Kind.TOOL:
            continue
        told, row = said.said[at], tree.row(at)
        is_error = row.status == Status.ERROR
        result = told.content.get("result", told.content.get("output"))
        if result is None:
            result = (told.error or "failed") if is_error else "no result is known"
        name = row.text("tool") or row.text("name")
        given = told.content.get("arguments", told.content.get("input"))
        call_id = told.tool_call_id or f"span {span_hex(row.span_id)}"
        yield Outcome(
            {"type": "tool_call", "id": call_id, "name": name, "value": given},
            {"type": "tool_result", "value": result, "is_error": is_error},
            has_id=bool(told.tool_call_id),
        )


def call_of(outcome: Outcome, calls: list[Plain]) -> Plain | None:
    """The call of an answer that a span tells of, taken out of those that are left: by its id, else
    by its name and arguments, else the first of its name. It is given the id if it has none."""
    said = outcome.call
    named = [
        call
        for call in calls
        if call.get("name") == said["name"] and not (call.get("id") and outcome.has_id)
    ]
    found = next((call for call in calls if call.get("id") == said["id"]), None)
    found = found or next((call for call in named if call.get("value") == said["value"]), None)
    found = found or next(iter(named), None)
    if found is not None:
        calls.remove(found)
        found["id"] = found.get("id") or said["id"]
    return found
