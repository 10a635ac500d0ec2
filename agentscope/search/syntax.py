"""What people write into the search box → what is looked for. docs/ui.md describes it.

refund "late parcel" customer = 42 cost > 0.5 model in (gpt-4o, o3) retry.count=*
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q

from agentscope.search.asked import COMPARE, EXISTS, Asked, Condition, Needle, number
from agentscope.search.fields import FIELDS
from agentscope.search.terms import LONGEST_VALUE

LONGEST = 1000  # characters of all
MOST = 20  # words and conditions
VALUE = r'"[^"]*"|[^\s"(),]+'
ITEM = re.compile(
    rf"""\s*(?:
      (?P<phrase>"[^"]*")
    | (?P<open>")
    | (?P<key>[A-Za-z_][\w.:/\[\]-]*)(?:
          \s*(?P<operator>>=|<=|!=|=|>|<|~)\s*(?P<value>{VALUE})?
        | \s+in\s*\(\s*(?P<list>(?:{VALUE})(?:\s*,\s*(?:{VALUE}))*)\s*(?P<closed>\))?)
    | (?P<word>[^\s"]+)
    )""",
    re.VERBOSE,
)


class BadQuery(ValueError):
    """What was written cannot be understood. Its text says what is wrong and how it would be right;
    `at` is the place of the character where it begins, from 0."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


@dataclass(slots=True, frozen=True)
class Item:
    """One word, phrase or condition as it was written, and where."""

    found: re.Match[str]

    @property
    def at(self) -> int:
        """Where it begins, from 0."""
        return self.found.end() - len(self.found[0].lstrip())

    def __getitem__(self, name: str) -> str:
        return self.found[name] or ""


def parse(text: str) -> Asked:
    """What a text asks for. Raises BadQuery."""
    if len(text) > LONGEST:
        raise BadQuery(f"This is longer than {LONGEST} characters.", LONGEST)
    needles, conditions, of_trace = [], [], Q()
    for count, item in enumerate(items(text)):
        if count == MOST:
            raise BadQuery(f"These are more than {MOST} words and conditions.", item.at)
        if not item["key"]:
            needles.append(needle(item))
        elif (condition := condition_of(item)).key in FIELDS:
            of_trace &= of_field(condition, item)
        else:
            conditions.append(condition)
    kept = tuple(each for each in needles if each.terms)
    if needles and not kept:
        raise BadQuery("There is no letter, digit or symbol in this that could be looked for.", 0)
    return Asked(kept, tuple(conditions), of_trace)


def items(text: str) -> Iterator[Item]:
    """What a text is made of."""
    if "\0" in text:
        raise BadQuery("No text contains a NUL character.", text.index("\0"))
    at = 0
    while found := ITEM.match(text, at):
        yield Item(found)
        at = found.end()


def needle(item: Item) -> Needle:
    """A word or phrase. Raises BadQuery."""
    if item["open"]:
        raise BadQuery('There is no second " to end the phrase.', item.at)
    return Needle.of(item["phrase"].strip('"') or item["word"])


def condition_of(item: Item) -> Condition:
    """A condition. Raises BadQuery."""
    key, operator, written = item["key"], item["operator"], item["value"]
    if not operator:
        return one_of(item)
    value = written.strip('"')
    if not written:
        raise BadQuery(f"Behind {key} {operator} a value is missing.", item.at)
    if operator == "=" and written == "*":
        return Condition(key, EXISTS)
    if operator in COMPARE and key not in FIELDS and number(value) is None:
        raise BadQuery(
            f"{value} is no number, so nothing can be {operator} than it."
            " To look for these words as a text, put them in quotes.",
            item.at,
        )
    return short(Condition(key, operator, (value,)), item)


def one_of(item: Item) -> Condition:
    """A condition with several values. Raises BadQuery."""
    if not item["closed"]:
        raise BadQuery(f"The list behind {item['key']} in ( has no end.", item.at)
    values = tuple(value.strip('"') for value in re.findall(VALUE, item["list"]))
    return short(Condition(item["key"], "in", values), item)


def short(condition: Condition, item: Item) -> Condition:
    """The same. Raises BadQuery for a value longer than those that can be asked for."""
    if any(len(value) > LONGEST_VALUE for value in condition.values):
        words = "can be asked for: look for some of its words instead."
        raise BadQuery(f"No value longer than {LONGEST_VALUE} characters {words}", item.at)
    return condition


def of_field(condition: Condition, item: Item) -> Q:
    """A condition of the trace. Raises BadQuery."""
    try:
        return FIELDS[condition.key](condition.operator, condition.values)
    except ValueError as error:
        raise BadQuery(f"{condition.key}: {error}", item.at) from error
