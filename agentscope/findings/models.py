"""Finding: something that looks wrong in one trace. Cause: the same one over traces and days.
Threshold: what a project says otherwise of a detector."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from agentscope.traces.models import MONEY


class Finding(models.Model):
    """Derived from a trace by a detector, and derived anew whenever the trace is examined: what is
    not found any more is withdrawn, not deleted, since somebody may have been told of it."""

    pk = models.CompositePrimaryKey("trace_id", "project_id", "fingerprint", "first_span")
    trace_id = models.UUIDField()
    project_id = models.IntegerField()
    fingerprint = models.UUIDField()  # of the cause: see identity.py
    first_span = models.BigIntegerField()
    last_span = models.BigIntegerField()
    code = models.TextField()
    version = models.SmallIntegerField()  # of the detector
    severity = models.SmallIntegerField()  # severity.Severity
    sentence = models.TextField()
    subject = models.TextField()
    agent = models.TextField()
    path = models.TextField()
    session = models.TextField()
    period = models.IntegerField()  # steps of one round
    repeats = models.IntegerField()
    span_ids = ArrayField(models.BigIntegerField())
    first_ns = models.BigIntegerField()
    last_ns = models.BigIntegerField()
    last_at = models.DateTimeField()  # the same as last_ns
    tokens = models.BigIntegerField()  # since the first repeat, here and below
    known_cost = models.DecimalField(**MONEY)  # USD
    unpriced_calls = models.IntegerField()
    spent_ns = models.BigIntegerField(null=True)  # how long that took; null: all of the time
    confidence = models.FloatField()  # 0 to 1
    legitimate = models.TextField()  # what would make it so
    evidence = models.JSONField(default=dict)
    # What the other places of the cause in this trace come to, on the worst of them: see kept.py.
    more_places = models.IntegerField(default=0, db_default=0)
    more_spans = models.IntegerField(default=0, db_default=0)
    more_tokens = models.BigIntegerField(default=0, db_default=0)
    more_cost = models.DecimalField(**MONEY, default=0, db_default=0)  # USD
    more_unpriced = models.IntegerField(default=0, db_default=0)
    more_first_ns = models.BigIntegerField(null=True)
    more_last_at = models.DateTimeField(null=True)
    raised_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)
    # Of an anomaly that a glance raised: how far its trace had grown. Judged once it was examined.
    seen_generation = models.BigIntegerField(null=True)
    spans_left_out = 0  # in the middle of `span_ids`, where a list has read only the ends of it

    class Meta:
        db_table = "finding"
        indexes = [
            models.Index(
                "project_id", "fingerprint", models.F("last_at").desc(), name="finding_of"
            ),
            models.Index("project_id", models.F("last_at").desc(), name="finding_newest"),
            models.Index(
                "project_id", "session", name="finding_session", condition=~models.Q(session="")
            ),
        ]

    def __str__(self) -> str:
        return self.sentence

    @property
    def span_count(self) -> int:
        """How many steps are its evidence."""
        return len(self.span_ids) + self.spans_left_out


class Cause(models.Model):
    """Findings with one fingerprint. Added up anew when one of them changed; what a person decided
    stays."""

    class Decision(models.TextChoices):
        NONE = "", "none yet"
        EXPECTED = "expected", "expected here"
        RESOLVED = "resolved", "resolved"

    pk = models.CompositePrimaryKey("project_id", "fingerprint")
    project_id = models.IntegerField()
    fingerprint = models.UUIDField()
    code = models.TextField()
    subject = models.TextField()
    agent = models.TextField()
    severity = models.SmallIntegerField(default=0)  # the worst of its findings
    sentence = models.TextField(default="")  # of the newest
    findings = models.IntegerField(default=0)  # at how many places
    more_places = models.IntegerField(default=0, db_default=0)  # of those, without a row
    traces = models.IntegerField(default=0)
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    raised_at = models.DateTimeField(null=True)  # the newest
    tokens = models.BigIntegerField(default=0)
    known_cost = models.DecimalField(**MONEY, default=0)  # USD
    unpriced_calls = models.IntegerField(default=0)
    decision = models.TextField(choices=Decision, default=Decision.NONE, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(default="")
    note = models.TextField(default="", blank=True)
    due_at = models.DateTimeField(null=True)  # the work queue

    class Meta:
        db_table = "finding_cause"
        indexes = [
            models.Index("project_id", models.F("last_at").desc(), name="cause_newest"),
            models.Index("due_at", name="cause_due", condition=models.Q(due_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.sentence


class Threshold(models.Model):
    """From how many repeats on a detector speaks in a project, where it is not as usual."""

    project_id = models.IntegerField()
    code = models.TextField()
    inform = models.IntegerField()
    alert = models.IntegerField()
    enabled = models.BooleanField(default=True)

    class Meta:
        db_table = "finding_threshold"
        constraints = [models.UniqueConstraint(fields=["project_id", "code"], name="one_threshold")]


class KeptOutline(models.Model):
    """What is kept of a trace for those that come after it, as earlier.Outline says; keys only."""

    pk = models.CompositePrimaryKey("trace_id", "project_id")
    trace_id = models.UUIDField()
    project_id = models.IntegerField()
    session = models.BigIntegerField()  # a key; 0: none, here and below
    root = models.BigIntegerField()
    input = models.BigIntegerField()
    start_ns = models.BigIntegerField()
    end_ns = models.BigIntegerField()
    ended = models.SmallIntegerField()  # earlier.Ended
    error = models.BigIntegerField()
    result = models.BigIntegerField()
    has_effect = models.BooleanField()
    states = ArrayField(models.BigIntegerField())
    steps = ArrayField(models.BigIntegerField())
    tokens = models.BigIntegerField()
    pico = models.BigIntegerField()  # 1e-12 USD
    unpriced = models.IntegerField()
    links = ArrayField(models.UUIDField())

    class Meta:
        db_table = "finding_outline"
        indexes = [
            models.Index(
                "project_id",
                "session",
                models.F("end_ns").desc(),
                name="outline_session",
                condition=~models.Q(session=0),
            ),
            models.Index(
                "project_id",
                "root",
                "input",
                models.F("start_ns").desc(),
                name="outline_work",
                condition=~models.Q(root=0) & ~models.Q(input=0),
            ),
        ]


class KeptAct(models.Model):
    """A call that does something each time it is made, as earlier.Act says; keys only."""

    pk = models.CompositePrimaryKey("trace_id", "project_id", "span_id")
    trace_id = models.UUIDField()
    project_id = models.IntegerField()
    span_id = models.BigIntegerField()
    session = models.BigIntegerField()  # a key; 0: none, here and below
    key = models.BigIntegerField()
    start_ns = models.BigIntegerField()
    end_ns = models.BigIntegerField()
    said = models.BigIntegerField()
    call_id = models.BigIntegerField()
    answer = models.BigIntegerField()
    is_asked = models.BooleanField()

    class Meta:
        db_table = "finding_act"
        indexes = [
            models.Index(
                "project_id",
                "session",
                "key",
                name="act_again",
                condition=~models.Q(session=0),
            )
        ]


class JudgedDay(models.Model):
    """A day whose runs and hours are compared with those before it, and whether that is due: see
    judging.py."""

    pk = models.CompositePrimaryKey("project_id", "day")
    project_id = models.IntegerField()
    day = models.DateField()
    due_at = models.DateTimeField(null=True)  # the work queue
    judged_at = models.DateTimeField(null=True)
    judge_seconds = models.FloatField(default=0)  # that it took last

    class Meta:
        db_table = "finding_day"
        indexes = [
            models.Index(
                "due_at", name="finding_day_due", condition=models.Q(due_at__isnull=False)
            ),
        ]
