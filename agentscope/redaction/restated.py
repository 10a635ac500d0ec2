"""What people wrote into the ledger, redacted. An entry is never changed: what it says is erased,
and said anew by another."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from agentscope.ledger.read import Told, behind
from agentscope.ledger.write import erase, restate
from agentscope.redaction.step import Step

BATCH = 500  # entries
OURS = frozenset(("who", "at", "salt"))  # what no sender may have said
WHY = "it held what is redacted now"


def ledger(step: Step, place: Any, why: str = WHY) -> Any:
    """The next entries; `why` is told of those that are erased."""
    rows = behind(step.project_id, place or 0, BATCH)
    changed = [(told, said) for told in rows if (said := cleaned(step, told)) != told.said]
    if changed:
        with transaction.atomic():
            for told, said in changed:
                restate(step.project_id, told, said)
            erase(step.project_id, [told.position for told, _ in changed], step.job.asked_by, why)
        step.add(texts=len(changed), entries=len(changed))
    return rows[-1].position if len(rows) == BATCH else None


def cleaned(step: Step, told: Told) -> dict[str, Any]:
    """What an entry says without what is to be redacted."""
    said = told.said or {}
    texts = {name: value for name, value in said.items() if name not in OURS}
    return {**said, **step.cleaner.texts(texts)}
