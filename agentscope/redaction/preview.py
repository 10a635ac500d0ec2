"""What a policy would replace in stored records. Pure; shows everything that any rule finds masked,
whatever the policy does with it, so that the preview tells no secret."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from opentelemetry.proto.common.v1.common_pb2 import ArrayValue, KeyValueList

from agentscope.redaction.messages import ANY_VALUE, MESSAGE, PAIR, TEXT, redact
from agentscope.redaction.policy import Action, Own, Policy
from agentscope.redaction.redactor import Redactor
from agentscope.secrets.markers import markers
from agentscope.secrets.rules import Category

VALUES = (ANY_VALUE, ArrayValue.DESCRIPTOR.full_name, KeyValueList.DESCRIPTOR.full_name)
AROUND = 40  # characters shown before and behind


@dataclass(slots=True, frozen=True)
class Shown:
    """One value that a rule finds: where, by which rule, what becomes of it, and what is around."""

    record: str
    place: str
    code: str
    action: Action
    before: str
    after: str


def preview(records: Iterable[tuple[str, Message]], policy: Policy) -> Iterator[Shown]:
    """What is found in some records, each given with its name."""
    everything = Redactor(all_masked(policy), b"")
    for name, record in records:
        known = Counter((place, code) for place, _, _, _, code in marked(record))
        clean = type(record)()
        clean.CopyFrom(record)
        redact(clean, everything)
        for place, text, start, end, code in marked(clean):
            known[place, code] -= 1
            if code and known[place, code] < 0:
                before, after = text[max(start - AROUND, 0) : start], text[end : end + AROUND]
                label = everything.text(name, Counter())
                yield Shown(label, place, code, action_of(policy, code), before, after)


def all_masked(policy: Policy) -> Policy:
    """The same rules, each of which masks."""
    own = tuple(Own(each.code, each.said, each.is_name, Action.MASK) for each in policy.own)
    return Policy(dict.fromkeys(Category, Action.MASK), own)


def action_of(policy: Policy, code: str) -> Action:
    """What the policy does with what a rule finds."""
    return policy.all().get(code, Action.OFF)


def marked(message: Message) -> Iterator[tuple[str, str, int, int, str]]:
    """The markers in a message: place, text, first and last position, code."""
    for place, text in texts(message, ""):
        for start, end, code in markers(text):
            yield place, text, start, end, code


def texts(message: Any, place: str) -> Iterator[tuple[str, str]]:
    """Every text of a message with where it is, in words."""
    name = message.DESCRIPTOR.full_name
    if name == PAIR:
        yield place, message.key
        yield from texts(message.value, f"{place} {message.key}".strip())
        return
    for field, value in message.ListFields():
        inside = place if name in VALUES else f"{place} {field.name}".strip()
        for each in value if field.is_repeated else (value,):
            if field.type == MESSAGE:
                yield from texts(each, inside)
            elif field.type == TEXT:
                yield inside, each
            elif field.type == FieldDescriptor.TYPE_BYTES and name == ANY_VALUE:
                yield inside, each.decode("utf-8", "replace")
