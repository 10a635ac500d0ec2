"""What searching goes by. See docs/adr/0019-search.md."""

from __future__ import annotations

from uuid import UUID

from django.db import models
from django.utils import timezone


class SearchBlock(models.Model):
    """Some steps of one trace and day that were stored together, and a sieve of their terms.

    Created by SQL in the first migration, partitioned by `started_at`. What a sieve holds is only
    likely to be in one of the steps: the payloads have the last word.
    """

    pk = models.CompositePrimaryKey("trace_id", "project_id", "digest", "started_at")
    trace_id = models.UUIDField()
    project_id = models.IntegerField()
    digest = models.BigIntegerField()  # of all that the block holds, so that it is stored once
    started_at = models.DateTimeField()  # the last start of its steps
    first_at = models.DateTimeField()
    spans = models.BinaryField()  # ids of 8 bytes each
    logs = models.BinaryField()  # digests of log records, of 16 bytes each
    sieve = models.BinaryField()  # see sieve.py
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "search_block"


class TraceSearch(models.Model):
    """How far a search in the payloads of one trace came, and what it found. Kept for an hour."""

    project_id = models.IntegerField()
    trace_id = models.UUIDField()
    words = models.TextField()  # a digest of them, folded
    after = models.BigIntegerField(default=-(1 << 63))  # the last span that was read
    after_record = models.UUIDField(default=UUID(int=0))  # the last log record
    searched = models.IntegerField(default=0)  # spans
    records = models.IntegerField(default=0)
    unplaced = models.IntegerField(default=0)  # hits in records of no span that is there
    is_done = models.BooleanField(default=False)
    generation = models.BigIntegerField(default=0)  # of the trace when the search began
    hits = models.BinaryField(default=bytes)  # ids of spans, in order, of 8 bytes each
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "trace_search"
        constraints = (
            models.UniqueConstraint(
                fields=["project_id", "trace_id", "words"], name="trace_search_of_words"
            ),
        )
        indexes = (models.Index(fields=["updated_at"], name="trace_search_age"),)


class SavedView(models.Model):
    """A list of traces that a project gave a name: the query string of its address."""

    project_id = models.IntegerField()
    name = models.TextField()
    query = models.TextField()
    created_by = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "saved_view"
        constraints = (
            models.UniqueConstraint(fields=["project_id", "name"], name="saved_view_of_project"),
        )

    def __str__(self) -> str:
        return self.name
