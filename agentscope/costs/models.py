"""PathCost: what each reasoning path of a trace cost. Charge: what single spans cost. DayCost,
SessionCost, AttributeCost: the lines added up by day. DayDue: which days are due for that. See
docs/adr/0014-rollups.md."""

from typing import Any

from django.db import models

from agentscope.traces.models import MONEY

TOKENS: dict[str, Any] = {"default": 0}


class Amounts(models.Model):
    """What is added up. Everything is a sum over parts, so sums of rows are sums of their parts."""

    traces = models.IntegerField(default=0)  # each in the line of its first row
    calls = models.IntegerField(default=0)  # of models
    tool_calls = models.IntegerField(default=0)
    errors = models.IntegerField(default=0)
    time_ns = models.BigIntegerField(default=0)  # spent in the spans themselves, not in those below
    known_cost = models.DecimalField(**MONEY, default=0)  # USD, by the project's policy
    computed_cost = models.DecimalField(**MONEY, default=0)  # USD, by the price list
    reported_cost = models.DecimalField(**MONEY, default=0)  # USD, by the senders
    discarded_cost = models.DecimalField(**MONEY, default=0)  # USD, of known_cost
    unpriced_calls = models.IntegerField(default=0)
    unpriced_tokens = models.BigIntegerField(default=0)
    fresh_input = models.BigIntegerField(**TOKENS)  # vocabulary.Buckets
    cache_read = models.BigIntegerField(**TOKENS)
    cache_write_5m = models.BigIntegerField(**TOKENS)
    cache_write_1h = models.BigIntegerField(**TOKENS)
    audio_input = models.BigIntegerField(**TOKENS)
    output_text = models.BigIntegerField(**TOKENS)
    reasoning = models.BigIntegerField(**TOKENS)
    audio_output = models.BigIntegerField(**TOKENS)

    class Meta:
        abstract = True


class Dimensions(models.Model):
    """What costs are grouped by. "" is "not said"; an empty path is shown as `unattributed`."""

    path = models.TextField()  # agents, outermost first, joined by "/"
    agent = models.TextField()
    tool = models.TextField()  # the tool that the work was done for, or that was called
    model = models.TextField()
    provider = models.TextField()
    service = models.TextField()
    environment = models.TextField()
    outcome = models.TextField(default="")  # of the whole trace: success, failure

    class Meta:
        abstract = True


class PathCost(Dimensions, Amounts):
    """One line of the bill of a trace. Written anew as a whole when the trace is examined."""

    pk = models.CompositePrimaryKey("trace_id", "project_id", "line")
    trace_id = models.UUIDField()
    project_id = models.IntegerField()
    line = models.IntegerField()  # numbers the lines of a trace
    attributes = models.JSONField(default=dict)  # those that the project chose
    hour = models.DateTimeField()  # in which the work began, UTC
    session = models.TextField()
    user = models.TextField(db_column="user_name")

    class Meta:
        db_table = "path_cost"
        indexes = [
            models.Index("project_id", "hour", "trace_id", "line", name="path_cost_newest"),
            models.Index(
                "project_id",
                "session",
                "hour",
                name="path_cost_session",
                condition=~models.Q(session=""),
            ),
            models.Index(
                "project_id", "user", "hour", name="path_cost_user", condition=~models.Q(user="")
            ),
        ]


class Charge(models.Model):
    """One span of a line that costs something, or of which nobody knows what it costs: to be found
    by what it cost."""

    pk = models.CompositePrimaryKey("trace_id", "project_id", "span_id")
    trace_id = models.UUIDField()
    project_id = models.IntegerField()
    span_id = models.BigIntegerField()
    line = models.IntegerField()  # of PathCost
    hour = models.DateTimeField()  # of that line
    cost = models.BigIntegerField()  # 1e-12 USD, -1: unknown

    class Meta:
        db_table = "charge"
        indexes = [
            models.Index(
                fields=["project_id", "cost", "trace_id", "span_id"],
                include=["hour", "line"],
                name="charge_dearest",
            )
        ]


class DayCost(Dimensions, Amounts):
    """The lines of all traces of a project, added up by day (UTC) and by all dimensions but
    those of which there may be as many as traces: session, user and attributes."""

    project_id = models.IntegerField()
    day = models.DateField()

    class Meta:
        db_table = "day_cost"
        indexes = [models.Index("project_id", "day", name="day_cost_day")]


class SessionCost(Amounts):
    """The same by session, user and outcome alone."""

    project_id = models.IntegerField()
    day = models.DateField()
    session = models.TextField()
    user = models.TextField(db_column="user_name")
    outcome = models.TextField()

    class Meta:
        db_table = "session_cost"
        indexes = [models.Index("project_id", "day", name="session_cost_day")]


class AttributeCost(Amounts):
    """The same by attributes, environment and outcome alone."""

    project_id = models.IntegerField()
    day = models.DateField()
    attributes = models.JSONField()
    environment = models.TextField()
    outcome = models.TextField()

    class Meta:
        db_table = "attribute_cost"
        indexes = [models.Index("project_id", "day", name="attribute_cost_day")]


class DayDue(models.Model):
    """A day that has lines or runs of agents, and whether they changed since it was added up: the
    work queue of the roll-up. Closed when they expire: from then on its sums stay as they are."""

    pk = models.CompositePrimaryKey("project_id", "day")
    project_id = models.IntegerField()
    day = models.DateField()
    generation = models.BigIntegerField(default=0)  # grows whenever one of them changes
    due_at = models.DateTimeField(null=True)  # null: nothing changed
    leased_until = models.DateTimeField(null=True)  # a worker is at it
    rolled_at = models.DateTimeField(null=True)
    roll_seconds = models.FloatField(default=0)  # that adding it up took last
    closed = models.BooleanField(default=False)

    class Meta:
        db_table = "day_due"
        indexes = [
            models.Index("due_at", name="day_due_at", condition=models.Q(due_at__isnull=False)),
        ]
