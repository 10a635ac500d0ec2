"""Where a page of the trace list ended, as text that goes into an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from agentscope.traces.ids import parse_trace_id


class BadCursor(ValueError):
    """A cursor that did not come from us. Its text says what to do."""


@dataclass(slots=True, frozen=True)
class Cursor:
    """The last trace of a page; the list is ordered by start, newest first, then by id."""

    started_at: datetime
    trace_id: UUID

    def __str__(self) -> str:
        time = self.started_at.astimezone(UTC).isoformat().replace("+00:00", "Z")  # + is a space
        return f"{time}~{self.trace_id.hex}"

    @staticmethod
    def parse(text: str) -> Cursor | None:
        """What `str` wrote; None for empty text. Raises BadCursor for anything else."""
        if not text:
            return None
        try:
            said, trace_id = text.split("~")
            started_at = datetime.fromisoformat(said)
            if started_at.tzinfo:
                return Cursor(started_at.astimezone(UTC), parse_trace_id(trace_id))
        except (ValueError, OverflowError):
            pass
        raise BadCursor("This is not a cursor of ours: leave it out to get the first page.")
