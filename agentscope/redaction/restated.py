"""What people wrote into the ledger, redacted. An entry is never changed: what it says is erased,
and said anew by another."""

from __future__ import annotations

import re
from typing import Any

from django.db import transaction

from agentscope.ledger.read import Told, behind
from agentscope.ledger.write import erase, restate
from agentscope.redaction.step import Step

BATCH = 500  # entries
OURS = frozenset(("who", "at", "salt"))  # what no sender may have said
# Where details have digests and ids that we made, and how they look. A pattern that happens to fit
# one tells nothing of anybody.
MADE = frozenset("trace traces span record manifest sha256 identifier_digest fingerprint".split())
SEALED = frozenset(("why", "text"))  # of reviews: digests of what was written
DIGITS = re.compile(r"[0-9a-f]{16,64}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
WHY = "it held what is redacted now"


def ledger(step: Step, place: Any, why: str = WHY) -> Any:
    """The next entries; `why` is told of those that are erased. A preview counts them."""
    rows = behind(step.project_id, place or 0, BATCH)
    changed = [(told, said) for told in rows if (said := cleaned(step, told)) != told.said]
    if changed and not step.is_preview:
        with transaction.atomic():
            for told, said in changed:
                restate(step.project_id, told, said)
            erase(step.project_id, [told.position for told, _ in changed], step.job.asked_by, why)
        step.add(texts=len(changed))
    step.add(entries=len(changed))
    return rows[-1].position if len(rows) == BATCH else None


def cleaned(step: Step, told: Told) -> dict[str, Any]:
    """What an entry says without what is to be redacted."""
    said = told.said or {}
    texts = {name: value for name, value in said.items() if name not in OURS}
    if made := made_of(told.kind, said.get("details")):
        texts["details"] = {name: texts["details"][name] for name in texts["details"].keys() - made}
    clean = {name: step.cleaner.texts(value) for name, value in texts.items()}
    if made:
        clean["details"] = clean["details"] | made
    return {**said, **clean}


def made_of(kind: str, details: Any) -> dict[str, Any]:
    """Those of the details of an entry that we made."""
    names = MADE | SEALED if kind == "review" else MADE
    found = details.items() if isinstance(details, dict) else ()
    return {name: value for name, value in found if name in names and is_made(value)}


def is_made(value: Any) -> bool:
    """Whether a value is a digest or an id, or a list of them."""
    if isinstance(value, list):
        return all(map(is_made, value))
    return isinstance(value, str) and bool(DIGITS.fullmatch(value))
