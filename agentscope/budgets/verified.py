"""Are the answers those that the ledger tells of?"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agentscope.budgets.witness import COLUMNS, Row, digest_of, stored
from agentscope.budgets.write import KEPT
from agentscope.ledger.kinds import ANSWERS
from agentscope.ledger.read import each_of, parsed
from agentscope.ledger.verifier import Fault

BY_ID = f"select {COLUMNS} from budget_answer where id = any(%(ids)s)"  # noqa: S608 — our own words
DIGEST = 32  # bytes
ERASURE = "erasure"  # kind of an entry whose details may name answers that were erased


@dataclass
class Answers:
    """What was compared."""

    compared: int = 0  # answers that are as they were
    forgotten: int = 0  # that are gone because they are old, or were erased
    fault: Fault | None = None  # the first, with the position of the entry that tells of it


def verify_answers(project_id: int, now: datetime) -> Answers:
    """Compare the answers of a project with what the ledger says of them, up to the first that is
    not as it was. What is not told of yet is not looked at."""
    found, erased = Answers(), erased_answers(project_id)
    for told in each_of(project_id, ANSWERS):
        stored_now = {row.id: row for row in of_ids(told.said["ids"])}
        may_be_gone = parsed(told.said["from"]) < now - KEPT
        for number, digest in pairs(told.said):
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


def of_ids(ids: list[int]) -> list[Row]:
    """Answers as they are stored."""
    return [Row(*row) for row in stored(BY_ID, {"ids": ids})]


def pairs(said: dict[str, Any]) -> Iterator[tuple[int, bytes]]:
    """The ids of answers with their digests."""
    digests = b64decode(said["digests"])
    for at, number in enumerate(said["ids"]):
        yield number, digests[DIGEST * at : DIGEST * (at + 1)]


def erased_answers(project_id: int) -> set[int]:
    """The answers that were erased because somebody asked for it."""
    told = (each.said.get("details", {}) for each in each_of(project_id, ERASURE))
    return {number for details in told for number in details.get("answers", ())}
