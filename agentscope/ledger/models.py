"""Entry: a link of the chain, only ever added. Content: what it says, which may be erased.
Checkpoint: a signed statement of how long the chain was. Anchored: that one was put where the
database is not. See docs/adr/0027-ledger.md."""

from django.db import models
from django.db.models.fields.json import KT
from django.db.models.functions import Cast


class Entry(models.Model):
    """A link of the chain of a project. Triggers refuse that it is changed or deleted."""

    pk = models.CompositePrimaryKey("project_id", "position")
    project_id = models.IntegerField()
    position = models.BigIntegerField()  # 1, 2, 3, … without a gap
    at = models.DateTimeField()
    kind = models.TextField()
    content_digest = models.BinaryField()  # SHA-256, as all digests here
    previous = models.BinaryField()  # hash of the entry before
    key = models.BinaryField()  # the public key of the signature
    signature = models.BinaryField()  # Ed25519
    hash = models.BinaryField()

    class Meta:
        db_table = "ledger_entry"
        indexes = [
            models.Index("project_id", "kind", "position", name="ledger_entry_kind"),
            models.Index("project_id", "at", name="ledger_entry_at"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.kind}"


class Content(models.Model):
    """What an entry says: canonical JSON with `who`, `what` (a sentence) and more. A trigger lets
    it be deleted only once an entry tells of it."""

    pk = models.CompositePrimaryKey("project_id", "position")
    project_id = models.IntegerField()
    position = models.BigIntegerField()
    text = models.TextField()
    said = models.GeneratedField(
        expression=Cast("text", models.JSONField()),
        output_field=models.JSONField(),
        db_persist=True,
    )

    class Meta:
        db_table = "ledger_content"
        indexes = [
            models.Index("project_id", KT("said__who"), "position", name="ledger_content_who")
        ]

    def __str__(self) -> str:
        return self.text


class Checkpoint(models.Model):
    """How long the chain of a project was at a time, signed, to be kept elsewhere too."""

    pk = models.CompositePrimaryKey("project_id", "position")
    project_id = models.IntegerField()
    position = models.BigIntegerField()
    hash = models.BinaryField()
    at = models.DateTimeField()
    key = models.BinaryField()
    signature = models.BinaryField()

    class Meta:
        db_table = "ledger_checkpoint"

    def __str__(self) -> str:
        return f"{self.position} at {self.at}"


class Anchored(models.Model):
    """How it stands with putting a checkpoint somewhere else."""

    pk = models.CompositePrimaryKey("project_id", "position", "anchor")
    project_id = models.IntegerField()
    position = models.BigIntegerField()  # of the checkpoint
    anchor = models.TextField()  # CODE of a module of anchors/
    place = models.TextField(default="")  # where it was put, or was to be
    attempts = models.IntegerField(default=0)
    next_at = models.DateTimeField(null=True)  # of the next attempt; null: there is none
    done_at = models.DateTimeField(null=True)  # null: it is not there
    reason = models.TextField(default="")  # why the last attempt failed
    proof = models.BinaryField(default=b"")  # what the place gave for it: a time stamp

    class Meta:
        db_table = "ledger_anchored"
        indexes = [
            models.Index(
                "next_at",
                name="ledger_anchored_next",
                condition=models.Q(next_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.position} in {self.anchor}"
