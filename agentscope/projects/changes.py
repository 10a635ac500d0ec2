"""What people changed in a project, as the ledger tells it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agentscope.ledger.read import Told, newest, parsed
from agentscope.ledger.write import append

COMMAND_LINE = "command line"  # who did it, where no user is known
INSTALLATION = 0  # in place of a project: the ledger of what belongs to none, as logins
KINDS = {  # of what people do, and what a person reads who picks one
    "project": "What the project is set to: costs, days and weeks, spans understood again",
    "mapping": "What attributes mean",
    "detector": "Which tools may be called, and from where on detectors inform",
    "finding": "Findings that are expected, or no longer",
    "view": "Views that are saved",
    "price": "Prices of models",
    "budget": "Budgets, stops, and who may go on in spite of them",
    "rule": "Rules of alerts, mutes, and what people do about alerts",
    "channel": "Channels that messages go through",
    "redaction": "What is replaced before it is stored",
    "job": "Long work that was stopped",
    "login": "Logins, failed ones too, and sessions that were ended",
    "account": "Accounts: passwords, second factors, how to log in",
    "member": "Members, their roles, and invitations",
    "organisation": "Organisations and their projects",
    "key": "Keys that were made, replaced or revoked",
    "retention": "How long data is kept, and what is held back from deletion",
    "erasure": "Data that was erased because somebody asked for it",
    "export": "What left: the ledger, evidence packs, and the data of a person",
    "review": "Verdicts, comments, assignments and queues of reviews",
    "before": "What was changed before there was a ledger",
}
ERASED = {"who": "", "what": "What this entry said was erased.", "details": {}}


@dataclass(frozen=True)
class Change:
    """What somebody changed: settings, prices, budgets, rules, …"""

    position: int  # in the ledger of the project
    changed_at: datetime
    who: str  # a user's name, a key's prefix, or how it was done: "command line"
    what: str  # a sentence
    details: dict[str, Any]  # before, after, amounts as decimal strings


def note_change(kind: str, project_id: int, who: str, what: str, details: dict[str, Any]) -> None:
    """Write down a change, in the transaction that makes it.

    `kind` is of KINDS; `what` is a sentence for people; `details` is for programs, amounts being
    decimal strings.
    """
    append(project_id, kind, {"who": who, "what": what, "details": details})


def changes_of(project_id: int, before: int | None, limit: int) -> list[Change]:
    """The newest changes, of those before the one at this position."""
    return as_changes(newest(project_id, limit, before))


def as_changes(found: Iterable[Told]) -> list[Change]:
    """Entries as changes. Of those that were erased it stays when they were."""
    return [as_change(told.position, told.at, told.said or ERASED) for told in found]


def as_change(position: int, at: datetime, said: Mapping[str, Any]) -> Change:
    """An entry as a change. Those of before the ledger say themselves when they were."""
    when = parsed(said["at"]) if "at" in said else at
    return Change(position, when, said["who"], said["what"], said["details"])
