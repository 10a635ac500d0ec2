"""What was found in long texts, for as long as they come again: each call of a model is sent the
conversation once more, and a result of a tool is the next message to the model. Pure functions
only, so that it is the same whether something is remembered or not.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, ParamSpec, TypeVar

SHORTEST = 400  # characters: what is shorter is done as quickly again
MOST = 4 << 20  # characters of texts that a function remembers; then it begins anew

Rest = ParamSpec("Rest")
Found = TypeVar("Found")


def remembered(
    find: Callable[Concatenate[str, Rest], Found],
) -> Callable[Concatenate[str, Rest], Found]:
    """A function of a text, and of what else it is given by position, that remembers."""
    known: dict[tuple[object, ...], Found] = {}
    size = 0

    def found(text: str, /, *rest: Rest.args, **named: Rest.kwargs) -> Found:
        nonlocal size
        if len(text) < SHORTEST:
            return find(text, *rest, **named)
        key = (text, *rest)
        said = known.get(key)
        if said is None:
            if size > MOST:
                known.clear()
                size = 0
            size += len(text)
            said = known[key] = find(text, *rest, **named)
        return said

    update_wrapper(found, find)
    return found
