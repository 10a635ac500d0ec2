"""Periods: how many days a project keeps what. Hold: a trace that nothing may remove."""

from django.db import models


class Periods(models.Model):
    """What a project says otherwise than the installation; null: payload as long as metadata,
    metadata as the installation."""

    project_id = models.IntegerField(primary_key=True)
    payload_days = models.IntegerField(null=True)  # what people, models and tools said
    metadata_days = models.IntegerField(null=True)  # that it happened, when, and what it cost

    class Meta:
        db_table = "retention_periods"


class Hold(models.Model):
    """A legal hold: neither retention nor an erasure removes anything of the trace."""

    pk = models.CompositePrimaryKey("trace_id", "project_id")
    trace_id = models.UUIDField()
    project_id = models.IntegerField()
    reason = models.TextField()
    who = models.TextField()
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "trace_hold"
        indexes = [models.Index("project_id", models.F("since").desc(), name="hold_newest")]

    def __str__(self) -> str:
        return self.reason
