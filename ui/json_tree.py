"""A value as a tree to open: lines for a template, no more than fit a page. Pure.

The upper levels come first. Whatever has no room, and whatever is large, is fetched by its place
when it is opened; of a list or object a hundred members at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import quote

from ui import amounts
from ui.media import data_url, own_data
from ui.pointers import below, parsed

AT_ONCE = 100  # members of a list or object
ROOM = 60_000  # characters of one answer, with what each line costs
A_LINE = 120  # characters: what the page spends on a line beside its text
TEXT, SHORT = 1_000, 60  # characters of one text, where there is much room and where there is none
FEWEST = 5  # members that are shown of a list or object, however little room there is
NAME = 200  # characters of a name
NAMED = 3  # names of a closed object that say what it is
OPEN = 40  # lines that are open at first
UNREAD = 100_000  # characters of JSON in a text that is not looked into before somebody asks


@dataclass(slots=True, frozen=True)
class Line:
    """One thing to draw. `does`: leaf, open, close, later (opens when asked), more; data: what the
    object around it is the data of."""

    does: str
    key: str = ""
    type: str = ""  # text, number, word, bytes; list, object, JSON
    text: str = ""
    left: int = 0  # characters of the text that are not shown; members that `more` has
    size: str = ""  # how much is inside
    at: str = ""  # its place, as addresses write it
    first: int = 0  # the member that `more` begins with
    is_open: bool = False
    media: str = ""  # what the data in it is, in words


@dataclass(slots=True)
class Node:
    """A value on its way to lines."""

    key: str
    value: Any
    at: str
    children: list[Node] = field(default_factory=list)
    is_read: bool = False
    is_open: bool = False
    first: int = 0


def tree(value: Any, at: str, first: int = 0, room: int = ROOM) -> tuple[Line, ...]:
    """The members of a list or object from `first` on; JSON in a text is what it means. Any other
    value is one line."""
    top = Node("", value, at, first=first)
    if not is_large(top.value):
        top.value = meant(top.value)
    if not isinstance(top.value, dict | list):
        return (leaf(top),)
    read(top, room)
    return tuple(members(top, min(TEXT, max(SHORT, room // FEWEST))))


def closed(value: Any, at: str, key: str = "") -> tuple[Line, ...]:
    """The same as one line that is opened when somebody asks; nothing inside is looked at."""
    return (later(Node(key, value, at)),)


def is_tree(value: Any) -> bool:
    """Whether a value has something to open: a list, an object, or JSON of one in a text."""
    return isinstance(value, dict | list) or (
        isinstance(value, str) and value.lstrip().startswith(("{", "["))
    )


def is_large(value: Any) -> bool:
    """Whether it is a text that takes long to read as JSON."""
    return isinstance(value, str) and len(value) > UNREAD


def meant(value: Any) -> Any:
    return parsed(value) if isinstance(value, str) else value


def read(top: Node, room: int) -> None:
    """Reads values level by level until there is no more room."""
    waiting, lines = deque([top]), 0
    while waiting and room > 0:
        node = waiting.popleft()
        node.is_read, node.is_open = True, lines < OPEN
        most = min(AT_ONCE, max(FEWEST, room // A_LINE))
        node.children = list(children(node, most))
        lines += len(node.children)
        room -= sum(map(cost, node.children))
        waiting.extend(child for child in node.children if isinstance(child.value, dict | list))


def children(node: Node, most: int) -> Iterator[Node]:
    """The next members, with JSON in texts as what it means unless that is large."""
    last = node.first + most
    if isinstance(node.value, list):
        named = (
            (str(n), n, each) for n, each in enumerate(node.value[node.first : last], node.first)
        )
    else:
        items = islice(node.value.items(), node.first, last)
        named = ((str(key), n, each) for n, (key, each) in enumerate(items, node.first))
    for key, position, value in named:
        inner = value if is_large(value) else meant(value)
        yield Node(key, inner, below(node.at, key, position))


def cost(node: Node) -> int:
    """The room that a line takes."""
    value = node.value
    said = min(len(value), TEXT) if isinstance(value, str) else 0
    return A_LINE + min(len(node.key), NAME) + 2 * len(node.at) + said


def members(node: Node, texts: int) -> Iterator[Line]:
    """The lines of what is inside of a value. No recursion: values may be deep."""
    stack: list[Iterator[Node]] = [iter(node.children)]
    owners = [node]
    yield from told(node)
    while stack:
        child = next(stack[-1], None)
        if child is None:
            stack.pop()
            yield from ending(owners.pop(), is_inner=bool(stack))
        elif not isinstance(child.value, dict | list):
            is_closed = is_large(child.value) and is_tree(child.value)
            yield later(child) if is_closed else leaf(child, texts)
        elif not child.is_read or not child.value:
            yield later(child)
        else:
            yield opening(child)
            yield from told(child)
            stack.append(iter(child.children))
            owners.append(child)


def opening(node: Node) -> Line:
    return Line("open", name(node), kind(node.value), size=inside(node.value), is_open=node.is_open)


def told(node: Node) -> Iterator[Line]:
    """That an object is an image or a sound, before its members."""
    media = own_data(node.value) if isinstance(node.value, dict) and not node.first else None
    if media:
        yield Line("data", at=place(node.at), media=media.words)


def later(node: Node) -> Line:
    """A value that is fetched when somebody opens it; an empty one has nothing to fetch."""
    if node.value in ([], {}):
        return Line("leaf", name(node), "word", text="[]" if node.value == [] else "{}")
    return Line("later", name(node), kind(node.value), size=inside(node.value), at=place(node.at))


def ending(node: Node, *, is_inner: bool) -> Iterator[Line]:
    """What is left of a list or object, and its end."""
    after = node.first + len(node.children)
    if len(node.value) > after:
        yield Line("more", at=place(node.at), first=after, left=len(node.value) - after)
    if is_inner:
        yield Line("close")


def leaf(node: Node, texts: int = TEXT) -> Line:
    """A value without anything inside."""
    value = node.value
    if isinstance(value, str):
        media = data_url(value)
        shown = value[: texts if media is None else SHORT]
        words = media.words if media else ""
        left = len(value) - len(shown)
        return Line("leaf", name(node), "text", shown, left, at=place(node.at), media=words)
    if isinstance(value, bytes):
        shown = value[: texts // 2].hex()
        left = 2 * len(value) - len(shown)
        return Line("leaf", name(node), "bytes", shown, left, at=place(node.at))
    return Line("leaf", name(node), kind(value), word(value))


def word(value: Any) -> str:
    """A number or one of JSON's three words."""
    return {None: "null", True: "true", False: "false"}[value] if is_word(value) else str(value)


def is_word(value: Any) -> bool:
    return value is None or isinstance(value, bool)


def name(node: Node) -> str:
    """The name of a member, cut."""
    return node.key if len(node.key) <= NAME else node.key[:NAME] + "…"


def kind(value: Any) -> str:
    """What a value is."""
    if isinstance(value, str):
        return "JSON"
    if is_word(value):
        return "word"
    return KINDS.get(type(value), "number")


KINDS: dict[type, str] = {dict: "object", list: "list"}


def inside(value: Any) -> str:
    """How much is inside of a value."""
    if isinstance(value, str):
        return f"JSON of {amounts.count(len(value), 'character')}"
    if isinstance(value, list):
        return amounts.count(len(value), "item")
    names = ", ".join(str(key)[:SHORT] for key in islice(value, NAMED))
    return f"{amounts.count(len(value), 'name')}: {names}{', …' * (len(value) > NAMED)}"


def place(at: str) -> str:
    """A place as addresses write it."""
    return quote(at, safe="/")
