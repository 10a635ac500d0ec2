"""Queue: a rule by which decisions are drawn for review. Item: a decision that was, or that people
took up. Review: a verdict of somebody, only ever added, as is Comment. Mention: who is named in it.
Sitting: somebody looks at a decision. TwoPersons: which effects take two. Due: a run of which the
decisions may be new.

A decision is named by project, trace and span, without a foreign key: its record is derived and may
be derived anew, or be gone; what people said of it stays."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone


class Verdict(models.TextChoices):
    """What somebody thinks of a decision, from the best to the worst."""

    APPROVED = "approved", "approved"
    QUESTIONED = "questioned", "questioned"
    WRONG = "wrong", "wrong"


WITHDRAWN = "withdrawn"  # said instead of a verdict: the one before holds no more
SAYINGS = [*Verdict.values, WITHDRAWN]


class Case(models.Model):
    """What names a decision."""

    project_id = models.IntegerField()
    trace_id = models.UUIDField()
    span_id = models.BigIntegerField()

    class Meta:
        abstract = True


class Said(Case):
    """What somebody said of a decision. A trigger refuses that it is changed, but for its text,
    which can be erased: the digest stays. The name of the agent can be redacted."""

    at = models.DateTimeField(default=timezone.now)
    who = models.TextField()
    text = models.TextField(blank=True, default="")
    salt = models.TextField(blank=True, default="")  # erased with the text
    digest = models.BinaryField()  # SHA-256 of salt and text
    erased_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


class Queue(models.Model):
    """A rule: which decisions are to be reviewed, and how many of them."""

    project_id = models.IntegerField()
    name = models.TextField()
    enabled = models.BooleanField(default=True)
    only = models.JSONField(default=dict, blank=True)  # rule.py
    share = models.DecimalField(max_digits=7, decimal_places=6)  # of those that fit, above 0 to 1
    hours = models.IntegerField()  # until an item is due
    since = models.DateTimeField()  # decisions that began before are not meant
    is_filled = models.BooleanField(default=False)  # with what there was when it was said
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.TextField(default="")
    ended_at = models.DateTimeField(null=True)  # somebody deleted it; its items keep its name

    class Meta:
        db_table = "review_queue"
        constraints = [
            models.UniqueConstraint(
                fields=["project_id", "name"],
                name="one_review_queue_of_a_name",
                condition=models.Q(ended_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Item(Case):
    """A decision that is to be reviewed, or was."""

    agent = models.TextField(blank=True, default="")
    decided_at = models.DateTimeField()
    effects = ArrayField(models.TextField(), default=list, blank=True)
    queues = ArrayField(models.BigIntegerField(), default=list, blank=True)  # that drew it
    came_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True)  # null: no rule asks for it
    assigned_to = models.TextField(blank=True, default="")
    needs = models.SmallIntegerField(default=1)  # people
    approvals = models.SmallIntegerField(default=0)  # people who approve at present
    verdict = models.TextField(blank=True, default="")  # the worst at present
    reviewed_at = models.DateTimeField(null=True)
    is_gone = models.BooleanField(default=False)  # its record: nobody can say more of it

    class Meta:
        db_table = "review_item"
        constraints = [
            models.UniqueConstraint(
                fields=["project_id", "trace_id", "span_id"], name="one_review_item"
            )
        ]
        indexes = [
            models.Index(
                "project_id",
                models.F("due_at").asc(nulls_last=True),
                "id",
                name="review_item_due",
                condition=models.Q(reviewed_at__isnull=True),
            ),
            models.Index("project_id", models.F("reviewed_at").desc(), name="review_item_done"),
            models.Index("project_id", "assigned_to", name="review_item_assigned"),
            GinIndex("queues", name="review_item_queues"),
        ]

    @property
    def state(self) -> str:
        """How it stands: reviewed, gone before it was, assigned or open."""
        if self.reviewed_at:
            return "reviewed"
        if self.is_gone:
            return "gone"
        return "assigned" if self.assigned_to else "open"


class Review(Said):
    """A verdict, or that the one before is withdrawn. A later one of the same person about the same
    decision takes its place."""

    agent = models.TextField(blank=True, default="")
    is_person = models.BooleanField(default=True)  # False: a program with a key
    verdict = models.TextField()  # of SAYINGS
    record = models.BinaryField()  # digest of the record that was meant
    opened_at = models.DateTimeField(null=True)  # null: nobody knows, nor the next two
    seconds = models.IntegerField(null=True)  # that it was looked at
    evidence = ArrayField(models.BigIntegerField(), null=True)  # spans that were opened

    class Meta:
        db_table = "review"
        indexes = [
            models.Index(
                "project_id", "trace_id", "span_id", "who", models.F("id").desc(), name="review_of"
            ),
            models.Index("project_id", "at", name="review_at"),
        ]


class Comment(Said):
    """A remark."""

    class Meta:
        db_table = "review_comment"
        indexes = [
            models.Index("project_id", "trace_id", "span_id", "id", name="review_comment_of")
        ]


class Mention(models.Model):
    """Somebody who is named in a comment."""

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="mentions")
    project_id = models.IntegerField()
    who = models.TextField()
    seen_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "review_mention"
        constraints = [models.UniqueConstraint(fields=["comment", "who"], name="one_mention")]
        indexes = [
            models.Index("project_id", "who", models.F("id").desc(), name="review_mention_of"),
            models.Index(
                "id",
                name="review_mention_to_mail",
                condition=models.Q(seen_at__isnull=True, mailed_at__isnull=True),
            ),
        ]


class NoLetters(models.Model):
    """Somebody who does not want to be mailed where comments name them."""

    pk = models.CompositePrimaryKey("project_id", "who")
    project_id = models.IntegerField()
    who = models.TextField()

    class Meta:
        db_table = "review_no_letters"


class Sitting(Case):
    """Somebody looks at a decision and has not said yet what to think of it."""

    who = models.TextField()
    opened_at = models.DateTimeField()
    last_at = models.DateTimeField()  # when something was opened last
    seconds = models.FloatField(default=0)  # until then, without long pauses
    evidence = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        db_table = "review_sitting"
        constraints = [
            models.UniqueConstraint(
                fields=["project_id", "trace_id", "span_id", "who"], name="one_sitting"
            )
        ]
        indexes = [models.Index("last_at", name="review_sitting_last")]


class TwoPersons(models.Model):
    """Which effects are approved by two people only."""

    project_id = models.IntegerField(primary_key=True)
    tools = ArrayField(models.TextField(), default=list, blank=True)  # `*`: any characters

    class Meta:
        db_table = "review_two_persons"


class Due(models.Model):
    """A run of which decisions were derived, and no queue has looked at them since."""

    pk = models.CompositePrimaryKey("project_id", "trace_id")
    project_id = models.IntegerField()
    trace_id = models.UUIDField()

    class Meta:
        db_table = "review_due"
