"""Results that say that nothing was found: empty lists, and the words in which tools say so. Pure.

A search tells what it looked for, how long that took and whether it worked, beside a list that is
empty; all that is no answer. A mere "no" is one, and so is a validator's list of no complaints.
"""

from __future__ import annotations

import re

from agentscope.signatures.canonical import OPENING, in_json, leaves, plain
from agentscope.signatures.masking import MASK
from agentscope.vocabulary import Value

NOTHING, BESIDES, SOMETHING = range(3)  # what a field says: see `says`
DEEPEST = 4  # levels of nesting that are looked at
SMALL = 400  # characters of a result, whose values alone are counted
LONGEST = 240  # characters of a text that says no more than that
LONGEST_JSON = 4000  # characters of JSON that is written as a text
NO_RESULT = {"", "[]", "{}", "null", "none", "n/a", "no results", "no results found", "not found"}
# Names of fields, as `plain` writes them. Lists and objects beside what was found:
BESIDE = frozenset(
    "facets aggregations columns schema fields pagination links meta metadata usage headers"
    " params parameters query request filters filter sort timing shards suggestions input"
    " arguments".split()
)
COMPLAINTS = frozenset(
    "error errors warning warnings issue issues violations problems conflicts failures faults"
    " findings missing diff changes".split()
)
COUNTS = frozenset(
    "count total totalcount totalhits totalresults numfound found hits matches size length rowcount"
    " rows resultcount numresults nbhits value".split()
)
FIRST = frozenset("page pageno pagenumber offset skip start from".split())
NUMBERS = frozenset(
    "pages pagesize perpage limit top took tookms durationms status statuscode code"
    " version nbpages totalpages queryid".split()
)
TEXTS = frozenset(
    "query q search searchterm term keyword keywords filter pattern path url uri index collection"
    " table database namespace source engine provider model lang language locale status state sort"
    " order type kind object relation role toolcallid name next nextpage cursor nexttoken".split()
)
MESSAGES = frozenset("message msg note".split())
YES = frozenset("success successful ok complete completed done finished exhausted".split())
NO = frozenset(
    "truncated hasmore more timedout iserror error cached partial incompleteresults".split()
)
QUIET = frozenset((MASK, "true", "false"))
THINGS = (
    r"(?:results?|match(?:es)?|hits?|documents?|docs|files?|director(?:y|ies)|folders?|records?"
    r"|rows?|entr(?:y|ies)|items?|data|pages?|articles?|information|answers?|candidates?|listings?"
    r"|products?|orders?|customers?|users?|contacts?|accounts?|compan(?:y|ies)|tickets?|messages?"
    r"|e-?mails?|events?|symbols?|references?|definitions?|usages?|occurrences?|sources?|papers?"
    r"|publications?|posts?|chunks?|passages?|nodes?|memor(?:y|ies)|notes?|tables?|repositor(?:y|ies)"
    r"|tasks?|jobs?|values?|objects?|content|images?|videos?|news|flights?|hotels?|quotes?|prices?"
    r"|slots?|invoices?|transactions?|payments?|resources?)"
)
SAYS = re.compile(
    r"^\W*(?:(?:sorry|unfortunately|results?|output|observation|answer|info)\b\W*)?"
    r"(?:(?:i|we|it|there|(?:the |your )?(?:query|search|tool|request|database|index))\s+)?"
    r"(?:(?:are|were|is|was|has|have)\s+)?(?:"
    rf"(?:no|zero|0)\s+(?:\S+\s+){{0,3}}?{THINGS}"
    r"(?:\W*$|\W+(?:(?:were|was|are|is|have been|has been) )?(?:found|match\w*|returned|retrieved"
    r"|available|exists?|located|for|in|from|with|on|at|of|about|that|which|containing|yet|to)\b|\s*[.:,;()[\"'])"
    r"|(?:found|returned|got|retrieved|matched|yielded|fetched)\s+(?:no|zero|0|nothing)\b"
    r"|(?:none|nothing)\s+(?:was |were )?(?:found|matched|matches|returned|available)\b"
    r"|(?:(?:could|can|did)(?: not|not|n?['\u2019]t)|unable to|failed to)"
    r"\s+(?:find|locate|identify)\b"
    r"|empty (?:set|result|response|list|dataframe)\b"
    r"|(?:the )?(?:\S+\s+){0,3}?(?:(?:was|were|is|could) )?not (?:be )?found\W*$"
    r")",
    re.IGNORECASE,
)  # fmt: skip

# When it was made, and how long that took, at the end of a text; times are masked.
STAMP = re.compile(
    r"(?:\b(?:done|completed|finished|took|elapsed|in|at|ms|secs?|seconds|s)\b|\W)*$"
)


def says_nothing(result: Value, depth: int = 0) -> bool:
    """Whether a result says that nothing was found, or is nothing at all."""
    if result is None:
        return True
    if isinstance(result, str):
        return text_says_nothing(result, depth)
    if isinstance(result, list) and depth < DEEPEST:
        return all(is_shell(each, depth) for each in result)
    return isinstance(result, dict) and depth < DEEPEST and is_empty_object(result, depth)


def is_shell(value: Value, depth: int) -> bool:
    """Whether an item of a list is the shell of a text that says nothing, as MCP writes results; or
    nothing itself."""
    if isinstance(value, dict) and value.get("type") == "text":
        return says_nothing(value.get("text"), depth + 1)
    return says_nothing(value, depth + 1)


def text_says_nothing(text: str, depth: int = 0) -> bool:
    """Whether a text says that nothing was found. Some tools write JSON as a text."""
    text = text.strip()
    if text[:1] in OPENING and len(text) <= LONGEST_JSON and (parsed := in_json(text)) is not None:
        return says_nothing(parsed, depth + 1)
    if len(text) > LONGEST:
        return False
    text = STAMP.sub("", text) if MASK in text[:-1] else text
    return text.strip(".").lower() in NO_RESULT or SAYS.match(text) is not None


def is_empty_object(result: dict[str, Value], depth: int) -> bool:
    """Whether an object holds nothing but empty lists, or a text that says so, and what is told
    beside them."""
    said = fields_say(result, depth)
    return not result or (SOMETHING not in said and NOTHING in said)


def fields_say(result: dict[str, Value], depth: int) -> set[int]:
    """What the fields of an object say."""
    return {says(plain(key), value, depth) for key, value in result.items()}


def says(name: str, value: Value, depth: int) -> int:
    """What a field says of what was found."""
    if name in BESIDE or (name in COMPLAINTS and not value):
        return BESIDES
    if isinstance(value, str) and (name in TEXTS or value.strip() == MASK):
        return BESIDES
    if isinstance(value, bool):
        return BESIDES if name in (YES if value else NO) else SOMETHING
    if isinstance(value, int | float):
        return BESIDES if is_beside(name, value) else SOMETHING
    if name in MESSAGES and isinstance(value, str):
        return NOTHING if value.strip() and text_says_nothing(value, depth) else BESIDES
    if name in COUNTS and isinstance(value, dict) and fields_say(value, depth) == {BESIDES}:
        return BESIDES
    return NOTHING if says_nothing(value, depth + 1) else SOMETHING


def is_beside(name: str, number: float) -> bool:
    """Whether a number says how a search went: how many were found, and of which page. That there
    is nothing on a later page says something."""
    return name in NUMBERS or (number == 0 and name in COUNTS) or (number <= 1 and name in FIRST)


def informative(form: Value, text: str) -> int:
    """How many characters of a masked result, which is `text` as it is written down, say anything:
    the names of its fields, marks and masks do not, nor does a yes or no."""
    if len(text) > SMALL:
        return len(text)
    if isinstance(form, str):
        form = in_json(form) if form[:1] in OPENING else None
    if not isinstance(form, dict | list):
        return len(text)
    return sum(len(each) for each in leaves(form) if each not in QUIET)
