"""Whether a record is what the ledger says it was."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from agentscope.records.body import digest
from agentscope.records.models import Record


class Fits(StrEnum):
    """What came of the comparison."""

    YES = "yes"
    NOT_YET = "not_yet"  # no entry holds its digest so far
    CHANGED = "changed"  # the body has another digest than is stored beside it
    OTHER = "other"  # the entry holds another digest of it, or none
    GONE = "gone"  # there is no such entry, or its content was erased


@dataclass(frozen=True, slots=True)
class Fit:
    """How a record stands to its digest, and that to the ledger."""

    fits: Fits
    digest: str  # as stored, hex
    position: int | None  # of the entry that holds it


def fit(record: Record) -> Fit:
    """Compare a record with its digest, and that with what its entry says. One query."""
    stored = bytes(record.digest)
    if digest(record.body) != stored:
        found = Fits.CHANGED
    elif record.recorded is None:
        found = Fits.NOT_YET
    else:
        found = Fits.YES
    return Fit(found, stored.hex(), record.recorded)
