"""Setting how long a project keeps what; holding traces, and letting them go. All of it is told to
the ledger."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from agentscope.projects.changes import note_change
from agentscope.retention.models import Hold, Periods

LONGEST = 36_500  # days
LONGEST_REASON = 1000  # characters
LONGER_THAN_ALL = (
    "This installation keeps nothing longer than {most} days (AGENTSCOPE_RETENTION_DAYS)."
)
GONE = "The hold was lifted already."
LONGER_THAN_METADATA = "Payload cannot be kept longer than the metadata around it: {days} at most."


class BadPeriods(ValueError):
    """Errors by the name of the input that is to blame: `payload_days` or `metadata_days`."""

    def __init__(self, **errors: str) -> None:
        super().__init__(errors)
        self.errors = errors


class BadHold(ValueError):
    """A trace cannot be held like that. The text says why."""


@transaction.atomic
def set_periods(
    project_id: int, payload_days: int | None, metadata_days: int | None, who: str
) -> bool:
    """Keep payload and metadata for so many days; None: payload as long as metadata, metadata as
    long as the installation. Whether anything changed. What is older goes within the hour. Raises
    BadPeriods."""
    check_periods(payload_days, metadata_days)
    row, _ = Periods.objects.select_for_update().get_or_create(project_id=project_id)
    before = {"payload_days": row.payload_days, "metadata_days": row.metadata_days}
    after = {"payload_days": payload_days, "metadata_days": metadata_days}
    if before == after:
        return False
    row.payload_days, row.metadata_days = payload_days, metadata_days
    row.save()
    payload = in_words(payload_days, "as long as metadata")
    what = f"Keeps payload {payload} and metadata {in_words(metadata_days)}"
    note_change("retention", project_id, who, what, {"before": before, "after": after})
    return True


def in_words(days: int | None, unsaid: str = "as long as the installation") -> str:
    """A period; `unsaid` is what holds where none is said."""
    if days is None:
        return unsaid
    return f"for {days:,} day{'' if days == 1 else 's'}"


def check_periods(payload_days: int | None, metadata_days: int | None) -> None:
    """Raises BadPeriods."""
    errors = {}
    most: int = settings.AGENTSCOPE_RETENTION_DAYS or LONGEST
    said = (
        ("payload_days", payload_days, "metadata"),
        ("metadata_days", metadata_days, "the installation"),
    )
    for name, days, unsaid in said:
        if days is not None and days < 1:
            errors[name] = f"A whole number of days, 1 at least; empty: as {unsaid}."
        elif days is not None and days > most:
            errors[name] = LONGER_THAN_ALL.format(most=f"{most:,}")
    if not errors and payload_days is not None and payload_days > (metadata_days or most):
        errors["payload_days"] = LONGER_THAN_METADATA.format(days=f"{metadata_days or most:,}")
    if errors:
        raise BadPeriods(**errors)


@transaction.atomic
def hold(project_id: int, trace_id: UUID, reason: str, who: str) -> Hold:
    """Let nothing remove a trace until somebody lifts the hold. Waits for what is being removed.
    Raises BadHold, also if the trace went while we waited."""
    reason = checked(reason)
    held, is_new = Hold.objects.get_or_create(
        project_id=project_id, trace_id=trace_id, defaults={"reason": reason, "who": who}
    )
    if not is_new:
        raise BadHold(f"The trace is held already, by {held.who or 'somebody'}.")
    if not is_there(project_id, trace_id):
        raise BadHold("The trace is not there any more: it was removed just now.")
    told = {"trace": trace_id.hex, "reason": reason}
    what = f"Put a legal hold on trace {trace_id.hex}: {reason}"
    note_change("retention", project_id, who, what, told)
    return held


def is_there(project_id: int, trace_id: UUID) -> bool:
    """Whether there is such a trace."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select 1 from trace where project_id = %s and trace_id = %s", [project_id, trace_id]
        )
        return cursor.fetchone() is not None


@transaction.atomic
def lift(held: Hold, reason: str, who: str) -> None:
    """Let a trace go: it is as old as it is, so retention may remove it within the hour. Raises
    BadHold."""
    reason = checked(reason)
    gone, _ = Hold.objects.filter(project_id=held.project_id, trace_id=held.trace_id).delete()
    if not gone:
        raise BadHold(GONE)
    told = {"trace": held.trace_id.hex, "reason": reason, "held_for": held.reason}
    what = f"Lifted the legal hold on trace {held.trace_id.hex}: {reason}"
    note_change("retention", held.project_id, who, what, told)


def checked(reason: str) -> str:
    """A reason. Raises BadHold."""
    reason = reason.strip()
    if not reason:
        raise BadHold("Say why: the reason stands in the ledger.")
    if len(reason) > LONGEST_REASON:
        raise BadHold(f"A reason has {LONGEST_REASON:,} characters at most.")
    return reason
