"""BilledCall: every model call that counts, found again when another trace tells it too."""

from django.db import models


class BilledCall(models.Model):
    """A call of a model as one trace tells it. Of several traces with the same key at the same
    time the earliest counts; the others are copies."""

    pk = models.CompositePrimaryKey("project_id", "key", "trace_id", "span_id")
    project_id = models.IntegerField()
    key = models.BigIntegerField()  # digest of the response id, else of session, start and usage
    trace_id = models.UUIDField()
    span_id = models.BigIntegerField()
    start_ns = models.BigIntegerField()
    end_ns = models.BigIntegerField()
    # As the trace was examined last. Where this is not what the claims say, it is due again.
    is_copy = models.BooleanField(default=False)

    class Meta:
        db_table = "billed_call"
        indexes = [models.Index("trace_id", "project_id", name="billed_call_of_trace")]
