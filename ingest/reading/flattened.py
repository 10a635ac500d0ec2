"""Lists that were flattened into attributes: `llm.input_messages.3.message.role`.

Positions are keys of a dict until the end, so a hole or an absurd position costs nothing.
"""

from __future__ import annotations

from typing import Any

from agentscope.vocabulary import Value
from ingest.reading.json_values import parsed

Path = tuple[str | int, ...]
Pieces = list[tuple[Path, Value]]
LONGEST_POSITION = 9  # digits
MOST_ITEMS = 10_000  # of one list; later ones stay in the attributes


def split(rest: str) -> Path:
    """The path of what follows a prefix: `0.role` → (0, "role")."""
    return tuple(
        int(step) if step.isdecimal() and len(step) <= LONGEST_POSITION else step
        for step in rest.split(".")
    )


def items(pieces: Pieces) -> list[Any]:
    """The items of the list that was flattened, in order. An item is a nested dict."""
    tree: dict[int, Any] = {}
    for path, value in pieces:
        if isinstance(path[0], int):
            hang(tree, path, value)
    return [tree[position] for position in sorted(tree)[:MOST_ITEMS]]


def objects(pieces: Pieces) -> list[Value] | None:
    """The items as objects with all JSON texts read, for tools that were offered; None for none."""
    return [
        {str(key): parsed(value) for key, value in item.items()}
        for item in items(pieces)
        if isinstance(item, dict)
    ] or None


def hang(tree: dict[Any, Any], path: Path, value: Value) -> None:
    """Put a value at its path. Where two attributes contradict each other, the deeper counts."""
    node = tree
    for step in path[:-1]:
        below = node.get(step)
        if not isinstance(below, dict):
            below = node[step] = {}
        node = below
    if not isinstance(node.get(path[-1]), dict):
        node[path[-1]] = value


def in_order(node: Value) -> list[Value]:
    """The items of a list inside an item, from a dict by position or from a real list."""
    if isinstance(node, list):
        return node[:MOST_ITEMS]
    if not isinstance(node, dict):
        return []
    positions = sorted(step for step in node if isinstance(step, int))
    return [node[position] for position in positions[:MOST_ITEMS]]
