"""How long a question may keep the database busy, and how much memory it may take there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

LONGEST = 20  # seconds; who asks has given up by then, and others wait
# For hashing as many sessions as a month has; else that is done on disk, at half the speed.
MEMORY = "64MB"


class TookTooLong(Exception):
    """A question about too long a period, or at a busy time."""


@contextmanager
def bounded() -> Iterator[None]:
    """Give up after LONGEST for each statement. Raises TookTooLong."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"set local statement_timeout = '{LONGEST}s'")
            cursor.execute(f"set local work_mem = '{MEMORY}'")
            yield
            cursor.execute("set local statement_timeout to default")
            cursor.execute("set local work_mem to default")
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        raise TookTooLong(f"This took longer than {LONGEST} seconds.") from error
