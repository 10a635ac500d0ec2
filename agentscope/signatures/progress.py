"""Numbers by which a repeated call moves on: a page in its arguments, a percentage in its result;
and what a call is about, coarsely: a host, a folder, a table."""

from __future__ import annotations

import re
from math import nan
from posixpath import dirname
from urllib.parse import urlsplit

from agentscope.signatures.canonical import plain
from agentscope.vocabulary import Value

# As `plain` writes names.
POSITIONS = frozenset(
    "page pagenumber pageno offset skip start startline startindex from fromline cursor since after"
    " index position batch chunk part week day month year".split()
)
ADVANCES = frozenset(
    "percent percentage progress progresspercent completed done processed remaining left pending"
    " total count offset nextoffset position step".split()
)
TARGETS = frozenset(
    "url uri href endpoint host domain path file filename filepath filesystempath directory dir"
    " folder table dataset index collection database bucket repo repository".split()
)
HOSTS = frozenset("host hostname domain".split())
MOST_SCHEME = 20  # characters before the "://" of an address
# Of results: fields that name a state, and states of work that goes on. Not those that a record may
# be in for good, such as "pending".
STATES = frozenset("status state phase stage jobstatus runstatus taskstatus lifecycle".split())
NOT_YET = frozenset(
    "queued running inprogress processing starting preparing building provisioning creating"
    " initializing notready notfinished notdone".split()
)
DONE = frozenset("done completed complete finished closed cancelled skipped".split())
ID = re.compile(r"[\w.:#@+-]*\d[\w.:#@+-]*|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
DEEPEST = 4  # levels of nesting that are searched
MOST = 10**12  # beyond it a number is an id


Fields = list[tuple[str, Value]]  # of an object and of those in it: (plain name, value)


def fields(value: Value) -> Fields:
    """The fields of a value: none, where it is no object."""
    found: Fields = []
    if isinstance(value, dict):
        collect(value, 1, found)
    return found


def collect(value: dict[str, Value], depth: int, found: Fields) -> None:
    """Add the fields of an object at some level of nesting, in order."""
    for key, each in value.items():
        found.append((plain(key), each))
        if isinstance(each, dict) and depth < DEEPEST:
            collect(each, depth + 1, found)


def number_in(said: Fields, names: frozenset[str]) -> float:
    """The first number in a field with one of these names; NaN if there is none."""
    for name, each in said:
        if name in names and (found := as_number(each)) == found:
            return found
    return nan


def as_number(value: Value) -> float:
    """A number, also one written as text or as a percentage; NaN for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return nan
    if isinstance(value, str):
        text = value.strip().removesuffix("%")
        if not text.isascii() or not text.replace(".", "", 1).isdigit():
            return nan
        value = float(text)
    return float(value) if abs(value) < MOST else nan


def position(arguments: Fields) -> float:
    """Where a call reads on: its page, offset or first line; of a list of tasks, how many of them
    are done."""
    found = number_in(arguments, POSITIONS)
    return found if found == found else done_of(arguments)


def done_of(arguments: Fields) -> float:
    """How many tasks of a list are done; NaN if it is no such list."""
    for _, value in arguments:
        if isinstance(value, list) and value and isinstance(value[0], dict):
            states = [task.get("status", task.get("state")) for task in value if is_task(task)]
            if states:
                return float(sum(plain(str(state)) in DONE for state in states))
    return nan


def is_task(value: Value) -> bool:
    """Whether something has a state."""
    return isinstance(value, dict) and ("status" in value or "state" in value)


def advance(result: Fields) -> float:
    """How far the work is that a result tells of."""
    return number_in(result, ADVANCES)


def target(arguments: Fields) -> str:
    """The host, folder, table or the like that a call is about; "" if it names none."""
    for name, value in arguments:
        if name in TARGETS and isinstance(value, str) and value:
            return coarse(value)
    return ""


def is_folder(target: str) -> bool:
    """Whether a target is a folder: files are looked for in it."""
    return "/" in target and "://" not in target


def names_by_id(said: list[str]) -> bool:
    """Whether the values of some arguments name a thing by its id, and are no words to search by.
    Who asks for many things by their ids works through a list."""
    for each in said:
        if " " in each or "/" in each:
            return False
    return any(ID.fullmatch(each) is not None for each in said)


def host(arguments: Value) -> str:
    """The host that a call goes to, in lower case; "" if it names none."""
    return host_in(arguments, fields(arguments))


def host_in(arguments: Value, said: Fields) -> str:
    """The same of arguments whose fields are known."""
    for name, value in (("url", arguments), *said):
        if isinstance(value, str) and name in TARGETS and "://" in value[:MOST_SCHEME]:
            return coarse(value.strip()).lower()
        if isinstance(value, str) and name in HOSTS:
            return value.strip().lower()
    return ""


def coarse(value: str) -> str:
    """The host of a URL, the folder of a path with a slash at its end, else the value itself."""
    if "://" in value:
        try:
            return urlsplit(value).hostname or value
        except ValueError:
            return value
    return f"{dirname(value).rstrip('/')}/" if "/" in value else value


def is_pending(result: Fields) -> bool:
    """Whether a result names a state of work that goes on."""
    states = [value for name, value in result if name in STATES and isinstance(value, str)]
    return any(plain(state).replace(" ", "") in NOT_YET for state in states)
