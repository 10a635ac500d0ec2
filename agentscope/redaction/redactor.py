"""Replaces what a policy names, in texts. Pure, and doing it twice changes nothing more."""

from __future__ import annotations

import json
from collections import Counter
from functools import lru_cache
from typing import Any

from agentscope.redaction.named import named_hits
from agentscope.redaction.policy import Action, Policy
from agentscope.secrets.find import Finder, Hit, apart, as_read
from agentscope.secrets.markers import DROPPED, hashed, masked
from agentscope.secrets.own import compiled, own_hits
from agentscope.secrets.rules import NAMED_SECRET, RULES, SECRET_NAMES, plain_name

DEEPEST = 8  # texts of JSON inside of texts of JSON
SHORT = 200  # characters; names and ids come again and again, and are looked up
MOST_KNOWN = 20_000  # of them
LONG_NUMBER = 10**11  # shorter ones are no number of a card
SURE, LEAST = -1, len(RULES)  # ranks: own patterns before all, names after all
# A field may be called so that its value is a secret, and the rule needs both.
TELLING = ("pass", "pwd", "secret", "key", "token")

Counts = Counter[str]  # replaced values by code
Value = Any


class Redactor:
    """A policy, ready for use by any number of threads. Raises secrets.own.BadPattern."""

    def __init__(self, policy: Policy, key: bytes) -> None:
        self.actions = policy.all()
        self.key = key
        self.finder = Finder([rule for rule in RULES if rule.code in self.actions])
        wanted = [own for own in policy.own if own.code in self.actions]
        self.patterns = [(own.said, own.code) for own in wanted if not own.is_name]
        self.names = {plain_name(own.said): own.code for own in wanted if own.is_name}
        if NAMED_SECRET in self.actions:
            self.names = dict.fromkeys(SECRET_NAMES, NAMED_SECRET) | self.names
        for said, _ in self.patterns:
            compiled(said)
        self.known: dict[str, tuple[str, Counts]] = {}

    def text(self, text: str, counts: Counts, depth: int = 0) -> str:
        """A text without what is to be replaced; adds to `counts` what was."""
        if len(text) > SHORT:
            return self.read(text, counts, depth)
        known = self.known.get(text)
        if known is None:
            counted: Counts = Counter()
            known = self.read(text, counted, depth), counted
            if len(self.known) >= MOST_KNOWN:
                self.known.clear()
            self.known[text] = known
        if known[1]:
            counts.update(known[1])
        return known[0]

    def read(self, text: str, counts: Counts, depth: int) -> str:
        """The same for a text that is not known yet."""
        hits = self.hits(text)
        if not hits and not hides_characters(text):
            return text
        if dropped := [hit for hit in hits if self.actions[hit.code] is Action.DROP]:
            counts[dropped[0].code] += 1
            return DROPPED
        if depth < DEEPEST and is_json(text):
            text = self.structured(text, counts, depth)
            hits = self.hits(text)
        return self.replaced(text, hits, counts)

    def hits(self, text: str) -> list[Hit]:
        """All that is to be replaced in a text, in order and apart."""
        found = self.finder.hits(text)
        for form in dict.fromkeys((text, as_read(text))) if self.patterns else ():
            for said, code in self.patterns:
                found += own_hits(said, code, SURE, form)
        if self.names:
            found += named_hits(text, self.names, LEAST)
        return apart(found, text) if found else found

    def replaced(self, text: str, hits: list[Hit], counts: Counts) -> str:
        """The text with something else in place of its hits."""
        pieces, end = [], 0
        for hit in hits:
            pieces += [text[end : hit.start], self.marker(hit.code, text[hit.start : hit.end])]
            counts[hit.code] += 1
            end = hit.end
        return "".join([*pieces, text[end:]])

    def marker(self, code: str, value: str) -> str:
        """What stands for a value."""
        action = self.actions[code]
        if action is Action.DROP:
            return DROPPED
        return hashed(code, value, self.key) if action is Action.HASH else masked(code)

    def structured(self, text: str, counts: Counts, depth: int) -> str:
        """JSON with its values replaced, so that it stays JSON; what is none as it is."""
        try:
            data = json.loads(text)
            counted: Counts = Counter()
            clean = self.value(data, counted, depth + 1)
        except (ValueError, RecursionError):
            return text
        if not counted:
            return text
        counts.update(counted)
        return json.dumps(clean, ensure_ascii=False).encode("utf-8", "replace").decode()

    def value(self, value: Value, counts: Counts, depth: int) -> Value:
        """A value of JSON."""
        if isinstance(value, str):
            return self.text(value, counts, depth)
        if isinstance(value, dict):
            return {
                self.text(key, counts, depth): self.field(key, each, counts, depth)
                for key, each in value.items()
            }
        if isinstance(value, list):
            return [self.value(each, counts, depth) for each in value]
        return self.number(value, counts)

    def field(self, name: str, value: Value, counts: Counts, depth: int = 0) -> Value:
        """The value of a field, whose name may say that all of it goes."""
        if code := self.code_of(name):
            return self.whole(code, value, counts)
        if not isinstance(value, str):
            return self.value(value, counts, depth)
        if not is_json(value):
            return self.text(self.beside(name, value, counts), counts, depth)
        clean = self.text(value, counts, depth)
        return self.beside(name, value, counts) if clean == value else clean

    def code_of(self, name: str) -> str | None:
        """The rule by which the value of a field with this name goes; None if it stays."""
        return self.names.get(plain_name(name)) if self.names else None

    def whole(self, code: str, value: Value, counts: Counts) -> Value:
        """What stands for a value that goes because of its name. What says nothing stays."""
        if value is None or value is True or value is False or value in ("", DROPPED):
            return value
        text = value if isinstance(value, str) else json.dumps(value, default=str)
        if text == self.marker(code, text) or is_marker(text):
            return value
        counts[code] += 1
        return self.marker(code, text)

    def beside(self, name: str, value: str, counts: Counts) -> str:
        """A text that says nothing alone, but beside its name."""
        if not self.patterns and not tells(name):
            return value
        before = len(name) + 1
        found = [hit for hit in self.hits(f"{name}={value}") if hit.end > before]
        inside = [
            Hit(max(hit.start - before, 0), hit.end - before, hit.code, hit.rank) for hit in found
        ]
        if any(self.actions[hit.code] is Action.DROP for hit in inside):
            counts[inside[0].code] += 1
            return DROPPED
        return self.replaced(value, inside, counts)

    def number(self, value: Value, counts: Counts) -> Value:
        """A number, which may be that of a card."""
        is_whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        if not is_whole or value < LONG_NUMBER:
            return value
        text = str(int(value))
        clean = self.text(text, counts)
        return value if clean == text else clean


@lru_cache(maxsize=4096)
def tells(name: str) -> bool:
    """Whether a name and its value together may be what a rule looks for."""
    told = name.lower()
    return any(each in told for each in TELLING)


def is_json(text: str) -> bool:
    """Whether a text may be an object, a list or a text in JSON."""
    return text.lstrip()[:1] in ("{", "[", '"')


def hides_characters(text: str) -> bool:
    """Whether JSON writes characters of ASCII otherwise than they are, so that no pattern sees
    them: by their number, or a slash behind a backslash."""
    return "\\u00" in text or "\\/" in text


def is_marker(text: str) -> bool:
    """Whether a text was replaced as a whole already."""
    return not apart([Hit(0, len(text), "", 0)], text)
