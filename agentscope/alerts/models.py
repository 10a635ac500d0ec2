"""Rule: what people want to hear of. Alert: how one of its groups stands. AlertEvent: what happened
to an alert, and what people were told. Mute: a time in which nobody is told. See
docs/adr/0023-alerts.md."""

from django.db import models
from django.utils import timezone

SEVERITIES = ("alert", "warning", "info")
LATE = "late"  # what was held back is told now
ACKNOWLEDGED, SNOOZED, WOKEN = "acknowledged", "snoozed", "woken"
LET_GO = "let_go"  # what it was about is not looked at any more
DID = (ACKNOWLEDGED, SNOOZED, WOKEN, LET_GO, LATE)  # "": it happened by itself


class Rule(models.Model):
    """What people want to hear of, as rule.py reads it."""

    project_id = models.IntegerField()
    name = models.TextField()
    enabled = models.BooleanField(default=True)
    metric = models.TextField()  # metrics.METRICS
    of = models.TextField(default="", blank=True)  # findings: a code or a severity
    only = models.JSONField(default=dict, blank=True)  # meter.Scope, here and below
    each = models.TextField(default="", blank=True)
    filter = models.TextField(default="", blank=True)  # of traces, as their list has it
    window = models.JSONField()  # spans.py: a rolling or calendar window, or a whole run
    condition = models.JSONField()  # conditions: kind and numbers
    hold = models.IntegerField(default=0)  # seconds over before it fires
    remind = models.IntegerField(null=True, blank=True)  # seconds; null: never
    silence = models.TextField(default="keep")  # machine.Silence
    severity = models.TextField(default="alert")  # of what people are told: SEVERITIES
    budget = models.IntegerField(null=True)  # budgets.Budget that keeps this rule; null: people do
    channels = models.ManyToManyField("channels.Channel", related_name="rules", blank=True)
    created_by = models.TextField(default="")
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    looked_at = models.DateTimeField(null=True)  # evaluated last; null: never as it is now
    trouble = models.TextField(default="")  # why it could not be evaluated

    class Meta:
        db_table = "alert_rule"
        constraints = [
            models.UniqueConstraint(fields=["project_id", "name"], name="one_rule_of_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class Alert(models.Model):
    """How one group of a rule stands: one row, however many workers look at it."""

    project_id = models.IntegerField()
    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="alerts")
    group = models.TextField()  # an agent, a session, …; "" without `each`
    state = models.TextField(default="ok")  # machine.State
    since_ns = models.BigIntegerField(default=0)  # it is in this state
    told_ns = models.BigIntegerField(default=0)  # people were told last
    window = models.BigIntegerField(null=True)  # that it fired in last: its begin in ns
    was_corrected = models.BooleanField(default=False)
    value = models.DecimalField(max_digits=38, decimal_places=12, null=True)  # seen last
    threshold = models.DecimalField(max_digits=38, decimal_places=12, null=True)
    looked_at = models.DateTimeField(default=timezone.now)
    acknowledged_by = models.TextField(default="")
    acknowledged_at = models.DateTimeField(null=True)
    note = models.TextField(default="")
    snoozed_until = models.DateTimeField(null=True)
    snoozed_by = models.TextField(default="")
    heard = models.TextField(default="")  # heard.Ear, here and below
    owed = models.TextField(default="")

    class Meta:
        db_table = "alert"
        constraints = [
            models.UniqueConstraint(fields=["rule", "group"], name="one_alert_of_a_group")
        ]
        indexes = [
            models.Index(
                "project_id",
                "state",
                name="alert_open",
                condition=models.Q(state__in=["pending", "firing", "no_data"]),
            )
        ]


class AlertEvent(models.Model):
    """What happened to an alert: it changed its state, people were told, somebody did something.
    Only ever added to."""

    project_id = models.IntegerField()
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="events")
    at_ns = models.BigIntegerField()
    state = models.TextField()  # from then on
    notice = models.TextField(default="")  # machine.Notice; "": people are told nothing
    value = models.DecimalField(max_digits=38, decimal_places=12, null=True)
    threshold = models.DecimalField(max_digits=38, decimal_places=12, null=True)
    window_begin_ns = models.BigIntegerField(null=True)
    window_end_ns = models.BigIntegerField(null=True)
    unpriced_calls = models.IntegerField(default=0)  # which are not in a value in USD
    did = models.TextField(default="")  # DID
    who = models.TextField(default="")  # of what a person did
    note = models.TextField(default="")
    held_back = models.TextField(default="")  # heard.HeldBack: why nobody was told

    class Meta:
        db_table = "alert_event"
        constraints = [
            models.UniqueConstraint(fields=["alert", "notice", "at_ns"], name="one_event_at_a_time")
        ]
        indexes = [models.Index("project_id", models.F("at_ns").desc(), name="alert_event_newest")]


class Looked(models.Model):
    """When the rules of a project were looked at last."""

    project_id = models.IntegerField(primary_key=True)
    looked_at = models.DateTimeField()
    seconds = models.FloatField()  # that it took

    class Meta:
        db_table = "alert_looked"


class Mute(models.Model):
    """A maintenance window: alerts are evaluated, and nobody is told."""

    project_id = models.IntegerField()
    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, null=True)  # null: of all rules
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.TextField(default="")
    created_by = models.TextField(default="")

    class Meta:
        db_table = "alert_mute"
        indexes = [models.Index("project_id", "ends_at", name="alert_mute_ends")]
