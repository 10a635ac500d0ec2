"""AgentRun: what one agent did in one trace. AgentDay: the same, added up by day. AgentHour: what
agents spent hour by hour."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from agentscope.traces.models import MONEY


class AgentRun(models.Model):
    """Written anew when the trace is examined."""

    pk = models.CompositePrimaryKey("trace_id", "project_id", "agent")
    trace_id = models.UUIDField()
    project_id = models.IntegerField()
    agent = models.TextField()
    started_at = models.DateTimeField()
    runs = models.IntegerField(default=0)  # times it was invoked
    # Of its runs that ended, without waiting for people; and how many of them are left out
    durations_ns = ArrayField(models.BigIntegerField(), default=list)
    durations_left = models.IntegerField(default=0)
    open_ns = models.BigIntegerField(default=0)  # how long those that have not ended last so far
    errors = models.IntegerField(default=0)  # failures in its own work
    error_classes = models.JSONField(default=dict)  # runs.Done, as the next ones
    failed_runs = models.IntegerField(default=0)
    llm_calls = models.IntegerField(default=0)
    tool_calls = models.IntegerField(default=0)
    input_tokens = models.BigIntegerField(default=0)
    output_tokens = models.BigIntegerField(default=0)
    known_cost = models.DecimalField(**MONEY, default=0)  # USD, of its own calls
    inclusive_cost = models.DecimalField(**MONEY, default=0)  # USD, with the agents it called
    inclusive_unpriced = models.IntegerField(default=0)  # calls, with those of these agents
    unpriced_calls = models.IntegerField(default=0)
    unpriced_tokens = models.BigIntegerField(default=0)
    tools = models.JSONField(default=dict)
    models_used = models.JSONField(default=dict)
    providers = models.JSONField(default=dict)
    versions = ArrayField(models.TextField(), default=list)
    callers = models.JSONField(default=list)
    service = models.TextField(default="")
    environment = models.TextField(default="")
    depth = models.IntegerField(default=0)  # levels of spans in its deepest run; 0: not known
    hosts = ArrayField(models.BigIntegerField(), default=list)  # keys of signatures, the first ones

    class Meta:
        db_table = "agent_run"
        indexes = [
            models.Index("project_id", "agent", models.F("started_at").desc(), name="agent_run_of"),
            models.Index("project_id", models.F("started_at").desc(), name="agent_run_newest"),
        ]


class AgentDay(models.Model):
    """What an agent did in all traces in which it first ran on a day (UTC): the rows of AgentRun
    added up. Stays when they expire. See docs/adr/0014-rollups.md."""

    project_id = models.IntegerField()
    day = models.DateField()
    agent = models.TextField()
    service = models.TextField()
    environment = models.TextField()
    versions = ArrayField(models.TextField())
    traces = models.BigIntegerField()
    runs = models.BigIntegerField()
    failed_runs = models.BigIntegerField()
    errors = models.BigIntegerField()
    llm_calls = models.BigIntegerField()
    tool_calls = models.BigIntegerField()
    input_tokens = models.BigIntegerField()
    output_tokens = models.BigIntegerField()
    known_cost = models.DecimalField(**MONEY)  # USD, of its own calls
    inclusive_cost = models.DecimalField(**MONEY)  # USD, with the agents it called
    inclusive_unpriced = models.BigIntegerField()
    unpriced_calls = models.BigIntegerField()
    unpriced_tokens = models.BigIntegerField()
    durations_left = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    durations = models.BinaryField(default=b"")  # how many runs took how long: sql.packed
    tools = models.JSONField()  # these as in AgentRun
    models_used = models.JSONField()
    providers = models.JSONField(default=dict)
    error_classes = models.JSONField(default=dict)
    callers = models.JSONField()

    class Meta:
        db_table = "agent_day"
        indexes = [
            models.Index("project_id", "day", name="agent_day_day"),
            models.Index("project_id", "agent", "day", name="agent_day_agent"),
        ]


class AgentHour(models.Model):
    """What the work of an agent that began in an hour (UTC) came to, over all traces: the lines of
    costs.PathCost added up, of the last weeks. "" is work of no agent."""

    pk = models.CompositePrimaryKey("project_id", "hour", "agent")
    project_id = models.IntegerField()
    hour = models.DateTimeField()
    agent = models.TextField()
    known_cost = models.DecimalField(**MONEY)  # USD
    tokens = models.BigIntegerField()
    unpriced_calls = models.BigIntegerField()

    class Meta:
        db_table = "agent_hour"
