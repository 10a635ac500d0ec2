"""Record: what one run of an agent decided. Withdrawn: what was one. docs/adr/0028-records.md."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

NEWEST = (models.F("at").desc(), models.F("trace_id").desc(), models.F("span_id").desc())


class Record(models.Model):
    """What one run of an agent decided, or where no agent is known the steps of a whole root.
    Written anew when its trace is examined, and changed there."""

    class Outcome(models.TextChoices):
        DONE = "done"
        FAILED = "failed"
        WAITING = "waiting"  # for a person
        REJECTED = (
            "rejected"  # a judge or a person turned it down, or something else took its place
        )
        STOPPED = "stopped"  # it was told to stop, or was cancelled
        RUNNING = "running"

    class Authority(models.TextChoices):
        NONE = "none"  # nothing and nobody was asked, as far as the trace tells
        APPROVED = "approved"  # a person let it, or refused it
        POLICY = "policy"  # a guardrail or an evaluator judged it
        BUDGET = "budget"  # a budget let it go on, or it was told to stop

    pk = models.CompositePrimaryKey("trace_id", "project_id", "span_id")
    trace_id = models.UUIDField()
    project_id = models.IntegerField()
    span_id = models.BigIntegerField()  # the first of the run
    at = models.DateTimeField()  # when it began
    took_ns = models.BigIntegerField()  # up to its end, or to the last that is known of it
    agent = models.TextField()  # "" is unknown, here and below
    path = models.TextField()  # names of the agents above and its own, joined by "/"
    version = models.TextField()  # of the agent
    session = models.TextField()
    end_user = models.TextField()  # on whose behalf
    environment = models.TextField()
    outcome = models.TextField(choices=Outcome)
    authority = models.TextField(choices=Authority)
    effects = ArrayField(
        models.TextField(), default=list
    )  # tools it called that change something in the world
    people = ArrayField(models.TextField(), default=list)  # who approved or rejected
    findings = ArrayField(models.TextField(), default=list)  # their codes
    pico = models.BigIntegerField(null=True)  # 1e-12 USD, its own cost; null: nothing is known
    unpriced = models.IntegerField()  # calls that are not in it
    rejected = models.IntegerField()  # alternatives
    rejected_pico = models.BigIntegerField(null=True)
    rejected_unpriced = models.IntegerField()
    body = models.JSONField()  # the record: body.py
    digest = models.BinaryField()  # SHA-256 of the body as canonical JSON (RFC 8785)
    made_by = models.IntegerField()  # body.FORM by which it was derived
    recorded = models.BigIntegerField(null=True)  # position in the ledger; null: not yet

    class Meta:
        db_table = "decision_record"
        indexes = [
            models.Index("project_id", *NEWEST, name="record_newest"),
            models.Index("project_id", "agent", *NEWEST, name="record_of_agent"),
            models.Index("project_id", "outcome", *NEWEST, name="record_by_outcome"),
            models.Index(
                "project_id",
                "session",
                *NEWEST,
                name="record_of_session",
                condition=~models.Q(session=""),
            ),
            models.Index(
                "project_id",
                "end_user",
                *NEWEST,
                name="record_for_user",
                condition=~models.Q(end_user=""),
            ),
            models.Index(
                "project_id",
                "authority",
                *NEWEST,
                name="record_by_authority",
                condition=~models.Q(authority="none"),
            ),
            models.Index(
                "project_id",
                "environment",
                *NEWEST,
                name="record_in_environment",
                condition=~models.Q(environment=""),
            ),
            GinIndex("effects", name="record_effects", condition=~models.Q(effects=[])),
            GinIndex("people", name="record_people", condition=~models.Q(people=[])),
            GinIndex("findings", name="record_findings", condition=~models.Q(findings=[])),
            models.Index(
                "project_id", "at", name="record_to_tell", condition=models.Q(recorded=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent or '(no agent)'} {self.outcome} {self.trace_id}"


class Withdrawn(models.Model):
    """A record that the ledger tells of, and that is none any more: its trace was told otherwise by
    what came later. Deleted once the ledger tells of that too."""

    pk = models.CompositePrimaryKey("trace_id", "project_id", "span_id")
    trace_id = models.UUIDField()
    project_id = models.IntegerField()
    span_id = models.BigIntegerField()

    class Meta:
        db_table = "decision_record_withdrawn"

    def __str__(self) -> str:
        return f"{self.trace_id} {self.span_id}"
