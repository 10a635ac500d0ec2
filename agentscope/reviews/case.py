"""What a review is about, and who reviews."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from secrets import token_hex
from typing import NamedTuple
from uuid import UUID

from django.conf import settings

from agentscope.alerts.watch import BadRule
from agentscope.alerts.write import Gone
from agentscope.projects.members import people_of
from agentscope.projects.models import Project
from agentscope.projects.roles import HELD, Right
from agentscope.records.models import Record

SOMEBODY = "somebody"  # who it is where nobody logs in
SALT = 16  # bytes


class Case(NamedTuple):
    """A decision, by name."""

    project_id: int
    trace_id: UUID
    span_id: int

    @property
    def named(self) -> dict[str, int | UUID]:
        """The columns that name it."""
        return self._asdict()


@dataclass(frozen=True, slots=True)
class Who:
    """Who says something: a person, or a program with a key."""

    name: str
    is_person: bool = True


def record_of(case: Case) -> Record | None:
    """The record of a decision, without its body; None if it is gone or never was."""
    return Record.objects.filter(**case.named).defer("body").first()


def needed_record(case: Case) -> Record:
    """The same. Raises Gone."""
    found = record_of(case)
    if found is None:
        raise Gone("This project has no record of such a decision.")
    return found


def members(project_id: int, *rights: Right) -> tuple[list[str], ...]:
    """Of each right the members of a project or of its organisation who hold it, by name; where
    nobody logs in `somebody`. Four queries at most."""
    if settings.AGENTSCOPE_EMBEDDED:
        return tuple([SOMEBODY] for _ in rights)
    known = people_of(Project.objects.get(pk=project_id))
    named = [(each.user.get_username(), HELD[each.role]) for each in known if each.user.is_active]
    return tuple([name for name, held in named if right in held] for right in rights)


def sealed(text: str, part: str, most: int) -> dict[str, str | bytes]:
    """A text as it is kept, with a digest that does not tell what it was once it is erased. Raises
    BadRule of the part that says it."""
    if len(text) > most or "\0" in text:
        raise BadRule(part, f"At most {most} characters, none of them NUL.")
    salt = token_hex(SALT) if text else ""
    return {"text": text, "salt": salt, "digest": digest_of(salt, text)}


def digest_of(salt: str, text: str) -> bytes:
    """SHA-256 of a salt and a text."""
    return sha256(f"{salt}{text}".encode()).digest()
