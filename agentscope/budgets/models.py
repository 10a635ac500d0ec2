"""Budget: what may be used. Spent: what was, by group. Reservation: what calls that are under way
may use yet. Answer: what those were told who asked. Stop and Lift: what people said otherwise.
ToolHour: how often a tool failed lately. Otherwise: what holds where no budget does. See
docs/adr/0025-budgets.md."""

from typing import Any

from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone

AMOUNT: dict[str, Any] = {
    "max_digits": 38,
    "decimal_places": 12,
}  # USD or tokens, as the budget counts
OVER = Coalesce("ended_at", "until")  # when what people said is over; null: nobody knows yet


class Budget(models.Model):
    """What may be used in a window, by everybody or by each of some."""

    class Unit(models.TextChoices):
        USD = "usd", "USD"
        TOKENS = "tokens", "tokens"

    project_id = models.IntegerField()
    name = models.TextField()
    enabled = models.BooleanField(default=True)
    unit = models.TextField(choices=Unit, default=Unit.USD)
    limit = models.DecimalField(**AMOUNT)
    soft = models.DecimalField(max_digits=5, decimal_places=4)  # share of the limit
    only = models.JSONField(default=dict, blank=True)  # meter.Scope, here and below
    each = models.TextField(default="", blank=True)
    window = models.JSONField()  # as alerts.watch has it
    policy = models.JSONField(default=dict)  # policy.py
    created_by = models.TextField(default="")
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    looked_at = models.DateTimeField(null=True)  # null: not added up as it is now
    trouble = models.TextField(default="")  # why it could not be added up

    class Meta:
        db_table = "budget"
        constraints = [
            models.UniqueConstraint(fields=["project_id", "name"], name="one_budget_of_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class Spent(models.Model):
    """What a group used in a window, as of some time. Always added up anew."""

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="spent")
    group = models.TextField()  # an agent, a session, …; "" without `each`
    spent = models.DecimalField(**AMOUNT)  # that is known of
    unpriced_calls = models.IntegerField()  # which are not in it
    recent = models.DecimalField(**AMOUNT)  # in the last measure.RECENT seconds
    window_begin_ns = models.BigIntegerField()
    window_end_ns = models.BigIntegerField()
    as_of_ns = models.BigIntegerField()

    class Meta:
        db_table = "budget_spent"
        constraints = [models.UniqueConstraint(fields=["budget", "group"], name="one_spent")]


class Reservation(models.Model):
    """What a call that is under way may use of one budget. Calls have one for each budget that
    they count in, with one key."""

    project_id = models.IntegerField()
    key = models.UUIDField()
    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="reservations")
    group = models.TextField()
    trace = models.UUIDField(null=True)
    amount = models.DecimalField(**AMOUNT)  # as its caller settled it, once it did
    used_before = models.DecimalField(**AMOUNT)  # by its trace, in the scope of the budget
    covered = models.DecimalField(**AMOUNT, default=0)  # of the amount: it is in what is spent
    is_open = models.BooleanField(default=True)  # False: nothing of it is held any more
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "budget_reservation"
        constraints = [
            models.UniqueConstraint(fields=["key", "budget"], name="one_reservation_a_budget")
        ]
        indexes = [
            models.Index(
                "budget",
                "group",
                include=["amount", "covered", "expires_at"],
                name="reservation_open",
                condition=models.Q(is_open=True),
            ),
            models.Index("expires_at", name="reservation_expired"),
        ]


class Answer(models.Model):
    """What somebody was told who asked, and what that was decided on."""

    project_id = models.IntegerField()
    at = models.DateTimeField()
    decision = models.TextField()  # decision.Decision
    budget = models.IntegerField(null=True)  # that decided; null: none did
    trace = models.UUIDField(null=True)
    session = models.TextField(default="")
    agent = models.TextField(default="")
    asked = models.JSONField()
    said = models.JSONField()

    class Meta:
        db_table = "budget_answer"
        indexes = [
            models.Index("project_id", models.F("at").desc(), name="budget_answer_newest"),
            models.Index("at", name="budget_answer_at"),
            models.Index(
                "project_id",
                "budget",
                models.F("at").desc(),
                name="budget_answer_of",
                condition=models.Q(budget__isnull=False),
            ),
            models.Index(
                "project_id",
                "trace",
                "decision",
                models.F("at").desc(),
                name="budget_answer_of_trace",
                condition=models.Q(trace__isnull=False),
            ),
        ]


class Witnessed(models.Model):
    """Which answers were told to the ledger: those up to an id, but for gaps. One row."""

    upto = models.BigIntegerField(default=0)
    gaps = models.JSONField(default=list)  # pairs of the first and the last id that was not there

    class Meta:
        db_table = "budget_witnessed"


class Lift(models.Model):
    """A person lets somebody go on: over a budget, or in spite of a finding."""

    project_id = models.IntegerField()
    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, null=True, related_name="lifts")
    group = models.TextField(default="")  # of the budget
    trace = models.UUIDField(null=True)  # whose findings do not stop it
    until = models.DateTimeField()
    who = models.TextField()
    why = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)  # by a person, before `until`
    ended_by = models.TextField(default="")

    class Meta:
        db_table = "budget_lift"
        indexes = [
            models.Index("project_id", "until", name="budget_lift_until"),
            models.Index("project_id", OVER.desc(), name="budget_lift_over"),
        ]


class Stop(models.Model):
    """A person stops a trace, a session or an agent, whatever it has spent."""

    project_id = models.IntegerField()
    of = models.TextField()  # trace, session or agent
    name = models.TextField()
    until = models.DateTimeField(null=True)  # null: until somebody ends it
    who = models.TextField()
    why = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)  # by a person
    ended_by = models.TextField(default="")

    class Meta:
        db_table = "budget_stop"
        indexes = [
            models.Index("project_id", OVER.desc(), name="budget_stop_over"),
            models.Index(
                "project_id",
                "of",
                "name",
                name="budget_stop_of",
                condition=models.Q(ended_at__isnull=True),
            ),
        ]


class ToolHour(models.Model):
    """How many calls of a tool there were in the last hour, and how many failed."""

    project_id = models.IntegerField()
    tool = models.TextField()
    calls = models.IntegerField()
    failures = models.IntegerField()
    permanent = models.BooleanField()  # findings say that trying again cannot help
    as_of_ns = models.BigIntegerField()

    class Meta:
        db_table = "budget_tool_hour"
        constraints = [models.UniqueConstraint(fields=["project_id", "tool"], name="one_tool_hour")]


class Otherwise(models.Model):
    """What a project says where no budget does."""

    project_id = models.IntegerField(primary_key=True)
    decision = models.TextField(default="allow")  # decision.Decision
    fail = models.TextField(default="open")  # policy.Fail

    class Meta:
        db_table = "budget_otherwise"
