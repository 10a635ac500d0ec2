"""Statements that go to Postgres together: one way there and back for all of them, and a plan that
is made once for each connection. On a busy machine waiting for one's turn takes longer than the
work, on either side, and each way costs two turns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, Protocol

from django.db import connection
from psycopg import Connection, Cursor

Row = tuple[Any, ...]


class Send(Protocol):
    """Sends a statement with what it names; what it answers is there once the trip is over."""

    def __call__(self, statement: str, said: Mapping[str, Any], /) -> Cursor[Row]: ...


@contextmanager
def trip() -> Iterator[Send]:
    """All that is sent within is one transaction, or part of the one that is open. Each statement
    sees what was committed before it began. Raises the errors of django.db."""
    connection.ensure_connection()
    wire = connection.connection
    wire.prepare_threshold = 0  # Django turns it off
    with connection.wrap_database_errors, wire.pipeline():
        yield partial(send, wire)


def send(wire: Connection[Row], statement: str, said: Mapping[str, Any], /) -> Cursor[Row]:
    """Django's own cursors put values into the text of a statement, so that it is planned anew each
    time."""
    return Cursor(wire).execute(statement.encode(), said, prepare=True)
