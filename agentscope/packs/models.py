"""Pack: evidence that somebody asked for on a page or by the API, until it expires. Part: a piece
of its ZIP file."""

from __future__ import annotations

from django.db import models


class StoredPack(models.Model):
    """First a job makes it, then whoever may can download it, until it is removed."""

    project_id = models.IntegerField()
    asked = models.JSONField()  # what it is of: Asked.said
    words = models.TextField()  # the same as part of a sentence
    asked_by = models.TextField()
    asked_at = models.DateTimeField(auto_now_add=True)
    job = models.BigIntegerField()
    made_at = models.DateTimeField(null=True)  # null: it is not whole
    expires_at = models.DateTimeField()
    size = models.BigIntegerField(default=0)  # bytes of the ZIP file
    digest = models.TextField(default="")  # its SHA-256
    manifest = models.TextField(default="")  # that of its manifest, as the ledger tells it
    counts = models.JSONField(default=dict)  # of what is in it
    left_out = models.JSONField(default=list)  # sentences

    class Meta:
        db_table = "evidence_pack"
        indexes = [
            models.Index("project_id", models.F("asked_at").desc(), name="evidence_pack_newest"),
            models.Index("expires_at", name="evidence_pack_expires"),
        ]

    def __str__(self) -> str:
        return f"a pack of {self.words}"


class StoredPart(models.Model):
    """Some bytes of a ZIP file."""

    pk = models.CompositePrimaryKey("pack_id", "begin")
    pack = models.ForeignKey(StoredPack, models.CASCADE, db_index=False)
    begin = models.BigIntegerField()  # of these bytes in the file
    data = models.BinaryField()

    class Meta:
        db_table = "evidence_pack_part"
