"""Metered: what a trace used in a minute, by whom. QuarterMetered: the same of all traces, added up
by quarter of an hour. MeterChange: what was metered anew, for those who go by it. See
docs/adr/0022-meter.md."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class Used(models.Model):
    """What is added up, as readings.Sums says."""

    runs = models.IntegerField()
    spans = models.IntegerField()
    calls = models.IntegerField()
    tool_calls = models.IntegerField()
    errors = models.IntegerField()
    failed_calls = models.IntegerField()
    tokens = models.BigIntegerField()
    pico = models.BigIntegerField()  # 1e-12 USD
    unpriced_calls = models.IntegerField()
    unpriced_tokens = models.BigIntegerField()
    durations = ArrayField(models.IntegerField())  # buckets of them: durations.py
    counts = ArrayField(models.IntegerField())  # how many are in each

    class Meta:
        abstract = True


class User(models.Model):
    """Who used it. "" is "not said"."""

    path = models.TextField()  # agents, outermost first, joined by "/"
    agent = models.TextField()
    tool = models.TextField()
    model = models.TextField()
    environment = models.TextField()
    key = models.TextField()  # projects.Key.name of the one that sent the spans
    kind = models.SmallIntegerField()  # vocabulary.Kind of what has durations; else OTHER

    class Meta:
        abstract = True


class Metered(User, Used):
    """What a trace used in a minute. `part` is 1 for its newest spans, which glances see."""

    pk = models.CompositePrimaryKey("trace_id", "project_id", "part", "minute", "place")
    trace_id = models.UUIDField()
    project_id = models.IntegerField()
    part = models.SmallIntegerField()
    minute = models.IntegerField()  # in which the spans ended, since 1970
    place = models.BigIntegerField()  # a digest of who used it
    session = models.TextField()
    user = models.TextField(db_column="user_name")

    class Meta:
        db_table = "metered"
        indexes = [
            models.Index("project_id", "minute", name="metered_minute"),
            models.Index(
                "project_id",
                "session",
                "minute",
                name="metered_session",
                condition=~models.Q(session=""),
            ),
            models.Index(
                "project_id", "user", "minute", name="metered_user", condition=~models.Q(user="")
            ),
        ]


class QuarterMetered(User, Used):
    """What all traces of a project used in a quarter of an hour, but for whom of those of which
    there may be as many as traces: sessions and users."""

    project_id = models.IntegerField()
    quarter = models.IntegerField()  # since 1970
    last_minute = models.IntegerField()  # of it in which anything was used

    class Meta:
        db_table = "quarter_metered"
        indexes = [models.Index("project_id", "quarter", name="quarter_metered_quarter")]


class QuarterDue(models.Model):
    """A quarter of an hour whose readings changed since it was added up: until it is again, it is
    read from the readings themselves."""

    pk = models.CompositePrimaryKey("project_id", "quarter")
    project_id = models.IntegerField()
    quarter = models.IntegerField()

    class Meta:
        db_table = "quarter_due"


class MeterChange(models.Model):
    """A trace was metered anew: a queue that is emptied by who goes by it."""

    project_id = models.IntegerField()
    trace_id = models.UUIDField()
    first_minute = models.IntegerField()
    last_minute = models.IntegerField()
    touched = models.JSONField()  # whose readings changed: by dimension, a list of names
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "meter_change"
        indexes = [models.Index("project_id", "id", name="meter_change_of")]
