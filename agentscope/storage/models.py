"""What the periodic measuring found: a row a day of each project, how old its traces are, and a row
a day of the disk."""

from django.db import models


class Stored(models.Model):
    """How much a project took up on a day (UTC), when it was measured last."""

    pk = models.CompositePrimaryKey("project_id", "day")
    project_id = models.IntegerField()
    day = models.DateField()
    at = models.DateTimeField()
    kinds = (
        models.JSONField()
    )  # bytes by the names of kinds.NAMES; what takes up nothing is left out
    estimated = models.JSONField()  # those of them of which only a part of the rows was looked at

    class Meta:
        db_table = "stored"
        indexes = [models.Index("day", name="stored_day")]

    def __str__(self) -> str:
        return f"project {self.project_id}, {self.day}"


class Age(models.Model):
    """Traces of a project that ended on one day (UTC), as the last measuring found them."""

    pk = models.CompositePrimaryKey("project_id", "day", "is_held", "is_emptied")
    project_id = models.IntegerField()
    day = models.DateField()
    is_held = models.BooleanField()  # on legal hold
    is_emptied = models.BooleanField()  # retention took the payload
    traces = models.BigIntegerField()
    spans = models.BigIntegerField()

    class Meta:
        db_table = "stored_age"


class DiskDay(models.Model):
    """The disk and the whole database on a day (UTC), in bytes."""

    day = models.DateField(primary_key=True)
    at = models.DateTimeField()
    database = models.BigIntegerField()
    free = models.BigIntegerField(null=True)  # null: the database is elsewhere, here and below
    total = models.BigIntegerField(null=True)

    class Meta:
        db_table = "stored_disk"
