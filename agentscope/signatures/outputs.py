"""What a model's answer looks like: text, calls of tools, and whether it repeats itself."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from math import nan
from typing import NamedTuple

from agentscope.signatures.canonical import OPENING, in_json
from agentscope.vocabulary import Message, Value

# Only long answers are looked through: a loop of a model goes on until its limit.
LONG = 800  # characters
TAIL = 8192  # characters, at the end of an answer
# Prose shrinks to about a third, what is one unit again and again to that unit.
SHRINKS = 0.2
MOST_PERIOD = TAIL // 8  # characters of a unit: a paragraph
FEWEST_REPEATS = 8
REPEATED = LONG // 2  # characters: a row of signs, such as a line of dashes, is shorter
ASKED = 1500  # characters, in which a message says what it asks for
PLAN = re.compile(r"\b(?:plan|steps|to-?dos?|todo list|approach|proceed|strategy|roadmap)\b")
LISTED = re.compile(r'(?i)"(?:plan|(?:plan_)?steps|todos?|todo_list)"\s*:\s*\[\s*[{"]')
ITEM = re.compile(r"^\s*(?:\d+[.)]|[-*]|\[[ x]\]) ", re.MULTILINE)
FEWEST_ITEMS = 2
# Looked for in texts in lower case, and only if a word of each kind is there: to look whether it is
# takes a tenth of the time.
SUMMARY = re.compile(
    r"\b(?:(?:create|write|provide|give|generate|produce|make|draft)\b.{0,60}?\bsummary"
    r"|summari[sz]e|condense|compact|compress)\b.{0,80}?"
    r"\b(?:conversation|chat|message history|session|context)\b",
    re.DOTALL,
)
TASK = 300  # characters, in which instructions say what a model is for
SUMS_UP = re.compile(
    r"\A\W*(?:you are (?:an?|the) [^.!?\n]{0,60}?(?:summari[sz](?:e[rs]?\b|ing|ation)"
    r"|(?:compact|compress)(?:s|es|ing|ion|or)\b|condens(?:es|ing|er)\b)"
    r"|(?:you are [^.!?\n]{0,60}[.!?\n]\W*)?(?:your (?:task|job|role|goal) is to\W+)?"
    r"(?:(?:create|write|provide|produce|generate)\b[^.!?\n]{0,60}?\bsummar"
    r"|(?:summari[sz]e|condense|compact|compress)\b[^.!?\n]{0,60}?"
    r"\b(?:conversation|chat|history|context)))"
)
SHORTENING = "summar condense compact compress".split()
TALKS = "conversation chat history session context".split()
SAMPLE = 12  # characters at the very end, which must come again as often, or nothing does

FAULTS = r"(?:issues?|problems?|findings?|defects?|faults?|errors?|failures?|comments?|bugs?)"
# As a number before the word or behind it. What each begins with is what `re` looks for quickest;
# that no word goes on there is asked only then.
COUNT_BEFORE = re.compile(rf"(\d(?<=\b\d)\d{{0,3}})\s+(?:\w+\s+)?{FAULTS}\b")
COUNT_BEHIND = re.compile(rf"{FAULTS}(?:\s+\w+)?\s*[:=]\s*(\d{{1,4}})\b")
STEMS = "issue problem finding defect fault error failure comment bug".split()
SEARCHED = 2000  # characters, at the start of an answer
DIGIT = re.compile(r"\d").search
WORD = re.compile(r"\w").match


class Repeated(NamedTuple):
    """The end of a text: how often in a row a unit of so many characters stands there; 0: not."""

    times: int
    unit: int


def text_of(messages: Sequence[Message]) -> str:
    """What is visible of an answer."""
    return parts_of(messages, "text")


def reasoning_of(messages: Sequence[Message]) -> str:
    """What a model thought aloud."""
    return parts_of(messages, "reasoning")


def parts_of(messages: Sequence[Message], kind: str) -> str:
    """The texts of all parts of one kind."""
    said = [
        part.text for each in messages for part in each.parts if part.type == kind and part.text
    ]
    return said[0] if len(said) == 1 else "\n".join(said)


def calls_of(messages: Sequence[Message]) -> list[tuple[str, Value]]:
    """The tools that an answer asks for, with their arguments."""
    parts = (part for each in messages for part in each.parts if part.type == "tool_call")
    return [(part.name or "", part.value) for part in parts]


def finish_of(messages: Sequence[Message]) -> str:
    """Why the answer ended, as the provider says it; "" where nobody says."""
    return next((each.finish_reason for each in messages if each.finish_reason), "")


def is_human(message: Message) -> bool:
    """Whether a message is what a person said. A result of a tool that is sent in the name of the
    user is nobody's word."""
    if message.role != "user":
        return False
    speaks = False
    for part in message.parts:
        if part.type == "tool_result":
            return False
        speaks = speaks or (part.type == "text" and bool(part.text))
    return speaks


def last_word(messages: Sequence[Message]) -> str:
    """What a person said last; "" if nobody did."""
    for message in reversed(messages):
        if is_human(message):
            return text_of([message])
    return ""


def sums_up(messages: Sequence[Message]) -> bool:
    """Whether the last message asks for a summary of the conversation, or that is all that the
    instructions are for: so do programs, to make it fit the window again."""
    if not messages or messages[-1].role == "tool":
        return False
    return asks_for_summary(text_of(messages[-1:])) or is_for_summaries(messages[0])


def asks_for_summary(text: str) -> bool:
    """Whether a text asks for a summary of the conversation, where it begins."""
    asked = text[:ASKED].lower()
    return names_any(asked, SHORTENING) and names_any(asked, TALKS) and bool(SUMMARY.search(asked))


def is_for_summaries(message: Message) -> bool:
    """Whether instructions say at once that the model is there to sum conversations up. That a
    conversation may be summed up one day is said further down, of any agent."""
    if message.role not in ("system", "developer"):
        return False
    told = text_of([message])[:TASK].lower()
    return names_any(told, SHORTENING) and names_any(told, TALKS) and bool(SUMS_UP.search(told))


def names_any(text: str, words: Sequence[str]) -> bool:
    """Whether one of some words, or of beginnings of words, is in a text."""
    for word in words:  # noqa: SIM110 — a third of the time of `any`
        if word in text:
            return True
    return False


def is_plan(text: str) -> bool:
    """Whether an answer writes down what is to be done, one step a line, or as a list in JSON."""
    head = text[:ASKED]
    if head.lstrip()[:1] == "{":
        return LISTED.search(head) is not None
    if "\n" not in head or not PLAN.search(head.lower()):
        return False
    return len(ITEM.findall(head)) >= FEWEST_ITEMS


def faults_in(text: str) -> float:
    """How many faults an answer says there are: `Issues found: 3`, `2 open issues`; NaN if it gives
    no number."""
    start = text[:SEARCHED].lower()
    if not names_any(start, STEMS) or not DIGIT(start):  # a quick look saves most searches
        return nan
    found = [each for each in (COUNT_BEFORE.search(start), count_behind(start)) if each]
    return float(min(found, key=re.Match.start)[1]) if found else nan


def count_behind(text: str) -> re.Match[str] | None:
    """The first count behind a whole word for faults."""
    found = COUNT_BEHIND.search(text) if ":" in text or "=" in text else None
    while found and found.start() and WORD(text, found.start() - 1):
        found = COUNT_BEHIND.search(text, found.start() + 1)
    return found


def offered(tools: Sequence[Value]) -> set[str]:
    """The names of the tools that a model may call, as providers write their definitions. Empty if
    one has no name: then it stands for tools of the provider or of a server, under any name."""
    names = set()
    for tool in tools:
        if isinstance(tool, dict):
            inner = tool.get("function")
            name = (inner.get("name") if isinstance(inner, dict) else None) or tool.get("name")
            names.add(str(name or ""))
    return set() if "" in names else names


def unwrapped(result: Value) -> Value:
    """What a tool gave back, of a result of MCP that is one text; if that is JSON, what it says.
    Servers and clients report one call, with and without what is wrapped around."""
    blocks = result.get("content") if isinstance(result, dict) else result
    if not isinstance(blocks, list) or len(blocks) != 1 or not isinstance(blocks[0], dict):
        return result
    text = blocks[0].get("text") if blocks[0].get("type") == "text" else None
    if not isinstance(text, str):
        return result
    found = in_json(text) if text[:1] in OPENING else None
    return text if found is None else found


def repeated(text: str) -> Repeated:
    """The smallest unit that stands again and again at the end of a text, without overlaps."""
    tail = text[-TAIL:]
    if len(tail) < LONG or tail.count(tail[-SAMPLE:]) < FEWEST_REPEATS or shrunk(tail) > SHRINKS:
        return Repeated(0, 0)
    for unit in range(1, MOST_PERIOD + 1):
        times = at_the_end(tail, unit)
        if times >= FEWEST_REPEATS and times * unit >= REPEATED:
            return Repeated(at_the_end(text, unit), unit)
    return Repeated(0, 0)


def shrunk(text: str) -> float:
    """To what part of its size a text can be compressed."""
    raw = text.encode("utf-8", "replace")
    return len(zlib.compress(raw, 1)) / len(raw)


def at_the_end(text: str, unit: int) -> int:
    """How often in a row the last `unit` characters stand at the end of a text."""
    last, times, end = text[-unit:], 0, len(text)
    while end >= unit and text.startswith(last, end - unit):
        times, end = times + 1, end - unit
    return times
