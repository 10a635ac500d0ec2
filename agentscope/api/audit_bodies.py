"""The ledger as the API tells it. Pure, but for what is asked of where verifying stands."""

from __future__ import annotations

from typing import Any

from agentscope.api.ocsf import ABOUT, Event, milliseconds
from agentscope.audit.read import Found, last_position
from agentscope.audit.verifying import Verified, standing
from agentscope.jobs.models import Job
from agentscope.ledger.models import Anchored
from agentscope.ledger.verifier import Checkpoint

IAM, ENTITY_MANAGEMENT = 3, 3004  # category and class: Identity & Access Management
OTHER, INFORMATIONAL, SUCCESS = (99, "Other"), (1, "Informational"), (1, "Success")


def entry_body(found: Found, eraser: Found | None) -> dict[str, Any]:
    """An entry as EntryShape."""
    return {
        "position": found.position,
        "at": found.link.at,
        "kind": found.link.kind,
        "who": text_of(found, "who"),
        "what": text_of(found, "what"),
        "details": found.said.get("details"),
        "is_erased": found.text is None,
        "erased_by": {
            "position": eraser.position,
            "who": text_of(eraser, "who"),
            "why": text_of(eraser, "why"),
        }
        if eraser
        else None,
    }


def text_of(found: Found, name: str) -> str:
    """What an entry says under a name; "" where that is no text."""
    said = found.said.get(name)
    return said if isinstance(said, str) else ""


def proof_body(found: Found, fault: str, told: dict[str, Any] | None) -> dict[str, Any]:
    """What OneEntryShape has more than EntryShape."""
    link = found.link
    return {
        "content": found.text,
        "content_digest": link.content,
        "previous": link.previous,
        "key": link.key,
        "signature": link.signature,
        "hash": link.hash,
        "fault": fault,
        "checkpoint": told,
    }


def checkpoint_body(told: Checkpoint) -> dict[str, Any]:
    """A checkpoint as CheckpointShape."""
    return told._asdict()


def kept_body(row: Anchored) -> dict[str, Any]:
    """Where else a checkpoint is kept, as KeptShape."""
    return {
        "anchor": row.anchor,
        "place": row.place,
        "kept_at": row.done_at,
        "next_at": row.next_at,
        "reason": row.reason,
    }


def standing_body(project_id: int) -> dict[str, Any]:
    """How the ledger stands, as StandingShape."""
    found, end = standing(project_id), last_position(project_id)
    until = found.verified.result.until if found.verified else 0
    return {
        "result": result_body(found.verified) if found.verified else None,
        "newer": max(end - until, 0),
        "running": running_body(found.running) if found.running else None,
        "failed": found.failed.message if found.failed else None,
        "is_forged": found.forged is not None,
    }


def result_body(verified: Verified) -> dict[str, Any]:
    """What a verification found, as ResultShape."""
    result = verified.result
    told = ("at", "first", "entries", "erased", "checkpoints", "stamps", "until", "hash", "keys")
    return {
        "sentence": result.sentence,
        "asked_by": verified.job.asked_by,
        **{name: getattr(result, name) for name in (*told, "bad", "reason")},
    }


def running_body(job: Job) -> dict[str, Any]:
    """A verification that is under way, as RunningShape."""
    return {
        "asked_by": job.asked_by,
        "asked_at": job.created_at,
        "done": job.done,
        "total": job.total,
    }


def entry_event(found: Found) -> Event:
    """An entry as an event of OCSF's class Entity Management: who did what to the project. What
    OCSF has no attribute for is under `unmapped`."""
    body = entry_body(found, None)
    return {
        "category_uid": IAM,
        "category_name": "Identity & Access Management",
        "class_uid": ENTITY_MANAGEMENT,
        "class_name": "Entity Management",
        "activity_id": OTHER[0],
        "activity_name": found.link.kind,
        "type_uid": ENTITY_MANAGEMENT * 100 + OTHER[0],
        "type_name": "Entity Management: Other",
        "severity_id": INFORMATIONAL[0],
        "severity": INFORMATIONAL[1],
        "status_id": SUCCESS[0],
        "status": SUCCESS[1],
        "time": milliseconds(found.at) or 0,
        "message": body["what"] or "What this entry said was erased.",
        "metadata": {**ABOUT, "uid": found.link.hash, "sequence": found.position},
        "actor": {"user": {"name": body["who"]}} if body["who"] else {},
        "entity": {"name": found.link.kind, "type": found.link.kind},
        "unmapped": {"details": body["details"], "is_erased": body["is_erased"]},
    }
