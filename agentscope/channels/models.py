"""Channel: where people want to be told. Delivery: one message on its way through a channel. See
docs/adr/0024-channels.md."""

import uuid

from django.db import models
from django.utils import timezone


class Channel(models.Model):
    """Where people want to be told. What is secret of it is encrypted and never shown again."""

    project_id = models.IntegerField()
    name = models.TextField()
    kind = models.TextField()  # kinds.KINDS
    settings = models.JSONField(default=dict)  # what may be shown, by the kind's fields
    secret = models.TextField(default="", blank=True)  # what may not, as locked.py keeps it
    hints = models.JSONField(default=dict)  # by field: the last characters of what is secret
    enabled = models.BooleanField(default=True)
    created_by = models.TextField(default="")
    created_at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(null=True)  # of the last attempt, as the next two
    last_state = models.TextField(default="")  # Delivery.State; "": none yet
    last_reason = models.TextField(default="")

    class Meta:
        db_table = "channel"
        constraints = [
            models.UniqueConstraint(fields=["project_id", "name"], name="one_channel_of_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One message on its way through a channel, and each attempt to deliver it."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"  # and is tried again
        GIVEN_UP = "given_up"

    project_id = models.IntegerField()
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="deliveries")
    uid = models.UUIDField(default=uuid.uuid4)  # that the receiver sees, the same on each attempt
    about = models.TextField()  # Message.about
    message = models.JSONField()  # as message.py keeps it
    state = models.TextField(choices=State, default=State.WAITING)
    attempts = models.IntegerField(default=0)
    # The work queue: when it is due. While it is being sent: until when others leave it alone.
    next_at = models.DateTimeField(null=True, default=timezone.now)
    log = models.JSONField(default=list)  # attempts: at, state, status, reason, ms
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "delivery"
        constraints = [
            models.UniqueConstraint(fields=["channel", "about"], name="told_once_on_a_channel")
        ]
        indexes = [
            models.Index("next_at", name="delivery_due", condition=models.Q(next_at__isnull=False)),
            models.Index("project_id", models.F("id").desc(), name="delivery_newest"),
            models.Index("project_id", "about", name="delivery_about"),
            models.Index("created_at", name="delivery_created"),
        ]
