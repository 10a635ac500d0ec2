"""What was said on a span: for each part of the content, the best source that says something."""

from __future__ import annotations

from agentscope.vocabulary import Content, Message, Part
from ingest.reading.absent import TRUNCATED, is_cut
from ingest.reading.messages import has_content
from ingest.reading.source import CALLS, Facts

FIELDS = frozenset(
    "instructions input_messages output_messages tools arguments result input output".split()
)


def read_content(content: Content, facts: Facts) -> None:
    """Fill the content of a record whose kind is known.

    What has no structure (`input.value` and the like) is only a way out: it is left aside where
    messages, or the arguments and result of a call, were found.
    """
    if FIELDS.isdisjoint(facts.candidates):
        return
    content.input_messages = told(facts, "input_messages")
    content.output_messages = told(facts, "output_messages")
    if CALLS >> facts.kind & 1:
        read_call(content, facts)
    instruct(content, facts)
    content.tools = facts.best("tools") or []
    if content.arguments is None and not has_content(content.input_messages):
        content.input = facts.best("input")
    if content.result is None and not has_content(content.output_messages):
        content.output = facts.best("output")
    finish(content, facts)
    note_cuts(facts)


def read_call(content: Content, facts: Facts) -> None:
    """Arguments and result of a call; from messages, where these are all that there is."""
    content.arguments = facts.best("arguments")
    content.result = facts.best("result")
    if content.arguments is None and (said := only_part(content.input_messages)):
        content.arguments = said.text if said.value is None else said.value
        facts.sources["arguments"] = facts.sources.pop("input_messages")
        content.input_messages = []
    if content.result is None and (said := only_part(content.output_messages)):
        content.result = said.text if said.value is None else said.value
        facts.sources["result"] = facts.sources.pop("output_messages")
        content.output_messages = []


def only_part(messages: list[Message]) -> Part | None:
    """The one thing that is said, if it is one. Strands tells a call and its result that way."""
    parts = [part for message in messages for part in message.parts]
    return parts[0] if len(parts) == 1 else None


def told(facts: Facts, field: str) -> list[Message]:
    """The messages of the best source. One that has roles and names only, because its sender does
    not capture content, gives way to one with content."""
    silent: list[Message] = []
    if field not in facts.candidates:
        return silent
    for key, found in facts.ranked(field):
        if found and has_content(found):
            facts.sources[field] = key
            return list(found)
        if found and not silent:
            facts.sources[field] = key
            silent = list(found)
    return silent


def instruct(content: Content, facts: Facts) -> None:
    """Put system instructions that are kept apart in front of the conversation."""
    found: list[Message] | None = facts.best("instructions")
    if found and not any(message.role == "system" for message in content.input_messages):
        content.input_messages[:0] = found


def finish(content: Content, facts: Facts) -> None:
    """Give each answer the reason why it ended, where only the span says so."""
    reasons = facts.best("finish_reasons") if content.output_messages else None
    for message, reason in zip(content.output_messages, reasons or (), strict=False):
        message.finish_reason = message.finish_reason or reason


def note_cuts(facts: Facts) -> None:
    """Mark content that its sender cut: a text that ends in a note of its own truncation. An
    attribute that stands for several fields is looked at once."""
    last = None
    for field, found in facts.candidates.items():
        if field in FIELDS:
            for candidate in found:
                value = candidate[2]
                if value is not last and type(value) is str and value[-1:] == "]":
                    facts.flags |= TRUNCATED if is_cut(value) else 0
                last = value
