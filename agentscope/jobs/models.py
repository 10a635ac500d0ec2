"""Job: long work on a project that goes on where it stopped, and says how far it is."""

from django.db import models


class Job(models.Model):
    """Runs in steps; each step commits together with the place from which to go on."""

    class Kind(models.TextChoices):
        UNDERSTAND = "understand", "understand stored spans again"
        REPRICE = "reprice", "price history again"
        REDACT = "redact", "redact what is stored"
        VERIFY = "verify", "verify the ledger"
        ERASE = "erase", "erase a person or a session"
        PACK = "pack", "make an evidence pack"

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        STOPPED = "stopped"  # by a person

    project_id = models.IntegerField()
    kind = models.TextField(choices=Kind)
    state = models.TextField(choices=State, default=State.WAITING)
    is_preview = models.BooleanField(default=False)  # changes nothing, only says what would change
    parameters = models.JSONField(default=dict)
    cursor = models.JSONField(null=True)  # where to go on; null: from the start
    done = models.BigIntegerField(default=0)  # of `total`, in the unit of the kind: traces, spans
    total = models.BigIntegerField(null=True)  # null: not counted yet
    result = models.JSONField(default=dict)  # what it found or changed; amounts as decimal strings
    message = models.TextField(default="")  # why it failed
    asked_by = models.TextField(default="")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)  # a worker that is killed lets go of it then

    class Meta:
        db_table = "job"
        indexes = [models.Index("project_id", models.F("created_at").desc(), name="job_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
