"""How long a question may keep the database busy, and how it is best answered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

LONGEST = 20  # seconds; who asks has given up by then, and others wait
# Rows are added up by hashing. The planner takes groups by expressions for far more than there are
# and would sort texts instead, which takes several times as long; and a month has more sessions
# than the usual memory holds.
SETTINGS = {
    "statement_timeout": f"'{LONGEST}s'",
    "work_mem": "'64MB'",
    "enable_sort": "off",
    "enable_gathermerge": "off",
}
SET = "; ".join(f"set local {name} = {value}" for name, value in SETTINGS.items())


class TookTooLong(Exception):
    """A question about too long a period, or at a busy time."""


@contextmanager
def bounded() -> Iterator[None]:
    """Give up after LONGEST for each statement. Raises TookTooLong.

    The settings hold until the end of the transaction, which is this block unless the caller has
    one of its own.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(SET)
            yield
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        raise TookTooLong(f"This took longer than {LONGEST} seconds.") from error
