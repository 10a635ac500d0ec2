"""Session: what belongs together over traces, processes and days."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from agentscope.traces.models import MONEY


class Session(models.Model):
    """Added up anew from its traces whenever one of them was examined; never incremented."""

    pk = models.CompositePrimaryKey("project_id", "session")
    project_id = models.IntegerField()
    session = models.TextField()
    state = models.TextField(default="")  # running, waiting, idle, ended
    user = models.TextField(db_column="user_name", default="")
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    working_ns = models.BigIntegerField(default=0)  # when at least one of its traces worked
    waiting_ns = models.BigIntegerField(default=0)  # for people, or between an interrupt and resume
    traces = models.IntegerField(default=0)
    spans = models.BigIntegerField(default=0)
    errors = models.IntegerField(default=0)
    llm_calls = models.IntegerField(default=0)
    tool_calls = models.IntegerField(default=0)
    agents = ArrayField(models.TextField(), default=list)
    model_names = ArrayField(models.TextField(), default=list)
    environments = ArrayField(models.TextField(), default=list)
    input_tokens = models.BigIntegerField(null=True)
    output_tokens = models.BigIntegerField(null=True)
    known_cost = models.DecimalField(**MONEY, default=0)  # USD
    unpriced_calls = models.IntegerField(default=0)
    unpriced_tokens = models.BigIntegerField(default=0)
    successes = models.IntegerField(default=0)  # traces with that outcome
    failures = models.IntegerField(default=0)
    due_at = models.DateTimeField(null=True)  # the work queue: set when one of its traces changed

    class Meta:
        db_table = "session"
        indexes = [
            models.Index("project_id", models.F("last_at").desc(), name="session_newest"),
            models.Index(
                "project_id",
                "user",
                models.F("last_at").desc(),
                name="session_user",
                condition=~models.Q(user=""),
            ),
            # The rare states: of the others the newest are found quickly.
            models.Index(
                "project_id",
                "state",
                models.F("last_at").desc(),
                name="session_open",
                condition=models.Q(state__in=["running", "waiting"]),
            ),
            GinIndex("environments", "agents", name="session_members"),
            models.Index("due_at", name="session_due", condition=models.Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.session
