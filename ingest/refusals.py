"""Counts what was refused, so that a page can show it: nothing disappears in silence."""

import logging

from django.db import connection
from django.db.utils import Error

log = logging.getLogger(__name__)

LONGEST_EXAMPLE = 500  # characters
COUNT = """
insert into refusal (project_id, day, reason, requests, items, last_at, example)
values (%s, (now() at time zone 'utc')::date, %s, 1, %s, now(), %s)
on conflict on constraint one_refusal do update set
    requests = refusal.requests + 1, items = refusal.items + excluded.items,
    last_at = excluded.last_at, example = excluded.example
"""


def count_refusal(project_id: int | None, reason: str, items: int, example: str) -> None:
    """Add one refused request with `items` spans, records or points. Never fails the request.

    `reason` is one of a few; `example` is what the sender was told. `project_id` is None for a
    sender that could not be told.
    """
    text = example.replace("\0", "\ufffd")[:LONGEST_EXAMPLE]
    try:
        with connection.cursor() as cursor:
            cursor.execute(COUNT, [project_id, reason, items, text])
    except Error as error:
        log.warning("A refusal could not be counted (%s): %s", reason, error)
