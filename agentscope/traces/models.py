"""Span and its payload, log records, and the trace they make up.

Rules that keep these tables ready to be sharded by Citus (docs/adr/0004-keys-and-partitions.md):
`trace_id` is the first column of every key, project ids carry no foreign key, span-like tables are
partitioned by day and their key holds the partition column.
"""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Left
from django.utils import timezone

# USD to twelve places: the cheapest published price is a few 1e-9 USD a token.
MONEY: dict[str, Any] = {"max_digits": 24, "decimal_places": 12}
# What lists of traces filter by that is short, whatever senders say.
LISTED = (
    *("spans", "examined_generation", "state", "errors", "known_cost", "start_ns", "end_ns"),
    *("llm_calls", "input_tokens", "output_tokens"),
)


class Span(models.Model):
    """What happened, once. A narrow row: all that is sorted, summed, filtered or compared.

    Created by SQL in the second migration, partitioned by `started_at`.
    """

    pk = models.CompositePrimaryKey("trace_id", "project_id", "span_id", "started_at")
    trace_id = models.UUIDField()
    project_id = models.IntegerField()
    span_id = models.BigIntegerField()  # the 8 bytes, big-endian, signed
    started_at = models.DateTimeField()  # the partition; exact times are in start_ns and end_ns
    start_ns = models.BigIntegerField()
    end_ns = models.BigIntegerField()  # 0: not ended
    parent_id = models.BigIntegerField(null=True)
    name = models.TextField()
    kind = models.SmallIntegerField()  # vocabulary.Kind
    span_kind = models.SmallIntegerField()  # OTLP's SpanKind
    status = models.SmallIntegerField()  # vocabulary.Status
    service = models.TextField()
    scope = models.TextField()
    agent = models.TextField()  # "" is "not said", here and below
    model = models.TextField()
    provider = models.TextField()
    tool = models.TextField()
    tool_call_id = models.TextField()
    session = models.TextField()
    user = models.TextField(db_column="user_name")
    response_id = models.TextField()
    error_type = models.TextField()
    error_class = models.TextField()
    input_tokens = models.BigIntegerField(null=True)  # null: not reported
    output_tokens = models.BigIntegerField(null=True)
    cache_read_tokens = models.BigIntegerField(null=True)
    cache_write_tokens = models.BigIntegerField(null=True)
    reasoning_tokens = models.BigIntegerField(null=True)
    cache_write_1h_tokens = models.BigIntegerField(null=True)
    audio_input_tokens = models.BigIntegerField(null=True)
    audio_output_tokens = models.BigIntegerField(null=True)
    web_searches = models.IntegerField(null=True)
    usage_rule = models.SmallIntegerField(default=0)  # vocabulary.UsageRule
    service_tier = models.TextField(default="")
    agent_version = models.TextField(default="")
    environment = models.TextField(default="")
    outcome = models.TextField(default="")  # of the whole task: success, failure
    session_rung = models.SmallIntegerField(default=0)  # vocabulary.Rung
    discarded = models.SmallIntegerField(default=0)  # vocabulary.Discarded, as declared
    linked_traces = ArrayField(models.UUIDField(), null=True)
    dimensions = models.JSONField(null=True)  # attribute → text, of those that the project chose
    reported_cost = models.DecimalField(**MONEY, null=True)  # USD
    signature = models.BinaryField(null=True)  # of a step, for detectors: see signatures
    flags = models.IntegerField()  # vocabulary.Flag
    payload_bytes = models.IntegerField()
    sent_by = models.IntegerField(null=True)  # number of the key: merge.first_made; null: none
    version = models.BinaryField()  # decides which of two copies of a span wins: see write.py

    class Meta:
        db_table = "span"


class SpanPayload(models.Model):
    """The lossless rest of one span. Fetched only for the one span that is looked at."""

    pk = models.CompositePrimaryKey("trace_id", "project_id", "span_id", "started_at")
    trace_id = models.UUIDField()
    project_id = models.IntegerField()
    span_id = models.BigIntegerField()
    started_at = models.DateTimeField()
    envelope = models.UUIDField()  # digest of resource and scope: Envelope
    body = models.BinaryField()  # see payload.py

    class Meta:
        db_table = "span_payload"


class SpanLog(models.Model):
    """A log record that belongs to a trace. Joined to its span when read, so order is no matter."""

    pk = models.CompositePrimaryKey("trace_id", "project_id", "digest", "logged_at")
    trace_id = models.UUIDField()
    project_id = models.IntegerField()
    digest = models.UUIDField()  # of the record, so that a resend is the same row
    logged_at = models.DateTimeField()  # the partition
    time_ns = models.BigIntegerField()
    span_id = models.BigIntegerField(null=True)
    event_name = models.TextField()
    facts = models.JSONField(null=True)  # what it says of its span's columns, by their names
    envelope = models.UUIDField()
    body = models.BinaryField()  # see payload.py
    sent_by = models.IntegerField(null=True)  # as of a span

    class Meta:
        db_table = "span_log"


class Envelope(models.Model):
    """A resource with a scope, stored once however many spans it wrote."""

    pk = models.CompositePrimaryKey("project_id", "digest")
    project_id = models.IntegerField()
    digest = models.UUIDField()
    body = models.BinaryField()  # protobuf ResourceSpans without spans
    seen_on = models.DateField()

    class Meta:
        db_table = "envelope"


class Trace(models.Model):
    """A run. Totals are of the last examination; `examine_after` is the work queue: see
    examined.py."""

    class State(models.TextChoices):
        RUNNING = "running"
        IDLE = "idle"  # nothing came for a while, but it never said that it ended
        ENDED = "ended"

    pk = models.CompositePrimaryKey("trace_id", "project_id")
    trace_id = models.UUIDField()
    project_id = models.IntegerField()
    state = models.TextField(choices=State, default=State.RUNNING)
    name = models.TextField(default="")
    started_at = models.DateTimeField()
    start_ns = models.BigIntegerField()
    end_ns = models.BigIntegerField(default=0)  # latest end or start seen
    session = models.TextField(default="")
    session_basis = models.TextField(default="")  # where the session is known from: ladder.py
    linked_traces = ArrayField(models.UUIDField(), default=list)  # earlier parts of the same task
    user = models.TextField(db_column="user_name", default="")
    environment = models.TextField(default="")
    waiting_ns = models.BigIntegerField(default=0)  # waited for people
    worked = ArrayField(models.BigIntegerField(), default=list)  # waiting.Times, here and below
    waited = ArrayField(models.BigIntegerField(), default=list)
    outcome = models.TextField(default="")  # success or failure where a sender said so
    services = ArrayField(models.TextField(), default=list)
    agents = ArrayField(models.TextField(), default=list)
    tools = ArrayField(models.TextField(), default=list)
    model_names = ArrayField(models.TextField(), default=list)
    # Names of the keys that sent its spans, the one that was made first before others.
    keys = ArrayField(models.TextField(), default=list, db_default=[])
    spans = models.IntegerField(default=0)
    errors = models.IntegerField(default=0)
    llm_calls = models.IntegerField(default=0)
    tool_calls = models.IntegerField(default=0)
    input_tokens = models.BigIntegerField(null=True)  # null: no call reported it, here and below
    output_tokens = models.BigIntegerField(null=True)
    cache_read_tokens = models.BigIntegerField(null=True)
    cache_write_tokens = models.BigIntegerField(null=True)
    reasoning_tokens = models.BigIntegerField(null=True)
    cache_write_1h_tokens = models.BigIntegerField(null=True)
    audio_input_tokens = models.BigIntegerField(null=True)
    audio_output_tokens = models.BigIntegerField(null=True)
    known_cost = models.DecimalField(**MONEY, default=0)  # USD
    discarded_cost = models.DecimalField(**MONEY, default=0)  # USD, of known_cost
    unpriced_calls = models.IntegerField(default=0)
    unpriced_tokens = models.BigIntegerField(default=0)
    first_seen_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)
    generation = models.BigIntegerField(default=0)  # grows with every store of spans
    examined_generation = models.BigIntegerField(default=-1)
    complete = models.BooleanField(default=False)  # a root is there, no parent missing, none open
    examined_at = models.DateTimeField(null=True)
    examine_seconds = models.FloatField(default=0)  # CPU time of the last examination
    examine_after = models.DateTimeField(null=True, default=timezone.now)
    look_after = models.DateTimeField(null=True)  # likewise, for a glance: see glances.py
    look_from_ns = models.BigIntegerField(default=0)  # what began earlier is left out of it
    unmetered_since = models.DateTimeField(null=True)  # came the first that the meter has not
    emptied_at = models.DateTimeField(null=True)  # of what was said, by retention; null: not

    class Meta:
        db_table = "trace"
        indexes = [
            # With the numbers that lists filter by, so that a rare match among all traces of a
            # project is found without a look at their rows.
            models.Index(
                "project_id",
                models.F("started_at").desc(),
                "trace_id",
                name="trace_listed",
                include=LISTED,
            ),
            models.Index(
                "project_id", "session", name="trace_session", condition=~models.Q(session="")
            ),
            models.Index("project_id", "user", name="trace_user", condition=~models.Q(user="")),
            models.Index(
                "project_id",
                models.F("started_at").desc(),
                "trace_id",
                name="trace_running",
                condition=models.Q(state="running"),
            ),
            models.Index(
                "examine_after", name="trace_due", condition=models.Q(examine_after__isnull=False)
            ),
            models.Index(
                "look_after", name="trace_look", condition=models.Q(look_after__isnull=False)
            ),
            models.Index(
                "project_id",
                "unmetered_since",
                name="trace_unmetered",
                condition=models.Q(unmetered_since__isnull=False),
            ),
            models.Index(
                "project_id",
                "started_at",
                name="trace_not_emptied",
                condition=models.Q(emptied_at__isnull=True),
            ),
            # Names that are longer than keys of an index may be: see totals.LONGEST_NAME.
            models.Index(
                "project_id",
                Left("name", 200),
                models.F("started_at").desc(),
                name="trace_named",
                condition=models.Q(agents=[]),
            ),
            # So that the few traces of a rare name are found without a look at all others. Its
            # beginning, for a name may be longer than a key; an environment is not.
            models.Index(
                "project_id",
                Left("name", 200),
                models.F("started_at").desc(),
                "trace_id",
                name="trace_by_name",
            ),
            models.Index(
                "project_id",
                "environment",
                models.F("started_at").desc(),
                "trace_id",
                name="trace_by_environment",
                condition=~models.Q(environment=""),
            ),
            GinIndex("agents", "tools", "model_names", name="trace_members"),
            GinIndex("keys", name="trace_keys", condition=~models.Q(keys=[])),
            GinIndex("linked_traces", name="trace_linked", condition=~models.Q(linked_traces=[])),
        ]

    def __str__(self) -> str:
        return f"{self.name or '(unnamed)'} {self.trace_id}"


class TraceIndex(models.Model):
    """The examined trace as one compressed columnar blob: see tree.py."""

    pk = models.CompositePrimaryKey("trace_id", "project_id")
    trace_id = models.UUIDField()
    project_id = models.IntegerField()
    generation = models.BigIntegerField()
    body = models.BinaryField()
    so_far = models.JSONField(null=True)  # of a large trace: glances.Before

    class Meta:
        db_table = "trace_index"
