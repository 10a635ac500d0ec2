"""Where a search goes on, as text that goes into an address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import Q

from agentscope.search.models import SearchBlock
from agentscope.traces.cursor import BadCursor

FIRST = -(1 << 63)  # before all digests


@dataclass(slots=True, frozen=True)
class SearchCursor:
    """The last block that was read; blocks are read newest first. Without its digest: all blocks of
    that time or later."""

    at: datetime
    digest: int = FIRST

    @classmethod
    def of(cls, block: SearchBlock) -> SearchCursor:
        """The place of a block."""
        return cls(block.started_at, block.digest)

    def behind(self) -> Q:
        """Blocks that come after it."""
        earlier = Q(started_at__lt=self.at) | Q(started_at=self.at, digest__lt=self.digest)
        return Q(started_at__lte=self.at) & earlier

    def __str__(self) -> str:
        time = self.at.astimezone(UTC).isoformat().replace("+00:00", "Z")  # + is a space
        return f"{time}~{self.digest}"

    @staticmethod
    def parse(text: str) -> SearchCursor | None:
        """What `str` wrote; None for empty text. Raises BadCursor for anything else."""
        if not text:
            return None
        try:
            time, digest = text.split("~")
            at, number = datetime.fromisoformat(time), int(digest)
            if at.tzinfo and FIRST <= number < -FIRST:
                return SearchCursor(at.astimezone(UTC), number)
        except (ValueError, OverflowError):
            pass
        raise BadCursor("This is not a cursor of ours: leave it out to get the first page.")
