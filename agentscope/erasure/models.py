"""Erasure: that somebody asked for what is stored of a user or a session to be erased."""

from django.db import models


class Erasure(models.Model):
    """First a job counts what will go, then a person confirms, then another job erases."""

    class Of(models.TextChoices):
        USER = "user", "user"
        SESSION = "session", "session"

    project_id = models.IntegerField()
    of = models.TextField(choices=Of)
    said = models.TextField()  # the identifier, as spans have it; "" once it is over
    digest = models.TextField()  # of the identifier: see person.py
    mentions = models.BooleanField()  # it is replaced in what others said, too
    reason = models.TextField()
    asked_by = models.TextField()
    asked_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.TextField(default="")
    confirmed_at = models.DateTimeField(null=True)
    counting = models.BigIntegerField()  # the job that counts
    erasing = models.BigIntegerField(null=True)  # the job that erases; null: not confirmed yet
    # Resources that erased records named: they go at the end, if nothing else names them.
    resources = models.JSONField(default=list)
    answers = models.JSONField(default=list)  # keys of those to agents that went, for the ledger

    class Meta:
        db_table = "erasure"
        indexes = [models.Index("project_id", models.F("asked_at").desc(), name="erasure_newest")]

    def __str__(self) -> str:
        return f"{self.of} {self.digest[:12]}"
