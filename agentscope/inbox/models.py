"""Inbox, DeadLetter, Refusal: requests as they came. Work queues, so never sharded."""

from django.db import models


class Signal(models.TextChoices):
    TRACES = "traces"
    LOGS = "logs"


class Inbox(models.Model):
    """A raw request that was answered with 200 and is not yet stored as spans.

    Rows are claimed by `select … for update skip locked` and deleted in the transaction that
    stores their spans.
    """

    id = models.BigAutoField(primary_key=True)
    received_at = models.DateTimeField(auto_now_add=True)
    project_id = models.IntegerField()
    signal = models.TextField(choices=Signal)
    content_type = models.TextField()  # application/x-protobuf or application/json
    encoding = models.TextField(default="")  # gzip, deflate, zstd or none
    body = models.BinaryField()
    sent_by = models.IntegerField(null=True)  # number of the key; null: it came without one
    attempts = models.SmallIntegerField(db_default=0)  # see write.note_attempt
    attempted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "inbox"


class DeadLetter(models.Model):
    """An accepted request that could not be stored after all. Kept until a person decides."""

    id = models.BigAutoField(primary_key=True)
    received_at = models.DateTimeField()
    failed_at = models.DateTimeField(auto_now_add=True)
    project_id = models.IntegerField()
    signal = models.TextField(choices=Signal)
    content_type = models.TextField()
    encoding = models.TextField(default="")
    body = models.BinaryField()
    sent_by = models.IntegerField(null=True)
    error = models.TextField()

    class Meta:
        db_table = "dead_letter"


class Refusal(models.Model):
    """What was refused, by whom and why, counted per day: nothing disappears in silence."""

    project_id = models.IntegerField(null=True)  # null: the sender could not be told
    day = models.DateField()
    reason = models.TextField()
    requests = models.BigIntegerField(default=0)
    items = models.BigIntegerField(default=0)  # spans or log records
    last_at = models.DateTimeField()
    example = models.TextField(default="")

    class Meta:
        db_table = "refusal"
        constraints = [
            models.UniqueConstraint(
                fields=["project_id", "day", "reason"], nulls_distinct=False, name="one_refusal"
            )
        ]
