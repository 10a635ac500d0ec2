"""Lists as whole tables: block after block, so that none has to fit into memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

Row_co = TypeVar("Row_co", covariant=True)
Cursor_co = TypeVar("Cursor_co", covariant=True)
Row = TypeVar("Row")
Cursor = TypeVar("Cursor")
AT_ONCE = 500  # rows of a block


class Block(Protocol[Row_co, Cursor_co]):
    """Some rows, and where to go on: None at the end."""

    @property
    def items(self) -> Sequence[Row_co]: ...

    @property
    def next(self) -> Cursor_co | None: ...


def each_from(
    after: Cursor | None, read: Callable[[Cursor | None, int], Block[Row, Cursor]]
) -> Iterator[Row]:
    """All rows from a cursor on; `read` gives the block behind a cursor, of so many rows at
    most. A block is read when its first row is asked for."""
    while True:
        block = read(after, AT_ONCE)
        yield from block.items
        if block.next is None:
            return
        after = block.next
