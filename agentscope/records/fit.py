"""Whether a record is what the ledger says it was."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from agentscope.ledger.kinds import RECORDS
from agentscope.ledger.models import Content, Entry
from agentscope.records.body import digest
from agentscope.records.listed import differing
from agentscope.records.models import Record
from agentscope.records.witness import pairs


class Fits(StrEnum):
    """What came of the comparison."""

    YES = "yes"
    NOT_YET = "not_yet"  # no entry holds its digest so far
    CHANGED = "changed"  # the body has another digest than is stored beside it, or lists say other
    OTHER = "other"  # the entry was changed, or holds another digest of it, or none
    GONE = "gone"  # there is no such entry, or its content was erased


@dataclass(frozen=True, slots=True)
class Fit:
    """How a record stands to its digest, and that to the ledger."""

    fits: Fits
    digest: str  # as stored, hex
    position: int | None  # of the entry that holds it


def fit(record: Record) -> Fit:
    """Compare a record with its digest, and that with what its entry says. Two queries. That the
    ledger as a whole is as it was written is for verifiers to say."""
    stored = bytes(record.digest)
    if digest(record.body) != stored or differing(record, record.body):
        found = Fits.CHANGED
    elif record.recorded is None:
        found = Fits.NOT_YET
    else:
        found = in_ledger(record, record.recorded, stored)
    return Fit(found, stored.hex(), record.recorded)


def in_ledger(record: Record, position: int, stored: bytes) -> Fits:
    """Compare a digest with what an entry says of its record."""
    place = {"project_id": record.project_id, "position": position}
    entry = Entry.objects.filter(**place, kind=RECORDS).first()
    content = Content.objects.filter(**place).first()
    if entry is None or content is None:
        return Fits.GONE
    if sha256(content.text.encode()).digest() != bytes(entry.content_digest):
        return Fits.OTHER
    told = dict(pairs(content.said))
    return Fits.YES if told.get((record.trace_id, record.span_id)) == stored else Fits.OTHER
