"""Are the answers those that the ledger tells of?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from agentscope.budgets.witness import Row, digest_of, digests_of, of_ids
from agentscope.budgets.write import KEPT
from agentscope.ledger.kinds import ANSWERS, REDACTED
from agentscope.ledger.read import each_of, parsed
from agentscope.ledger.verifier import Fault

ERASURE = "erasure"  # kind of an entry whose details may name answers that were erased


@dataclass
class Answers:
    """What was compared."""

    compared: int = 0  # answers that are as they were
    forgotten: int = 0  # that are gone because they are old, or were erased
    fault: Fault | None = None  # the first, with the position of the entry that tells of it


class Redaction(NamedTuple):
    """An answer was redacted."""

    position: int  # of the entry that tells of it
    before: bytes
    after: bytes


def verify_answers(project_id: int, now: datetime) -> Answers:
    """Compare the answers of a project with what the ledger says of them, up to the first that is
    not as it was. What is not told of yet is not looked at."""
    found, erased, redacted = Answers(), erased_answers(project_id), redactions(project_id)
    for told in each_of(project_id, ANSWERS):
        stored_now = {row.id: row for row in of_ids(told.said["ids"])}
        may_be_gone = parsed(told.said["from"]) < now - KEPT
        for number, first in zip(told.said["ids"], digests_of(told.said["digests"]), strict=True):
            digest = follow(redacted.get(number, ()), told.position, first)
            row = stored_now.get(number)
            if row is None and (may_be_gone or number in erased):
                found.forgotten += 1
            elif reason := wrong(number, row, digest):
                found.fault = Fault(told.position, reason)
                return found
            else:
                found.compared += 1
    return found


def wrong(number: int, row: Row | None, digest: bytes) -> str:
    """What is wrong with an answer; empty if nothing is."""
    if row is None:
        return f"answer {number}, of which it tells, was deleted before its time"
    if digest_of(row) != digest:
        return f"answer {number}, of which it tells, was changed"
    return ""


def redactions(project_id: int) -> dict[int, list[Redaction]]:
    """How answers were redacted, by their ids."""
    found: dict[int, list[Redaction]] = {}
    for told in each_of(project_id, REDACTED):
        before, after = (digests_of(told.said[name]) for name in ("before", "digests"))
        for number, *digests in zip(told.said["ids"], before, after, strict=True):
            found.setdefault(number, []).append(Redaction(told.position, *digests))
    return found


def follow(redacted: Iterable[Redaction], position: int, digest: bytes) -> bytes:
    """The digest that an answer has after it was redacted; none, if it was another by then."""
    for each in redacted:
        if each.position > position:  # what was redacted before was told of as it was after
            digest = each.after if each.before == digest else b""
    return digest


def erased_answers(project_id: int) -> set[int]:
    """The answers that were erased because somebody asked for it."""
    told = (each.said.get("details", {}) for each in each_of(project_id, ERASURE))
    return {number for details in told for number in details.get("answers", ())}
